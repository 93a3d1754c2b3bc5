"""Ctrl-C, SIGTERM and SIGHUP (of a closed terminal), from the process's start to its end.

Before a command begins and after it ends there is nothing to clean up: a signal ends the process
immediately, with exit 130. In between it raises ``KeyboardInterrupt``, so that files, locks and
processes are cleaned up. It is delayed in three places: in an import and in a callback of Python's
own (a finalizer), where an exception may be swallowed or printed, and in the functions marked as
uninterrupted.
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


def _handled() -> tuple[signal.Signals, ...]:
    """Return the signals to handle; SIGHUP only if it exists and is not ignored, as by nohup."""
    always = signal.SIGINT, signal.SIGTERM
    if sys.platform == "win32" or signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return always
    return (*always, signal.SIGHUP)


SIGNALS = _handled()
RETRY_S = 0.005
"""The delay after which an interrupt is raised again that would have been lost."""

_begun = False
"""Whether this module handles the signals of this process."""

Result = TypeVar("Result")
Handler = Callable[[int, FrameType | None], Any]


def begin() -> None:
    """Handle the signals of this process: they end it immediately.

    Once the exit code is settled they are ignored: Python then removes its handlers, and a
    signal would make a finished command look interrupted.
    """
    global _begun
    _begun = True
    handle(quit_at_once)
    atexit.register(_end)  # registered first, called last


def _end() -> None:
    handle(signal.SIG_IGN)
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, signal.SIG_IGN)


def quit_at_once(*_: object) -> NoReturn:
    """End the process with a line on stderr, without cleaning up."""
    try:
        os.write(2, b"Error: Interrupted.\n")
    finally:
        os._exit(Interrupted.exit_code)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Raise ``KeyboardInterrupt``, now or once it cannot be lost."""
    if not (_would_be_lost(frame) and _retry(number)):
        ignore_repeats(number)
        raise KeyboardInterrupt


def ignore_repeats(number: int) -> None:
    """Ignore further SIGHUPs: a closing terminal sends several, and none is a second Ctrl-C."""
    if number not in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def handle(handler: Handler | signal.Handlers) -> dict[int, Any]:
    """Install ``handler`` for the signals; return the previous handlers, for ``restore``."""
    return {number: signal.signal(number, handler) for number in SIGNALS}


def restore(handlers: dict[int, Any]) -> None:
    """Install the handlers that ``handle`` returned."""
    for number, handler in handlers.items():
        signal.signal(number, handler)


def as_exceptions(work: Callable[[], Result]) -> Result:
    """Return ``work()``; meanwhile signals raise exceptions, afterwards they end the process.

    Without ``begin`` signals are left alone: a program that calls a command as a function
    decides what they do.
    """
    if not _begun:
        return work()
    sys.unraisablehook = _unraisable
    handle(interrupt)
    try:
        return work()
    finally:
        handle(quit_at_once)


def _would_be_lost(frame: FrameType | None) -> bool:
    """Whether one of the frames since ``as_exceptions`` imports a module or is uninterrupted."""
    while frame is not None and frame.f_code is not as_exceptions.__code__:
        if frame.f_code.co_filename.startswith("<frozen importlib") or is_uninterrupted(frame):
            return True
        frame = frame.f_back
    return False


def _retry(number: int) -> bool:
    """Call the signal's handler again after ``RETRY_S``; False if we may not set an alarm."""
    if sys.platform == "win32" or not _begun:
        return False

    def call(_: int, frame: FrameType | None) -> None:
        handler = signal.getsignal(number)
        if callable(handler):
            handler(number, frame)

    signal.signal(signal.SIGALRM, call)
    signal.setitimer(signal.ITIMER_REAL, RETRY_S)
    return True


def _unraisable(lost: "sys.UnraisableHookArgs") -> None:
    """Retry an interrupt that was raised in a callback, where no caller can catch it."""
    if not (issubclass(lost.exc_type, KeyboardInterrupt) and _retry(signal.SIGINT)):
        sys.__unraisablehook__(lost)
