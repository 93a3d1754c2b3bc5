"""The workers of a running Dask cluster, through its ``concurrent.futures`` interface."""

import asyncio
import logging
import time
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future, as_completed
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from nntrain import __version__
from nntrain.errors import NntrainError, WorkerError, in_a_line
from nntrain.experiments.executors import Outcome, Work, outcomes
from nntrain.nn import engine
from nntrain.nn.blas import kernels_set, threads_set

try:
    import distributed
    from distributed import Client, KilledWorker
    from distributed.comm import CommClosedError, connect
    from distributed.core import send_recv
    from distributed.security import Security
    from distributed.versions import VersionMismatchWarning
except ImportError as error:
    raise NntrainError(
        "A cluster needs an extra that is not installed: pip install 'nntrain[cluster]'"
    ) from error

for _name in ("distributed", "distributed.client"):
    # Dask also raises what it logs; its log would add tracebacks
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

Task = TypeVar("Task")
CONNECT_S = WORKERS_S = 10.0
"""How long to wait for a cluster's answer, and then for its first worker."""
WITHOUT_WORKERS_S = 60.0
"""How long a cluster may be without workers before the experiment stops."""
LOOK_S = 5.0
"""How often to check for workers."""


def on_cluster(
    work: Work[Task], tasks: Mapping[str, Task], address: str
) -> Iterator[tuple[str, Outcome]]:
    """Yield (key, ``work(task)``) as the cluster's workers finish.

    All tasks are submitted immediately: the scheduler queues them, and gives the task of a dead
    worker to another one, as often as its ``allowed-failures`` says.
    """
    with _connected(address) as client:
        executor = client.get_executor(pure=False, retries=0)
        running = {executor.submit(work, task): key for key, task in tasks.items()}
        try:
            yield from outcomes(running, _finished(running, client, address))
        except CancelledError:
            raise WorkerError(
                f"The Dask scheduler at {address} is gone, with all unfinished tasks. "
                f"Start it again."
            ) from None
        except KilledWorker as error:
            failed = (key for one, key in running.items() if _exception(one) is error)
            reason = in_a_line(str(error))
            raise WorkerError(f"{next(failed)}: its workers died. {reason}") from error
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


def check(address: str) -> None:
    """Raise ``NntrainError`` unless the cluster at ``address`` can run tasks like this process."""
    with _connected(address):
        pass


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Yield a client of the scheduler at ``address``, whose workers are like this process."""
    _check_scheduler(address)
    with warnings.catch_warnings():  # the versions that matter are compared below
        warnings.simplefilter("ignore", VersionMismatchWarning)
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    try:
        _check_workers(client, address)
        yield client
    finally:
        client.close()


def _check_scheduler(address: str) -> None:
    """Check that a scheduler of this version answers; closing a Client of another would hang."""
    try:
        there = asyncio.run(_version(address))
    except Exception as error:  # Dask raises many types for bytes that are not its protocol
        raise NntrainError(
            f"Cannot reach a Dask scheduler at {address}: {_reason(error)}. Start one with: "
            f"dask scheduler --host ADDRESS, and its workers with: dask worker {address}"
        ) from error
    if there != (here := distributed.__version__):
        raise NntrainError(
            f"The Dask scheduler at {address} has version {in_a_line(there)}, this process has "
            f"{here}. Install the same version of dask and distributed in both places."
        )


async def _version(address: str) -> str:
    """Return the scheduler's version of Dask; ``ValueError`` if it is not a scheduler."""
    security = Security().get_connection_args("client")
    if address.startswith("tls:") and security["ssl_context"] is None:
        raise ValueError("Dask's configuration names no certificates (distributed.comm.tls)")
    async with asyncio.timeout(CONNECT_S):
        comm = await connect(address, timeout=CONNECT_S, **security)
        try:
            kind = (await send_recv(comm, op="identity"))["type"]
            if kind != "Scheduler":
                raise ValueError(f"it is the address of a {kind}")
            return str((await send_recv(comm, op="versions"))["packages"]["distributed"])
        finally:
            comm.abort()


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {CONNECT_S:.0f} s"
    if isinstance(error, CommClosedError):
        return "it closed the connection; a scheduler with TLS needs an address with tls://"
    if isinstance(error, OSError) or type(error) in (ValueError, RuntimeError):
        return in_a_line(str(error))
    return "the server there does not speak Dask's protocol"


def _check_workers(client: Any, address: str) -> None:
    """Check that there are workers, all like this process, so that results have the same bits."""
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
    except Exception as error:  # anything that the cluster's Python may raise
        raise NntrainError(
            f"The cluster at {address} cannot run nntrain ({in_a_line(str(error))}). Install "
            f"nntrain {__version__} for its scheduler and its workers."
        ) from error
    for where, there in answers.items():
        if there != here:
            raise NntrainError(
                f"The cluster differs from this process, so its results would differ: {where} has "
                f"{in_a_line(str(there))}, this process has {here}. Install the same versions; "
                f"dask worker sets one BLAS thread unless it is started with --no-nanny."
            )


def about() -> dict[str, str]:
    """Return what, besides its settings, decides the bits of a training run's result."""
    import numpy as np

    versions = {"nntrain": __version__, "dask": distributed.__version__, "numpy": np.__version__}
    return {**versions, "numba": engine.versions() or "not installed", **_blas()}


def _blas() -> dict[str, str]:
    """Return BLAS's threads and kernels as the environment sets them, or its defaults."""
    return {
        "BLAS threads": threads_set() or "every core",
        "BLAS kernels": kernels_set() or "by the processor's model",
    }
