"""Where trainings run: in this process, in several, or on a Dask cluster, behind one interface.

``run`` gives tasks to a ``concurrent.futures.Executor`` and knows little narrower. It hands a
task whose worker died to another worker, and it ends the workers when the caller stops early.
What comes back does not depend on where it was made.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from nntrain import __version__
from nntrain.errors import NntrainError
from nntrain.experiments.executors.local import InProcess, Place, Processes, WorkersLost
from nntrain.experiments.executors.scheduler import Crew
from nntrain.nn.blas import kernels_set, threads_set

if TYPE_CHECKING:
    from numpy.typing import NDArray

Task = TypeVar("Task")
CONNECT_S = WORKERS_S = 10.0
"""How long a cluster has to answer, and then to show a worker."""
WITHOUT_WORKERS_S = 60.0
"""How long a cluster may be without workers before it is given up."""


@dataclass(frozen=True)
class Outcome:
    """What a task gives back: ``document``, JSON-able types, and arrays by name."""

    document: dict[str, Any]
    arrays: "dict[str, NDArray[Any]]" = field(default_factory=dict)


Work = Callable[[Task], Outcome]
"""What is done with a task: a function of a module, so that it can be pickled by its name."""


def run(
    work: Work[Task],
    tasks: Mapping[str, Task],
    *,
    jobs: int,
    cluster: str | None = None,
    attempts: int = 3,
) -> Iterator[tuple[str, Outcome]]:
    """Yield (key, ``work(task)``) for every task, in the order in which they finish.

    One job stays in this process and does a task when it is asked for; more are processes, each
    with one BLAS thread unless the environment says otherwise; ``cluster`` is the address of a
    Dask scheduler, whose workers then do it all, however many they are.

    An exception of ``work`` is raised as it is, after the results that came with it. A worker
    that dies costs its task one of ``attempts``; a broken pool does not say which task was to
    blame, so all that were in it are charged, and the last attempt of each has the pool to
    itself. On a cluster the scheduler counts (``allowed-failures``, 3 if not configured).
    Raises ``NntrainError`` when the attempts are used up or the cluster is not there. However
    the generator ends, no process of this machine goes on; a cluster's worker finishes the
    task that it is at.
    """
    if tasks:
        crew = Crew(work, tasks, _opener(jobs, len(tasks), cluster), attempts)
        try:
            yield from crew.results()
        finally:
            crew.place.shutdown(cancel_futures=bool(crew.waiting or crew.flying))


def _opener(jobs: int, tasks: int, cluster: str | None) -> Callable[[], Place]:
    """Return what makes the executor, and another one when that is broken."""
    if cluster is not None:
        return partial(_Cluster, cluster, tasks)
    return InProcess if jobs == 1 else partial(Processes, min(jobs, tasks))


class _Cluster(Place):
    """The workers of a running Dask cluster, through its executor interface.

    All tasks are handed out at once: the scheduler keeps those that no worker is free for.
    """

    def __init__(self, address: str, tasks: int) -> None:
        self.address, self.window = address, tasks
        self.seen = time.monotonic()
        try:
            from distributed import Client, KilledWorker
        except ImportError as error:
            raise NntrainError(
                "A cluster needs an extra that is not installed: pip install 'nntrain[cluster]'"
            ) from error
        self.killed = KilledWorker
        try:
            asyncio.run(_knock(address))
            self.client = Client(address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            reason = str(error) or f"no answer within {CONNECT_S:.0f} s"
            raise NntrainError(
                f"No Dask scheduler answers at {address}: {reason}. Start one with: dask "
                f"scheduler --host ADDRESS, and its workers with: dask worker {address}"
            ) from error
        # What the client has to say comes as an exception; its log would add tracebacks.
        self.log = logging.getLogger("distributed.client")
        self.log_level = self.log.level
        self.log.setLevel(logging.CRITICAL + 1)
        try:
            self._check()
        except BaseException:
            self.shutdown()
            raise
        self.executor = self.client.get_executor(pure=False, retries=0)

    def _check(self) -> None:
        """See that there are workers, and that all are like this process, so that bits agree."""
        try:
            self.client.wait_for_workers(1, timeout=WORKERS_S)
        except TimeoutError:
            raise NntrainError(
                f"The cluster at {self.address} has no workers. Start some with: dask worker "
                f"{self.address} --nthreads 1"
            ) from None
        here = about()
        try:
            answers = self.client.run(about, on_error="return")
            answers["the scheduler"] = {**self.client.run_on_scheduler(about), **_blas()}
        except Exception as error:  # whatever the cluster's Python makes of ours
            raise NntrainError(
                f"The cluster at {self.address} cannot run nntrain ({error}). Install nntrain "
                f"{__version__} for its scheduler and its workers."
            ) from error
        for where, there in answers.items():
            if there != here:
                raise NntrainError(
                    f"The cluster is not like this process, and its results would differ: "
                    f"{where} has {there}, here it is {here}. Install the same versions; dask "
                    f"worker sets one BLAS thread unless it is started with --no-nanny."
                )

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit; the future's exceptions are those of ``fn``, ``WorkersLost``, NntrainError."""
        outer: Future[Any] = Future()
        inner = self.executor.submit(fn, *args, **kwargs)
        inner.add_done_callback(partial(self._pass_on, outer))
        return outer

    def _pass_on(self, outer: Future[Any], inner: Future[Any]) -> None:
        if inner.cancelled():
            outer.set_exception(
                NntrainError(
                    f"The Dask scheduler at {self.address} is gone, and what it had not yet "
                    f"given back with it. Start it again, and do the rest."
                )
            )
        elif isinstance(error := inner.exception(), self.killed):
            outer.set_exception(WorkersLost(f"its workers died over it. {error}"))
        elif error is not None:
            outer.set_exception(error)
        else:
            outer.set_result(inner.result())

    def look_around(self) -> None:
        """Raise ``NntrainError`` when the cluster has been without workers for too long."""
        if self.client.nthreads():
            self.seen = time.monotonic()
        elif time.monotonic() - self.seen > WITHOUT_WORKERS_S:
            raise NntrainError(
                f"The cluster at {self.address} has had no workers for "
                f"{WITHOUT_WORKERS_S:.0f} s. Start some with: dask worker {self.address}"
            )

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take back what has not begun, and hang up."""
        if hasattr(self, "executor"):
            self.executor.shutdown(wait=False)
        self.client.close()
        self.log.setLevel(self.log_level)


async def _knock(address: str) -> None:
    """See whether a scheduler answers: a Client that meets none could not be closed quietly."""
    from distributed.comm import connect
    from distributed.security import Security

    security = Security().get_connection_args("client")
    try:
        comm = await asyncio.wait_for(connect(address, timeout=CONNECT_S, **security), CONNECT_S)
    except MemoryError:  # the size of a message, read from what is none
        raise OSError("what answers there is no Dask scheduler") from None
    await comm.close()


def about() -> dict[str, str]:
    """Return what decides the bits of a training besides its settings, for comparison."""
    import numpy as np

    return {"nntrain": __version__, "numpy": np.__version__, **_blas()}


def _blas() -> dict[str, str]:
    """Return BLAS's threads and kernels by the environment, or what it takes by itself."""
    return {
        "BLAS threads": threads_set() or "every core",
        "BLAS kernels": kernels_set() or "by the processor's model",
    }
