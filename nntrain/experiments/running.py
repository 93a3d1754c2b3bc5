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

    One job stays in this process and does a task when it is asked for; more are processes, each
    with one BLAS thread unless the environment says otherwise; ``cluster`` is the address of a
    Dask scheduler, whose workers then do everything, however many they are.

    Meanwhile ``progress.advance`` counts in ``counter``, but not on a cluster.

    An exception of ``work`` is raised as it is, after the outcomes that are finished by then.
    ``WorkerError``: a process of this machine died, or the cluster or one task's workers did
    (Dask tries again by itself, as its ``allowed-failures`` says). ``NntrainError``: the cluster
    is not there or not usable. However the generator ends, no process of this machine goes on; a
    cluster's worker finishes the task that it is at.
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
