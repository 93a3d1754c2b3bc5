"""What the environment sets for BLAS, which reads it once, when NumPy is loaded."""

import os

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
KERNELS_VARIABLE = "OPENBLAS_CORETYPE"
WAIT_VARIABLE = "OPENBLAS_THREAD_TIMEOUT"
"""Idle threads of OpenBLAS spin for 2 to the power of this many ticks before they sleep: by
default 26, about 20 ms during which no other thread can use the core."""

SHORT_WAIT = "12"
"""About a microsecond. Measured: docs/performance.md."""


def threads_set() -> str | None:
    """Return the number of threads that the environment sets; None where it sets none."""
    return next((value for name in VARIABLES if (value := os.environ.get(name))), None)


def send_waiting_threads_to_sleep() -> None:
    """Make them sleep, unless the environment sets it; call this before NumPy is loaded."""
    os.environ.setdefault(WAIT_VARIABLE, SHORT_WAIT)


def kernels_set() -> str | None:
    """Return the kernels that the environment sets; None where BLAS chooses."""
    return os.environ.get(KERNELS_VARIABLE) or None
