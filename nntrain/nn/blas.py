"""BLAS settings in the environment, which BLAS reads once, when NumPy is loaded."""

import os

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
KERNELS_VARIABLE = "OPENBLAS_CORETYPE"
WAIT_VARIABLE = "OPENBLAS_THREAD_TIMEOUT"
"""An idle OpenBLAS thread spins for 2 to the power of this many ticks before it sleeps: by
default 26, about 20 ms, during which no other thread can use the core."""

SHORT_WAIT = "12"
"""About a microsecond. Measured: docs/performance.md."""
LONGEST_SHORT_WAIT = 16


def threads_set() -> str | None:
    """Return the number of BLAS threads set in the environment, or None."""
    return next((value for name in VARIABLES if (value := os.environ.get(name))), None)


def waiting_threads_sleep() -> bool:
    """Return whether the environment makes idle BLAS threads sleep soon."""
    wait = os.environ.get(WAIT_VARIABLE, "")
    return wait.isdecimal() and int(wait) <= LONGEST_SHORT_WAIT


def send_waiting_threads_to_sleep() -> None:
    """Make idle BLAS threads sleep soon, unless the environment sets a time.

    Call this before NumPy is loaded.
    """
    os.environ.setdefault(WAIT_VARIABLE, SHORT_WAIT)


def kernels_set() -> str | None:
    """Return the BLAS kernels set in the environment, or None if BLAS chooses."""
    return os.environ.get(KERNELS_VARIABLE) or None
