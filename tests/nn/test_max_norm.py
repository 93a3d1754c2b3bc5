import numpy as np
import pytest

from nntrain.nn.optimizer import limit_norms
from tests.nn.helpers import make_network


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_long_rows_are_shortened_short_ones_and_the_outputs_are_left(dtype):
    network = make_network((6, 5, 8, 4), dtype=dtype)
    network.weights[0][:2] *= 100
    before = [w.copy() for w in network.weights]
    biases = [b.copy() for b in network.biases]
    limit_norms(network.weights, 2.0)
    for layer in range(2):
        for row, old in zip(network.weights[layer], before[layer], strict=True):
            length = np.linalg.norm(old)
            expected = old * 2.0 / length if length > 2 else old
            np.testing.assert_allclose(row, expected, rtol=1e-6)
    assert np.linalg.norm(network.weights[0], axis=1).max() == pytest.approx(2.0, rel=1e-6)
    np.testing.assert_array_equal(network.weights[2], before[2])
    for mine, old in zip(network.biases, biases, strict=True):
        np.testing.assert_array_equal(mine, old)


def test_is_in_place_and_leaves_what_is_short_to_the_bit():
    network = make_network((6, 5, 4))
    address, before = network.weights[0].ctypes.data, network.weights[0].tobytes()
    limit_norms(network.weights, 1e6)
    assert network.weights[0].ctypes.data == address
    assert network.weights[0].tobytes() == before


def test_zero_rows_stay_zero():
    network = make_network((6, 5, 4))
    network.weights[0][0] = 0
    network.weights[0][1] = 100
    limit_norms(network.weights, 1.0)
    assert not network.weights[0][0].any()
    assert np.isfinite(network.weights[0]).all()
