import numpy as np
import pytest

from nntrain.nn.arrays import LayerArrays, aligned_empty


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layers_share_one_block_weights_first_each_on_a_cache_line(dtype):
    layers = LayerArrays((7, 5, 3), dtype)
    assert [w.shape for w in layers.weights] == [(5, 7), (3, 5)]
    assert [b.shape for b in layers.biases] == [(5,), (3,)]
    for number, array in enumerate(layers.arrays, start=1):
        assert array.dtype == dtype
        assert array.flags.c_contiguous
        assert array.ctypes.data % 64 == 0
        assert np.shares_memory(array, layers.vector)
        array.fill(number)
    lengths = [int((layers.vector == number).sum()) for number in (1, 2, 3, 4)]
    assert lengths == [35, 15, 5, 3]
    assert layers.vector.sum() == 35 * 1 + 15 * 2 + 5 * 3 + 3 * 4  # zeros in the gaps
    assert set(layers.all_weights) == {0, 1, 2}
    assert set(layers.vector[len(layers.all_weights) :]) == {0, 3, 4}


def test_an_array_starts_on_a_cache_line():
    arrays = [aligned_empty((rows, 3)) for rows in range(1, 50)]
    assert all(array.ctypes.data % 64 == 0 for array in arrays)
