"""Executors: the interface of a task, and local processes that run tasks."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import current_process, get_context
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from nntrain.errors import WorkerError, in_words, speak_of_options, speaks_of_options
from nntrain.nn.blas import VARIABLES, take_memory
from nntrain.storage.memory import address_space_left
from nntrain.storage.signals import uninterrupted

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized
    from multiprocessing.synchronize import Event

    from numpy.typing import NDArray

Task = TypeVar("Task")


@dataclass(frozen=True)
class Outcome:
    """What a task returns: ``document``, in JSON types, and arrays by name."""

    document: dict[str, Any]
    arrays: "dict[str, NDArray[Any]]" = field(default_factory=dict)


MAX_ON_WINDOWS = 61
"""The most worker processes that Python can wait for on Windows."""
NEEDS_GUARD = (
    "The worker processes ended before they could train. Each of them first imports the main "
    'script: put its work below `if __name__ == "__main__":`, or use jobs=1.'
)
TERMINAL_SIGNALS = {signal.SIGINT}
"""A terminal sends these to every process in it; this process decides for its workers."""
if sys.platform != "win32":
    TERMINAL_SIGNALS.add(signal.SIGHUP)

Work = Callable[[Task], Outcome]
"""Runs a task: a module-level function, so that it can be pickled by name."""


def outcomes(
    running: dict[Future[Outcome], str], finished: Iterable[Future[Outcome]]
) -> Iterator[tuple[str, Outcome]]:
    """Yield (key, outcome) of the futures in ``finished``, and remove them from ``running``.

    Raises the first exception, after yielding every outcome that is ready by then.
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
    """Yield (key, ``work(task)``) as the processes finish; ``WorkerError`` if one dies.

    The workers hold the reading end of a pipe whose writing end only this process has. Nothing is
    sent through it. When it closes, to stop them or because this process ended, they exit.
    """
    if sys.platform == "win32":
        workers = min(workers, MAX_ON_WINDOWS)
    context = get_context("spawn")
    held, lifeline = context.Pipe(duplex=False)
    pool, started = _pool(workers, context, held.poll, counter, speaks_of_options())
    all_done = False
    try:
        running = _submit(pool, work, tasks)
        yield from outcomes(running, as_completed(list(running)))
        all_done = True
    except BrokenProcessPool as error:
        script = Path(getattr(sys.modules["__main__"], "__file__", "")).is_file()
        if script and not speaks_of_options() and not started.is_set():
            raise WorkerError(NEEDS_GUARD) from error
        raise WorkerError(
            f"A worker process died: it was killed, or the system ran out of memory. If memory is "
            f"short, try fewer {in_words('--jobs', 'jobs')}."
        ) from error
    finally:
        if not all_done:
            lifeline.close()
        pool.shutdown(cancel_futures=True)
        lifeline.close()
        held.close()


@uninterrupted
def _pool(workers: int, context: SpawnContext, *about: Any) -> tuple[ProcessPoolExecutor, "Event"]:
    """Return the pool, and the event that a worker process sets once it can work.

    The first lock also starts Python's resource tracker process.
    """
    with starting_processes():
        started = context.Event()
        given = started.set, *about
        return ProcessPoolExecutor(workers, context, _start_worker, given), started


@uninterrupted
def _submit(
    pool: ProcessPoolExecutor, work: Work[Task], tasks: Mapping[str, Task]
) -> dict[Future[Outcome], str]:
    """Submit all tasks, which starts the processes; no interrupt leaves one half started."""
    with starting_processes():
        return {pool.submit(work, task): key for key, task in tasks.items()}


@contextmanager
def starting_processes() -> Iterator[None]:
    """Give processes started in this block one BLAS thread and blocked terminal signals.

    BLAS reads the environment when NumPy is loaded; variables that are set stay as they are.
    Blocked signals are inherited, so Ctrl-C reaches no process that is still starting up.
    """
    unset = [name for name in VARIABLES if name not in os.environ]
    if sys.platform != "win32":
        # queried first, because the call that blocks them may itself raise an interrupt
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


def end_if_importing_main() -> None:
    """End a worker process that repeats the main script's work, because nothing protects it."""
    if getattr(current_process(), "_inheriting", False):  # as long as it imports the main script
        raise SystemExit(1)  # silently: the main process raises the error, with NEEDS_GUARD


def _start_worker(
    started: Callable[[], object],
    wait: Callable[[None], object],
    counter: "Synchronized[float] | None",
    options: bool,
) -> None:
    """Prepare a worker process; ``options`` says whether its messages name options."""
    started()
    speak_of_options(options)
    for number in TERMINAL_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_after, args=(wait,), daemon=True).start()
    if address_space_left() is not None:  # now, while some is left: see ``take_memory``
        take_memory()
    if counter is not None:
        from nntrain.experiments import progress

        progress.count_in(counter)


def _end_after(wait: Callable[[None], object]) -> None:
    with suppress(OSError, EOFError):
        wait(None)
    os._exit(1)
