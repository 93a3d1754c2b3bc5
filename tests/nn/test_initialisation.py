from math import sqrt

import numpy as np
import pytest

from nntrain.nn.initialisation import INITIALISATIONS

SPREAD = {"new": 1 / sqrt(400), "large": 1.0, "lecun": 1 / sqrt(400), "he": sqrt(2 / 400)}


@pytest.mark.parametrize("name", INITIALISATIONS)
def test_shapes_and_spread_are_the_stated_ones(name):
    weights, biases = INITIALISATIONS[name](400, 500, np.random.default_rng(0))
    assert weights.shape == (500, 400)
    assert biases.shape == (500,)
    assert weights.mean() == pytest.approx(0, abs=4 * SPREAD[name] / sqrt(200_000))
    assert weights.std() == pytest.approx(SPREAD[name], rel=0.01)
    if name in ("new", "large"):
        assert biases.std() == pytest.approx(1, rel=0.15)
    else:
        assert not biases.any()


@pytest.mark.parametrize("name", INITIALISATIONS)
def test_the_generator_decides(name):
    first = INITIALISATIONS[name](5, 4, np.random.default_rng(3))
    again = INITIALISATIONS[name](5, 4, np.random.default_rng(3))
    other = INITIALISATIONS[name](5, 4, np.random.default_rng(4))
    np.testing.assert_array_equal(first[0], again[0])
    assert not np.array_equal(first[0], other[0])
