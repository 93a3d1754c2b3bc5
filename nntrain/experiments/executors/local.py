"""Executors on this machine: one that works here and now, and a pool that never outlives us."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from nntrain.nn.blas import VARIABLES
from nntrain.storage.signals import uninterrupted


class Place(Executor):
    """An executor with what ``run`` must know about it.

    ``window`` tasks are handed out at a time. ``elsewhere`` says that ``submit`` comes back
    before the task is done.
    """

    window = 1
    elsewhere = True

    def look_around(self) -> None:
        """Raise ``NntrainError`` if nothing can come any more."""


class WorkersLost(Exception):  # noqa: N818 - the error is what the crew makes of it
    """The place has done all that it does for a task whose workers die."""


class InProcess(Place):
    """Does a task when it is submitted, in this process and thread."""

    elsewhere = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return the future of ``fn``, done already."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Processes(ProcessPoolExecutor, Place):
    """A pool of processes that never outlive this one.

    They hold the reading end of a pipe whose writing end is here only. Nothing is ever sent: it
    closes when they are to end at once, or when this process ends, however it ends.
    """

    def __init__(self, workers: int) -> None:
        context = get_context("spawn")
        self.window = workers
        self._held, self._lifeline = context.Pipe(duplex=False)
        super().__init__(workers, context, initializer=_begin_worker, initargs=(self._held,))

    @uninterrupted
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit; a process may be started here, and is left half started by no interrupt."""
        with _starting_processes():
            return super().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; with ``cancel_futures`` in the middle of what they do."""
        if cancel_futures:
            self._lifeline.close()
        super().shutdown(wait, cancel_futures=cancel_futures)
        self._lifeline.close()
        self._held.close()


@contextmanager
def _starting_processes() -> Iterator[None]:
    """Let processes that are started in the block have one BLAS thread and no Ctrl-C.

    BLAS reads the environment when NumPy is loaded; a variable that is set stays as it is. The
    blocked signal is inherited, so Ctrl-C reaches no process that is still starting up.
    """
    unset = [name for name in VARIABLES if name not in os.environ]
    # asked for, not taken from the call that blocks: that one may raise an interrupt itself
    old = None if sys.platform == "win32" else signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        os.environ.update(dict.fromkeys(unset, "1"))
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        for name in unset:
            os.environ.pop(name, None)
        if sys.platform != "win32" and old is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, old)


def _begin_worker(lifeline: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    with suppress(OSError, EOFError):
        lifeline.poll(None)
    os._exit(1)
