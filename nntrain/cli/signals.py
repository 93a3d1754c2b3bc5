"""Ctrl-C, SIGTERM and a closed terminal's SIGHUP, from the first line of ours to the last.

Until a command begins, and when it is over, there is nothing to tidy up: a signal ends the process
at once, with exit 130. In between it is a ``KeyboardInterrupt``, so that files, locks and
processes are tidied up on the way out. Three places are spared, and it comes again after them: an
import or a callback of Python's own housekeeping, where an exception may be swallowed or printed,
and the functions marked as uninterrupted.
"""

import atexit
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn, TypeVar

from nntrain.errors import Interrupted
from nntrain.storage.signals import is_uninterrupted


def _taken() -> tuple[signal.Signals, ...]:
    """Return our signals: with SIGHUP where there is one, unless it is ignored, as by nohup."""
    always = signal.SIGINT, signal.SIGTERM
    if sys.platform == "win32" or signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return always
    return (*always, signal.SIGHUP)


SIGNALS = _taken()
AGAIN_S = 0.005
"""How soon an interrupt comes again that came where it would have been lost."""

_begun = False
"""Whether the signals of this process are this module's."""

Result = TypeVar("Result")
Handler = Callable[[int, FrameType | None], Any]


def begin() -> None:
    """Take the signals of this process: until it ends they have it quit at once.

    At the very end, when its exit code is settled, they are ignored: Python then gives up its
    handlers, and a signal would make a command that is through look as if it were not.
    """
    global _begun
    _begun = True
    handle(quit_at_once)
    atexit.register(_end)  # the first to be registered is the last to be called


def _end() -> None:
    handle(signal.SIG_IGN)
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, signal.SIG_IGN)


def quit_at_once(*_: object) -> NoReturn:
    """End the process with a line on stderr, nothing tidied up."""
    try:
        os.write(2, b"Error: Interrupted.\n")
    finally:
        os._exit(Interrupted.exit_code)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Raise ``KeyboardInterrupt``, now or once the place to be spared is left."""
    if not (_spared(frame) and _again(number)):
        heard(number)
        raise KeyboardInterrupt


def heard(number: int) -> None:
    """Ignore further SIGHUPs: a terminal that closes sends several, and nobody is impatient."""
    if number not in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def handle(handler: Handler | signal.Handlers) -> dict[int, Any]:
    """Have ``handler`` called for the signals; return the handlers before, for ``restore``."""
    return {number: signal.signal(number, handler) for number in SIGNALS}


def restore(handlers: dict[int, Any]) -> None:
    """Bring back what ``handle`` returned."""
    for number, handler in handlers.items():
        signal.signal(number, handler)


def as_exceptions(work: Callable[[], Result]) -> Result:
    """Return ``work()``; meanwhile the signals are exceptions, and afterwards they quit.

    Only in a process that ``begin`` was called in: whoever calls a command from
    a program of his own decides what they mean there.
    """
    if not _begun:
        return work()
    sys.unraisablehook = _unraisable
    handle(interrupt)
    try:
        return work()
    finally:
        handle(quit_at_once)


def _spared(frame: FrameType | None) -> bool:
    """Whether one of the frames since ``as_exceptions`` imports a module or is uninterrupted."""
    while frame is not None and frame.f_code is not as_exceptions.__code__:
        if frame.f_code.co_filename.startswith("<frozen importlib") or is_uninterrupted(frame):
            return True
        frame = frame.f_back
    return False


def _again(number: int) -> bool:
    """Have the signal come once more after ``AGAIN_S``; False where no alarm is ours to set."""
    if sys.platform == "win32" or not _begun:
        return False

    def come(_: int, frame: FrameType | None) -> None:
        handler = signal.getsignal(number)
        if callable(handler):
            handler(number, frame)

    signal.signal(signal.SIGALRM, come)
    signal.setitimer(signal.ITIMER_REAL, AGAIN_S)
    return True


def _unraisable(lost: "sys.UnraisableHookArgs") -> None:
    """Have an interrupt come again that was raised in a callback, which no caller has."""
    if not (issubclass(lost.exc_type, KeyboardInterrupt) and _again(signal.SIGINT)):
        sys.__unraisablehook__(lost)
