import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.nn.arrays import aligned_empty
from nntrain.nn.gemm import adding

pytest.importorskip("scipy", reason="the extra 'fast' (SciPy) is not installed")
SIZES = st.integers(1, 20)


@given(SIZES, SIZES, SIZES, st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from(["f4", "f8"]))
def test_adds_the_product_to_a_part_of_what_is_there(m, k, n, keep, dtype):
    rng = np.random.default_rng(m + 20 * k + 400 * n)
    a = rng.normal(size=(k, m)).astype(dtype).T
    b = rng.normal(size=(k, n)).astype(dtype)
    c = aligned_empty((m, n), dtype)
    c[...] = rng.normal(size=(m, n))
    expected = keep * c.astype(np.float64) - 0.3 * a.astype(np.float64) @ b.astype(np.float64)
    add = adding(np.dtype(dtype))(keep, -0.3)
    add(a, b, c)
    tolerance = 1e-5 if dtype == "f4" else 1e-13
    np.testing.assert_allclose(c, expected, rtol=tolerance, atol=tolerance * k)
