import numpy as np
import pytest

from nntrain.nn.backprop import Gradients, Workspace, backward, forward, gradients
from nntrain.nn.dropout import Dropout
from tests import reference
from tests.nn.helpers import ACTIVATION_NAMES, OUTPUT_NAMES, make_examples, make_network


def masks_of(dropout, network, batch_size):
    """What the next forward will multiply with, found by dropping out ones, in the same order."""
    masks = [np.ones((batch_size, size), network.dtype) for size in network.sizes[:-1]]
    dropout.reseed(3, 7)
    dropout.drop_inputs(masks[0])
    for mask in masks[1:]:
        dropout.drop_hidden(mask, np.empty_like(mask))
    dropout.reseed(3, 7)
    return masks


@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("probabilities", [(0.2, 0.5), (0.0, 0.4), (0.3, 0.0)])
def test_gradients_are_those_of_the_thinned_network(activation, output, probabilities):
    network = make_network((7, 6, 5, 4), activation, output)
    dropout = Dropout(*probabilities, seed=(0, 2))
    inputs, labels = make_examples(9, 7)
    masks = masks_of(dropout, network, 9)
    workspace, into = Workspace(network, 9, dropout), Gradients(network)
    outputs = forward(network, inputs.copy(), workspace).copy()
    backward(network, labels, workspace, 1 / 9)
    gradients(workspace, into)
    layers = (network.weights, network.biases, activation, output)
    _, dw, db = reference.gradients(*layers, inputs, labels, masks=masks)
    for mine, book in zip(into.arrays, [*dw, *db], strict=True):
        np.testing.assert_allclose(mine, book, rtol=1e-9, atol=1e-12)
    for example in range(9):
        own = [mask[example] for mask in masks]
        _, activations = reference.forward(*layers, inputs[example], masks=own)
        np.testing.assert_allclose(outputs[example], activations[-1], rtol=1e-9)


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_share_p_is_zero_and_the_rest_is_scaled(probability, dtype):
    dropout = Dropout(probability, 0.0, seed=(1,))
    a = np.ones((200, 500), dtype)
    dropout.drop_inputs(a)
    kept = a != 0
    np.testing.assert_allclose(a[kept], 1 / (1 - probability), rtol=1e-6)
    sd = np.sqrt(probability * (1 - probability) / a.size)
    assert abs((~kept).mean() - probability) < 5 * sd
    # neither whole neurons nor whole examples are dropped
    assert kept.any(axis=0).all()
    assert kept.any(axis=1).all()


def test_draws_depend_on_the_position_alone():
    def draws(seed, epoch, place):
        dropout = Dropout(0.5, 0.5, seed)
        dropout.reseed(epoch, place)
        a = np.ones((4, 30))
        dropout.drop_inputs(a)
        return a.tobytes()

    assert draws((0, 2), 1, 128) == draws((0, 2), 1, 128)
    others = {draws((0, 2), 1, 128), draws((0, 2), 1, 256), draws((0, 2), 2, 128)}
    assert len(others | {draws((1, 2), 1, 128)}) == 4


def test_a_shorter_batch_uses_the_same_memory():
    network = make_network((6, 5, 4))
    workspace = Workspace(network, 10, Dropout(0.2, 0.5, (0,)))
    head = workspace.head(3)
    assert head.dropout is workspace.dropout
    inputs, labels = make_examples(3)
    forward(network, inputs, head)
    backward(network, labels, head, 1.0)
    assert np.shares_memory(head.slope[1], workspace.slope[1])


def test_with_probability_0_nothing_changes():
    network = make_network((6, 5, 4))
    inputs, _ = make_examples(8)
    plain = forward(network, inputs, Workspace(network, 8)).copy()
    nothing = forward(network, inputs, Workspace(network, 8, Dropout(0.0, 0.0, (0,))))
    assert plain.tobytes() == nothing.tobytes()
