import os
import subprocess
import sys

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


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells what is in use")
def test_blas_needs_no_more_memory_after_take_memory():
    """OpenBLAS that gets no memory ends the process, or tries for ever."""
    code = (
        "import resource, numpy as np; from nntrain.nn import gemm\n"
        "from nntrain.storage.memory import address_space_left\n"
        "a, c = np.ones((2, 300, 300), np.float32)\n"
        "gemm.take_memory()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**40,) * 2)\n"
        "used = 2**40 - address_space_left()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 4_000_000,) * 2)\n"
        "np.dot(a, a, c)\n"
        "if gemm.available(): gemm.adding(c.dtype)(1.0, 1.0)(a.T, a, c)\n"
        "print(c[0, 0])"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() in ("300.0", "600.0"), done.stderr
