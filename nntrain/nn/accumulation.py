"""Adding a matrix product to what is there, C ← keep C + A B, in one pass over C.

BLAS can; NumPy gives only C ← A B, and a second pass to add it. SciPy (the extra ``fast``) gives
the whole operation. It brings a BLAS of its own, whose threads and those of NumPy's would get in
each other's way, so it is used where there is one thread.
"""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from nntrain.blas import threads_set
from nntrain.nn.arrays import Floats

Product = Callable[[Floats, Floats, Floats], object]
"""(A, B, C): a product of A and B, put into C or added to it."""


def available() -> bool:
    """Whether products can be added in one pass: SciPy is installed, BLAS has one thread."""
    return threads_set() == "1" and find_spec("scipy") is not None


def adding(dtype: np.dtype[np.floating]) -> Callable[[float], Product]:
    """Return what makes, of ``keep``, a function that does C ← keep C + A B.

    A is in Fortran order, B and C are in C order, all of ``dtype``. The result differs from
    NumPy's only in rounding.
    """
    from scipy.linalg.blas import get_blas_funcs

    gemm = get_blas_funcs("gemm", dtype=dtype)

    def adding_to(keep: float) -> Product:
        def add_product(a: Floats, b: Floats, c: Floats) -> object:
            # To BLAS, which thinks in Fortran order, c is Cᵀ; and Cᵀ = Bᵀ Aᵀ.
            return gemm(1.0, b.T, a, beta=keep, c=c.T, trans_b=True, overwrite_c=True)

        return add_product

    return adding_to
