"""BLAS as the environment has it: BLAS asks once, when NumPy is loaded."""

import os

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
KERNELS_VARIABLE = "OPENBLAS_CORETYPE"
WAIT_VARIABLE = "OPENBLAS_THREAD_TIMEOUT"
"""OpenBLAS's threads, when they have nothing to do, turn round and round for 2 to the power of
this many ticks before they sleep: by default 26, some 20 ms in which nobody else has the core."""

SHORT_WAIT = "12"
"""About a microsecond. Measured: docs/performance.md."""
LONGEST_SHORT_WAIT = 16


def threads_set() -> str | None:
    """Return the number of threads that the environment sets; None where it sets none."""
    return next((value for name in VARIABLES if (value := os.environ.get(name))), None)


def waiting_threads_sleep() -> bool:
    """Return whether the environment sends BLAS's threads to sleep when they have to wait."""
    wait = os.environ.get(WAIT_VARIABLE, "")
    return wait.isdecimal() and int(wait) <= LONGEST_SHORT_WAIT


def send_waiting_threads_to_sleep() -> None:
    """Set that, unless the environment says otherwise; to be called before NumPy is loaded."""
    os.environ.setdefault(WAIT_VARIABLE, SHORT_WAIT)


def kernels_set() -> str | None:
    """Return the kernels that the environment asks for; None where BLAS chooses by itself."""
    return os.environ.get(KERNELS_VARIABLE) or None
