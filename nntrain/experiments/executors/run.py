"""Runs tasks in this process, in several, or on a Dask cluster: one function for all three.

The outcome of a task does not depend on where it ran.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from numpy.typing import NDArray

Task = TypeVar("Task")


@dataclass(frozen=True)
class Outcome:
    """What a task returns: ``document``, of JSON-able types, and arrays by name."""

    document: dict[str, Any]
    arrays: "dict[str, NDArray[Any]]" = field(default_factory=dict)


Work = Callable[[Task], Outcome]
"""What is done with a task: a function of a module, so that it can be pickled by its name."""


def run(
    work: Work[Task], tasks: Mapping[str, Task], *, jobs: int, cluster: str | None = None
) -> Generator[tuple[str, Outcome], None, None]:
    """Yield (key, ``work(task)``) for every task, in the order in which they finish.

    One job stays in this process and does a task when it is asked for; more are processes, each
    with one BLAS thread unless the environment says otherwise; ``cluster`` is the address of a
    Dask scheduler, whose workers then do everything, however many they are.

    An exception of ``work`` is raised as it is, after the outcomes that are finished by then.
    ``WorkerError``: a process of this machine died, or the cluster or one task's workers did
    (Dask tries again by itself, as its ``allowed-failures`` says). ``NntrainError``: the cluster
    is not there or not usable. However the generator ends, no process of this machine goes on; a
    cluster's worker finishes the task that it is at.
    """
    if not tasks:
        return
    if cluster is not None:
        from nntrain.experiments.executors.dask import on_cluster

        yield from on_cluster(work, tasks, cluster)
    elif jobs == 1:
        for key, task in tasks.items():
            yield key, work(task)
    else:
        from nntrain.experiments.executors.local import in_processes

        yield from in_processes(work, tasks, min(jobs, len(tasks)))


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
