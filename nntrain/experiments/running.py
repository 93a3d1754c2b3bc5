"""Runs tasks in this process, in several, or on a Dask cluster: one function for all three.

The outcome of a task does not depend on where it ran.
"""

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, TypeVar

from nntrain.experiments import progress
from nntrain.experiments.executors import Outcome, Work, in_processes

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

Task = TypeVar("Task")


def run(
    work: Work[Task],
    tasks: Mapping[str, Task],
    *,
    jobs: int,
    cluster: str | None = None,
    counter: "Synchronized[float] | None" = None,
) -> Generator[tuple[str, Outcome], None, None]:
    """Yield (key, ``work(task)``) for every task, in the order in which they finish.

    With one job, each task runs in this process when its outcome is requested. With more, tasks
    run in processes, each with one BLAS thread unless the environment says otherwise. With
    ``cluster``, the address of a Dask scheduler, its workers run all tasks, however many they are.

    Meanwhile ``progress.advance`` counts in ``counter``, but not on a cluster.

    An exception of ``work`` is raised unchanged, after the outcomes that are finished by then.
    Raises ``WorkerError`` if a local process, the cluster, or all workers given a task died (Dask
    retries as often as its ``allowed-failures`` says), and ``NntrainError`` if the cluster cannot
    be reached or used. When the generator ends, so do the local processes; a cluster's worker
    finishes its current task.
    """
    if not tasks:
        return
    if cluster is not None:
        from nntrain.experiments.cluster import on_cluster  # needs an extra

        yield from on_cluster(work, tasks, cluster)
    elif jobs == 1:
        progress.count_in(counter)
        try:
            for key, task in tasks.items():
                yield key, work(task)
        finally:
            progress.count_in(None)
    else:
        yield from in_processes(work, tasks, min(jobs, len(tasks)), counter)
