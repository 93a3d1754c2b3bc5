"""BLAS as the environment has it: BLAS asks once, when NumPy is loaded."""

import os

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
KERNELS_VARIABLE = "OPENBLAS_CORETYPE"


def threads_set() -> str | None:
    """Return the number of threads that the environment sets; None where it sets none."""
    return next((value for name in VARIABLES if (value := os.environ.get(name))), None)


def kernels_set() -> str | None:
    """Return the kernels that the environment asks for; None where BLAS chooses by itself."""
    return os.environ.get(KERNELS_VARIABLE) or None
