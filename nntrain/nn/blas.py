"""BLAS settings in the environment, which BLAS reads once, when NumPy is loaded; its limits."""

import os

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
KERNELS_VARIABLE = "OPENBLAS_CORETYPE"
WAIT_VARIABLE = "OPENBLAS_THREAD_TIMEOUT"
"""An idle OpenBLAS thread spins for 2 to the power of this many ticks before it sleeps: by
default 26, about 20 ms, during which no other thread can use the core."""

SHORT_WAIT = "20"
"""About 0.4 ms: long enough that no thread sleeps between two products of a mini-batch, which
would cost as much as a small product. Measured: docs/performance.md."""

LARGE_STEP = 10_000_000
"""Several threads save time from this many multiplications in the forward pass of a mini-batch."""

LARGE_SIDE = 256
"""Side of a matrix whose product needs memory; BLAS multiplies small ones without any."""


def threads_set() -> str | None:
    """Return the number of BLAS threads set in the environment, or None."""
    return next((value for name in VARIABLES if (value := os.environ.get(name))), None)


def send_waiting_threads_to_sleep() -> None:
    """Make idle BLAS threads sleep soon, unless the environment sets a time.

    Call this before NumPy is loaded.
    """
    os.environ.setdefault(WAIT_VARIABLE, SHORT_WAIT)


def kernels_set() -> str | None:
    """Return the BLAS kernels set in the environment, or None if BLAS chooses."""
    return os.environ.get(KERNELS_VARIABLE) or None


def take_memory() -> None:
    """Have NumPy's BLAS take the memory it works in, which it keeps: by a first large product."""
    import numpy as np

    a, c = np.ones((2, LARGE_SIDE, LARGE_SIDE), np.float32)
    np.dot(a, a, c)
