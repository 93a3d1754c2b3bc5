"""Executors: what a task is and returns, and the processes of this machine that run tasks."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.context import SpawnContext
from typing import TYPE_CHECKING, Any, TypeVar

from nntrain.errors import WorkerError
from nntrain.nn.blas import VARIABLES
from nntrain.storage.memory import address_space_left
from nntrain.storage.signals import uninterrupted

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

    from numpy.typing import NDArray

Task = TypeVar("Task")


@dataclass(frozen=True)
class Outcome:
    """What a task returns: ``document``, of JSON-able types, and arrays by name."""

    document: dict[str, Any]
    arrays: "dict[str, NDArray[Any]]" = field(default_factory=dict)


MOST_ON_WINDOWS = 61
"""As many worker processes as Python can wait for there."""
TERMINAL_SIGNALS = {signal.SIGINT}
"""A terminal sends them to every process in it: ours decides for those that it started."""
if sys.platform != "win32":
    TERMINAL_SIGNALS.add(signal.SIGHUP)

Work = Callable[[Task], Outcome]
"""What is done with a task: a function of a module, so that it can be pickled by its name."""


def outcomes(
    running: dict[Future[Outcome], str], finished: Iterable[Future[Outcome]]
) -> Iterator[tuple[str, Outcome]]:
    """Yield (key, outcome) of the futures in ``finished``, and take them out of ``running``.

    Raises the first exception, after every outcome that is there by then.
    """
    for future in finished:
        if error := future.exception():
            for other in [one for one in running if one.done() and not one.cancelled()]:
                if other.exception() is None:
                    yield running.pop(other), other.result()
            raise error
        yield running.pop(future), future.result()


def in_processes(
    work: Work[Task],
    tasks: Mapping[str, Task],
    workers: int,
    counter: "Synchronized[float] | None" = None,
) -> Iterator[tuple[str, Outcome]]:
    """Yield (key, ``work(task)``) as the processes finish; ``WorkerError`` where one dies.

    The processes hold the reading end of a pipe whose writing end is here only. Nothing is ever
    sent: it closes when they are to end immediately, or when this process ends, however it ends.
    """
    if sys.platform == "win32":
        workers = min(workers, MOST_ON_WINDOWS)
    context = get_context("spawn")
    held, lifeline = context.Pipe(duplex=False)
    pool = _pool(workers, context, held.poll, counter)
    all_done = False
    try:
        running = _submit(pool, work, tasks)
        yield from outcomes(running, as_completed(list(running)))
        all_done = True
    except BrokenProcessPool as error:
        raise WorkerError(
            "A worker process died. Either it was killed, or the system ran out of memory: then "
            "try fewer --jobs."
        ) from error
    finally:
        if not all_done:
            lifeline.close()
        pool.shutdown(cancel_futures=True)
        lifeline.close()
        held.close()


@uninterrupted
def _pool(workers: int, context: SpawnContext, *about: Any) -> ProcessPoolExecutor:
    """Return the pool; with its first lock Python starts a process too, its resource tracker."""
    with starting_processes():
        return ProcessPoolExecutor(workers, context, initializer=_begin_worker, initargs=about)


@uninterrupted
def _submit(
    pool: ProcessPoolExecutor, work: Work[Task], tasks: Mapping[str, Task]
) -> dict[Future[Outcome], str]:
    """Submit all tasks. This starts the processes, and no interrupt leaves one half started."""
    with starting_processes():
        return {pool.submit(work, task): key for key, task in tasks.items()}


@contextmanager
def starting_processes() -> Iterator[None]:
    """Let processes that start in the block have one BLAS thread and no signal of a terminal.

    BLAS reads the environment when NumPy is loaded; a variable that is set stays as it is. Blocked
    signals are inherited, so Ctrl-C reaches no process that is still starting up.
    """
    unset = [name for name in VARIABLES if name not in os.environ]
    if sys.platform != "win32":
        # asked for, not taken from the call that blocks: that one may raise an interrupt itself
        old = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        os.environ.update(dict.fromkeys(unset, "1"))
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_BLOCK, TERMINAL_SIGNALS)
        yield
    finally:
        for name in unset:
            os.environ.pop(name, None)
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_SETMASK, old)


def _begin_worker(wait: Callable[[None], object], counter: "Synchronized[float] | None") -> None:
    for number in TERMINAL_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_after, args=(wait,), daemon=True).start()
    if address_space_left() is not None:  # now, while there is some: see ``take_memory``
        from nntrain.nn.gemm import take_memory

        take_memory()
    if counter is not None:
        from nntrain.experiments import progress

        progress.count_in(counter)


def _end_after(wait: Callable[[None], object]) -> None:
    with suppress(OSError, EOFError):
        wait(None)
    os._exit(1)
