"""The workers of a running Dask cluster, through its ``concurrent.futures`` interface."""

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future, as_completed
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from nntrain import __version__
from nntrain.errors import NntrainError, WorkerError
from nntrain.experiments.executors import Outcome, Work, outcomes
from nntrain.nn import engine
from nntrain.nn.blas import kernels_set, threads_set

try:
    from distributed import Client, KilledWorker
    from distributed.comm import connect
    from distributed.security import Security
except ImportError as error:
    raise NntrainError(
        "A cluster needs an extra that is not installed: pip install 'nntrain[cluster]'"
    ) from error

Task = TypeVar("Task")
CONNECT_S = WORKERS_S = 10.0
"""How long a cluster has to answer, and then to show a worker."""
WITHOUT_WORKERS_S = 60.0
"""How long a cluster may be without workers before it is given up."""
LOOK_S = 5.0
"""How often it is asked whether it has any."""


def on_cluster(
    work: Work[Task], tasks: Mapping[str, Task], address: str
) -> Iterator[tuple[str, Outcome]]:
    """Yield (key, ``work(task)``) as the cluster's workers finish.

    All tasks are submitted immediately: the scheduler keeps those that no worker is free for,
    and gives a task whose worker died to another, as often as its ``allowed-failures`` says.
    """
    with _connected(address) as client:
        executor = client.get_executor(pure=False, retries=0)
        running = {executor.submit(work, task): key for key, task in tasks.items()}
        try:
            yield from outcomes(running, _finished(running, client, address))
        except CancelledError:
            raise WorkerError(
                f"The Dask scheduler at {address} is gone, and the unfinished tasks with it. "
                f"Start it again."
            ) from None
        except KilledWorker as error:
            failed = (key for one, key in running.items() if _exception(one) is error)
            raise WorkerError(f"{next(failed)}: its workers died over it. {error}") from error
        finally:
            executor.shutdown(wait=False)


def _finished(
    running: Mapping[Future[Outcome], str], client: Any, address: str
) -> Iterator[Future[Outcome]]:
    """Yield the futures as they finish; raise ``WorkerError`` after too long without workers."""
    seen = time.monotonic()
    while running:
        with suppress(TimeoutError):
            yield from as_completed(list(running), timeout=LOOK_S)
        if client.nthreads():
            seen = time.monotonic()
        elif time.monotonic() - seen > WITHOUT_WORKERS_S:
            raise WorkerError(
                f"The cluster at {address} has had no workers for {WITHOUT_WORKERS_S:.0f} s. "
                f"Start some with: dask worker {address}"
            )


def _exception(future: Future[Outcome]) -> BaseException | None:
    return future.exception() if future.done() and not future.cancelled() else None


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Yield a client of the scheduler at ``address``, whose workers are like this process."""
    try:
        asyncio.run(_knock(address))
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = str(error) or f"no answer within {CONNECT_S:.0f} s"
        raise NntrainError(
            f"No Dask scheduler answers at {address}: {reason}. Start one with: dask "
            f"scheduler --host ADDRESS, and its workers with: dask worker {address}"
        ) from error
    # What the client has to say comes as an exception; its log would add tracebacks.
    log = logging.getLogger("distributed.client")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        _check(client, address)
        yield client
    finally:
        client.close()
        log.setLevel(level)


async def _knock(address: str) -> None:
    """See whether a scheduler answers: a Client that meets none could not be closed quietly."""
    security = Security().get_connection_args("client")
    try:
        comm = await asyncio.wait_for(connect(address, timeout=CONNECT_S, **security), CONNECT_S)
    except MemoryError:  # the size of a message, read from what is none
        raise OSError("what answers there is no Dask scheduler") from None
    await comm.close()


def _check(client: Any, address: str) -> None:
    """See that there are workers, and that all are like this process, so that bits agree."""
    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
    except TimeoutError:
        raise NntrainError(
            f"The cluster at {address} has no workers. Start some with: dask worker "
            f"{address} --nthreads 1"
        ) from None
    here = about()
    try:
        answers = client.run(about, on_error="return")
        answers["the scheduler"] = {**client.run_on_scheduler(about), **_blas()}
    except Exception as error:  # whatever the cluster's Python makes of ours
        raise NntrainError(
            f"The cluster at {address} cannot run nntrain ({error}). Install nntrain "
            f"{__version__} for its scheduler and its workers."
        ) from error
    for where, there in answers.items():
        if there != here:
            raise NntrainError(
                f"The cluster is not like this process, and its results would differ: "
                f"{where} has {there}, here it is {here}. Install the same versions; dask "
                f"worker sets one BLAS thread unless it is started with --no-nanny."
            )


def about() -> dict[str, str]:
    """Return what decides the bits of a training run besides its settings."""
    import numpy as np

    numba = engine.versions() or "not installed"
    return {"nntrain": __version__, "numpy": np.__version__, "numba": numba, **_blas()}


def _blas() -> dict[str, str]:
    """Return BLAS's threads and kernels by the environment, or what it takes by itself."""
    return {
        "BLAS threads": threads_set() or "every core",
        "BLAS kernels": kernels_set() or "by the processor's model",
    }
