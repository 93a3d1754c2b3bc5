"""BLAS threads as the environment has them: BLAS asks once, when NumPy is loaded."""

import os

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def threads_set() -> str | None:
    """Return the number of threads that the environment sets; None where it sets none."""
    return next((value for name in VARIABLES if (value := os.environ.get(name))), None)
