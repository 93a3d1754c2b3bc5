from dataclasses import replace

import numpy as np
import pytest

from nntrain.nn.backprop import Workspace, backward, forward
from nntrain.nn.optimizer import SGD, Optimizer, limit_norms
from nntrain.nn.schedules import Schedule
from tests import reference
from tests.nn.helpers import make_examples, make_network

MOMENTUM = SGD(1, 1, 0.1, momentum=0.9, weight_decay=1.0)


def take(steps, batch, rate):
    """A step on a mini-batch: forward and backward, then what is tested."""
    inputs, labels = batch
    workspace = Workspace(steps.network, len(labels))
    forward(steps.network, inputs, workspace)
    backward(steps.network, labels, workspace, rate / len(labels))
    steps.step(workspace, rate)


@pytest.mark.parametrize("sizes", [(6, 5, 4), (6, 4), (7, 3, 5, 4)])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("weight_decay", [0.0, 3.0])
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-12), (np.float32, 2e-5)])
def test_three_steps_agree_with_the_formula(sizes, momentum, weight_decay, dtype, rtol):
    """V ← μV − η(g + λ/n W), W ← W + V; biases without λ; another η at each step."""
    network, n = make_network(sizes, dtype=dtype), 50
    expected = [p.astype(np.float64) for p in network.parameters]
    velocity = [np.zeros_like(p) for p in expected]
    layers = len(network.weights)
    steps = Optimizer(network, SGD(1, 1, 0.1, momentum, weight_decay), n)
    for seed, rate in enumerate([0.1, 0.3, 0.2]):
        inputs, labels = make_examples(5 + seed, sizes[0], seed=seed, dtype=dtype)
        names = (network.hidden.name, network.output.name)
        parts = (expected[:layers], expected[layers:])
        _, dw, db = reference.gradients(*parts, *names, inputs, labels, 1.0)
        take(steps, (inputs, labels), rate)
        for i, gradient in enumerate([*dw, *db]):
            decay = weight_decay / n * expected[i] if i < layers else 0
            velocity[i] = momentum * velocity[i] - rate * (gradient + decay)
            expected[i] = expected[i] + velocity[i]
    for mine, formula in zip(network.parameters, expected, strict=True):
        np.testing.assert_allclose(mine, formula, rtol=rtol, atol=rtol)


def test_steps_happen_in_place():
    network = make_network()
    steps = Optimizer(network, MOMENTUM, 100)

    def buffers():
        held = [*network.weights, *network.biases, steps.velocity.vector]
        return [(id(a), a.ctypes.data) for a in held]

    before = buffers()
    take(steps, make_examples(5), 0.1)
    assert buffers() == before


def test_a_step_ends_with_the_max_norm():
    one, two = make_network(), make_network()
    steps = Optimizer(one, replace(MOMENTUM, max_norm=0.2), 100), Optimizer(two, MOMENTUM, 100)
    for each in steps:
        take(each, make_examples(5), 0.1)
    limit_norms(two.weights, 0.2)
    for limited, expected in zip(one.parameters, two.parameters, strict=True):
        np.testing.assert_array_equal(limited, expected)
    assert np.linalg.norm(one.weights[0], axis=1).max() == pytest.approx(0.2)


def test_the_rate_follows_the_schedule():
    sgd = SGD(epochs=4, batch_size=1, learning_rate=0.2, schedule=Schedule("cosine", 4))
    assert [round(sgd.rate(t), 12) for t in (0, 2, 4)] == [0.2, 0.1, 0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_long_rows_are_shortened_but_not_short_ones_or_the_output_layer(dtype):
    network = make_network((6, 5, 8, 4), dtype=dtype)
    network.weights[0][:2] *= 100
    network.weights[0][2] = 0
    before = [w.copy() for w in network.weights]
    biases = [b.copy() for b in network.biases]
    addresses = [w.ctypes.data for w in network.weights]
    limit_norms(network.weights, 2.0)
    for layer in range(2):
        for row, old in zip(network.weights[layer], before[layer], strict=True):
            length = np.linalg.norm(old)
            expected = old * 2.0 / length if length > 2 else old
            np.testing.assert_allclose(row, expected, rtol=1e-6)
    assert np.linalg.norm(network.weights[0], axis=1).max() == pytest.approx(2.0, rel=1e-6)
    assert addresses == [w.ctypes.data for w in network.weights]
    after = [w.tobytes() for w in network.weights]
    limit_norms(network.weights, 1e6)  # rows that are short enough keep their bits
    assert after == [w.tobytes() for w in network.weights]
    np.testing.assert_array_equal(network.weights[2], before[2])
    for mine, old in zip(network.biases, biases, strict=True):
        np.testing.assert_array_equal(mine, old)
