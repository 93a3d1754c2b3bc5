"""The threads of a measured process: set by its environment, or chosen by nntrain."""

import os
from collections.abc import Sequence

from benchmarks.options import ROOT
from nntrain.cli import blas_threads
from nntrain.nn.blas import SHORT_WAIT, VARIABLES, WAIT_VARIABLE, threads_set

THREAD_VARIABLES = (*VARIABLES, "NPROC")
"""The variables that set the threads of BLAS, of OpenMP and of XLA's CPU client."""


def environment(count: int | None) -> dict[str, str]:
    """Return this process's environment with ``count`` threads; None sets no number.

    Waiting threads sleep in every contestant as in nntrain, so that the race is fair.
    """
    kept = {name: value for name, value in os.environ.items() if name not in THREAD_VARIABLES}
    given = {} if count is None else dict.fromkeys(THREAD_VARIABLES, str(count))
    wait = {WAIT_VARIABLE: os.environ.get(WAIT_VARIABLE, SHORT_WAIT)}
    return {**kept, **given, **wait, "PYTHONPATH": str(ROOT)}


def settle(hidden: Sequence[int], batch_size: int, augment: str = "none") -> int:
    """Return the number of threads: the environment's, or nntrain's choice, which is set here.

    Call this before NumPy is loaded.
    """
    given = threads_set()
    if given:
        return int(given)
    step = {"hidden": hidden, "batch_size": batch_size, "augment": augment}
    return blas_threads.choose_from(step) or 1
