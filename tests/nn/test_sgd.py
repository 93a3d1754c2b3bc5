import numpy as np
import pytest

from nntrain.nn.backprop import Gradients
from nntrain.nn.schedules import Schedule
from nntrain.nn.sgd import SGD, Descent
from tests.nn.helpers import make_network


def gradients_of(network, seed):
    gradients, rng = Gradients(network), np.random.default_rng(seed)
    for g in [*gradients.weights, *gradients.biases]:
        g[...] = rng.normal(size=g.shape)
    return gradients


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("weight_decay", [0.0, 3.0])
def test_three_steps_are_those_of_the_formula(momentum, weight_decay):
    """V ← μV − η(g + λ/n W), W ← W + V; biases without λ."""
    network, rate, n = make_network(), 0.1, 50
    expected = [p.copy() for p in network.parameters]
    velocity = [np.zeros_like(p) for p in expected]
    descent = Descent(network, momentum)
    layers = len(network.weights)
    for seed in range(3):
        gradients = gradients_of(network, seed)
        all_gradients = [g.copy() for g in [*gradients.weights, *gradients.biases]]
        for g in [*gradients.weights, *gradients.biases]:
            g *= rate
        descent.step(gradients, rate * weight_decay / n)
        for i, g in enumerate(all_gradients):
            decay = weight_decay / n * expected[i] if i < layers else 0
            velocity[i] = momentum * velocity[i] - rate * (g + decay)
            expected[i] = expected[i] + velocity[i]
    for mine, formula in zip(network.parameters, expected, strict=True):
        np.testing.assert_allclose(mine, formula, rtol=1e-12)


def test_steps_happen_in_place():
    network = make_network()
    descent = Descent(network, 0.9)

    def buffers():
        held = [*network.weights, *network.biases, descent.velocity.vector]
        return [(id(a), a.ctypes.data) for a in held]

    before = buffers()
    descent.step(gradients_of(network, 0), 0.01)
    assert buffers() == before


def test_the_rate_follows_the_schedule():
    sgd = SGD(epochs=4, batch_size=1, learning_rate=0.2, schedule=Schedule("cosine", 4))
    assert [round(sgd.rate(t), 12) for t in (0, 2, 4)] == [0.2, 0.1, 0]
