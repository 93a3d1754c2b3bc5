"""Adding a matrix product to what is there, C ← keep C + scale A B, in one pass over C.

BLAS can; NumPy gives only C ← A B, and a second pass to add it. SciPy (the extra ``fast``) gives
the whole operation. It brings a BLAS of its own beside NumPy's, each with its own threads: where
there are several, they must not keep a core busy while they wait (see ``blas``), or each would
stand in the other's way.
"""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from nntrain.nn.arrays import Floats
from nntrain.nn.blas import threads_set, waiting_threads_sleep

Product = Callable[[Floats, Floats, Floats], object]
"""(A, B, C): a product of A and B, put into C or added to it."""


def available() -> bool:
    """Whether products can be added in one pass, and faster: SciPy is there, no thread spins."""
    return find_spec("scipy") is not None and (threads_set() == "1" or waiting_threads_sleep())


def adding(dtype: np.dtype[np.floating]) -> Callable[[float, float], Product]:
    """Return what makes, of ``keep`` and ``scale``, a function: C ← keep C + scale A B.

    A is in Fortran order, B and C are in C order, all of ``dtype``. The result differs from
    NumPy's only in rounding.
    """
    from scipy.linalg.blas import get_blas_funcs

    gemm = get_blas_funcs("gemm", dtype=dtype)

    def adding_to(keep: float, scale: float) -> Product:
        def add_product(a: Floats, b: Floats, c: Floats) -> object:
            # To BLAS, which thinks in Fortran order, c is Cᵀ; and Cᵀ = Bᵀ Aᵀ. Arguments by
            # name would cost as much as a small product. Here: α, A, B, β, C, A and B
            # transposed or not, C overwritten.
            return gemm(scale, b.T, a, keep, c.T, False, True, True)

        return add_product

    return adding_to
