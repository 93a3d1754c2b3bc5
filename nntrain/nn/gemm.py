"""gemm: BLAS's matrix product that adds to its destination, C ← keep C + scale A B, in one pass.

NumPy offers only C ← A B and needs a second pass to add it. SciPy (the extra ``fast``) offers the
whole operation. SciPy brings its own BLAS beside NumPy's, each with its own threads. Where there
are several, the waiting threads of one must sleep (see ``blas``), or they take the cores from the
other.
"""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from nntrain.nn.arrays import Floats
from nntrain.nn.blas import threads_set, waiting_threads_sleep

Product = Callable[[Floats, Floats, Floats], object]
"""(A, B, C): writes the product of A and B into C, or adds it to C."""

LARGE_SIDE = 256
"""Side of a matrix whose product needs memory; BLAS multiplies small ones without any."""


def available() -> bool:
    """Return whether gemm is the faster way: SciPy is installed and no waiting thread spins."""
    return find_spec("scipy") is not None and (threads_set() == "1" or waiting_threads_sleep())


def take_memory() -> None:
    """Have every BLAS take the memory it works in, which it keeps: by its first large product."""
    a, c = np.ones((2, LARGE_SIDE, LARGE_SIDE), np.float32)
    np.dot(a, a, c)
    if available():
        adding(c.dtype)(0.0, 1.0)(a.T, a, c)


def adding(dtype: np.dtype[np.floating]) -> Callable[[float, float], Product]:
    """Return a function (keep, scale) → product, where the product does C ← keep C + scale A B.

    A is in Fortran order, B and C are in C order, all of ``dtype``. The result differs from
    NumPy's only in rounding.
    """
    from scipy.linalg.blas import get_blas_funcs

    gemm = get_blas_funcs("gemm", dtype=dtype)

    def adding_to(keep: float, scale: float) -> Product:
        def add_product(a: Floats, b: Floats, c: Floats) -> object:
            # BLAS uses Fortran order, so it sees Cᵀ = Bᵀ Aᵀ. Keyword arguments would cost as
            # much as a small product. The arguments are α, A, B, β, C, whether A and B are
            # transposed, and whether C is overwritten.
            return gemm(scale, b.T, a, keep, c.T, False, True, True)

        return add_product

    return adding_to
