import pickle

import numpy as np
import pytest

from nntrain.errors import NntrainError
from nntrain.nn.network import EVALUATION_CHUNK
from tests import reference
from tests.nn.helpers import ACTIVATION_NAMES, OUTPUT_NAMES, make_examples, make_network


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_outputs_agree_with_the_book(output, activation):
    network = make_network((6, 5, 3, 4), activation, output)
    inputs, _ = make_examples(8)
    for x, mine in zip(inputs, network.outputs(inputs), strict=True):
        _, book = reference.forward(network.weights, network.biases, activation, output, x)
        np.testing.assert_allclose(mine, book[-1], rtol=1e-12)


def test_chunks_give_the_same_as_single_images():
    network = make_network()
    inputs, labels = make_examples(2 * EVALUATION_CHUNK + 7)
    whole = network.weighted_inputs(inputs)
    for i in (0, EVALUATION_CHUNK - 1, EVALUATION_CHUNK, len(inputs) - 1):
        np.testing.assert_allclose(whole[i], network.weighted_inputs(inputs[i : i + 1])[0])
    cost, accuracy = network.cost_and_accuracy(inputs, labels)
    assert cost == pytest.approx(network.output.cost(whole, labels).mean())
    assert accuracy == (whole.argmax(axis=1) == labels).mean()


def test_uint8_pixels_are_scaled_to_one_and_images_flattened():
    network = make_network((6, 5, 4))
    pixels = np.random.default_rng(0).integers(0, 256, (9, 2, 3), dtype=np.uint8)
    scaled = pixels.reshape(9, 6) / 255
    np.testing.assert_allclose(
        network.weighted_inputs(pixels), network.weighted_inputs(scaled), rtol=1e-12
    )


def test_a_pickled_network_is_one_block_of_memory_again():
    network = make_network()
    loaded = pickle.loads(pickle.dumps(network))
    for mine, theirs in zip(loaded.parameters, network.parameters, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    loaded.layers.vector[...] = 7  # what an optimizer's step changes
    assert all((array == 7).all() for array in loaded.parameters)


def test_a_copy_shares_nothing():
    network = make_network()
    copy = network.copy()
    copy.weights[0][...] = 7
    assert not (network.weights[0] == 7).any()
    copy.assign(network.parameters)
    np.testing.assert_array_equal(copy.weights[0], network.weights[0])


def test_decay_cost_agrees_with_the_book():
    network = make_network(dtype=np.float32)
    squares = sum((w.astype(float) ** 2).sum() for w in network.weights)
    assert network.decay_cost(5.0, 500) == pytest.approx(5.0 / 1000 * squares, rel=1e-6)
    assert network.decay_cost(0.0, 500) == 0


def test_an_overflow_makes_the_cost_nan_even_if_the_activation_hides_it():
    network = make_network(output="sigmoid+quadratic", dtype=np.float32)
    network.weights[-1][...] = 3e38
    cost, _ = network.cost_and_accuracy(*make_examples(5, dtype=np.float32))  # and no warning
    assert np.isnan(cost)


@pytest.mark.parametrize("shape", [(), (4,), (3,), (3, 5), (0, 5), (3, 2, 3), (4, 1, 1)])
def test_inputs_of_another_width_are_refused_not_broadcast(shape):
    network = make_network((4, 3, 2))
    inputs = np.zeros(shape, np.float32)
    with pytest.raises(NntrainError, match=r"^inputs: expected \(n, 4\)"):
        network.outputs(inputs)
    with pytest.raises(NntrainError, match=r"^inputs: expected \(n, 4\)"):
        network.cost_and_accuracy(inputs, np.zeros(3, int))
