import numpy as np
import pytest

from nntrain.nn.averaging import UPDATES_PER_EPOCH, Average
from tests.nn.helpers import make_network

EXAMPLES = 160
STEP = EXAMPLES // UPDATES_PER_EPOCH


def moments(epochs):
    """(epochs finished, examples before, after) of each update of the average."""
    for epoch in range(epochs):
        for done in range(STEP, EXAMPLES + 1, STEP):
            yield epoch, done - STEP, done


def test_first_a_plain_mean_then_an_exponential_one():
    network, rng = make_network(), np.random.default_rng(0)
    average = Average(network, 0.25, EXAMPLES)  # as long as four updates
    seen = []
    for moment in moments(2):
        network.layers.vector[...] = rng.normal(size=network.layers.vector.shape)
        seen.append(network.layers.vector.copy())
        average.update(network, *moment)
        if len(seen) <= 4:
            np.testing.assert_allclose(average.network.layers.vector, np.mean(seen, axis=0))
    expected = np.mean(seen[:4], axis=0)
    for theta in seen[4:]:
        expected += (1 - np.exp(-1 / 4)) * (theta - expected)
    np.testing.assert_allclose(average.network.layers.vector, expected)


@pytest.mark.parametrize("epochs", [0.5, 3.0])
def test_a_long_step_has_the_weight_of_its_duration(epochs):
    network = make_network()
    average = Average(network, epochs, EXAMPLES)
    network.layers.vector[...] = 0
    average.update(network, 9, 0, STEP)
    average.network.layers.vector[...] = 0
    network.layers.vector[...] = 1
    average.update(network, 9, STEP, EXAMPLES)  # a block that is nearly an epoch
    share = 1 - np.exp(-(15 / 16) / epochs)
    np.testing.assert_allclose(average.network.layers.vector, share)


def test_nothing_changes_between_updates_and_the_start_does_not_count():
    network = make_network()
    average = Average(network, 100, EXAMPLES)
    before = average.network.layers.vector.copy()
    network.layers.vector[...] = 7
    average.update(network, 0, 0, STEP - 1)
    np.testing.assert_array_equal(average.network.layers.vector, before)
    average.update(network, 0, 0, STEP)
    np.testing.assert_array_equal(average.network.layers.vector, 7)
