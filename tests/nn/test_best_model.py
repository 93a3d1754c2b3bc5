import numpy as np

from nntrain.nn.best_model import BestModel
from tests.nn.helpers import make_network


def test_a_better_model_is_copied_and_a_tie_is_not():
    network = make_network()
    best = BestModel(network)
    first = network.weights[0].copy()
    assert best.keep(network, 1, 0.5)
    network.weights[0][...] = 7
    assert not best.keep(network, 2, 0.5)
    np.testing.assert_array_equal(best.parameters[0], first)
    assert best.keep(network, 3, 0.6)
    assert (best.parameters[0] == 7).all()
    assert (best.epoch, best.accuracy) == (3, 0.6)


def test_without_a_validation_set_the_latest_is_the_best():
    network = make_network()
    best = BestModel(network)
    assert best.keep(network, 1, None)
    assert best.keep(network, 2, None)
    assert (best.epoch, best.accuracy) == (2, -1.0)


def test_the_network_is_new_each_time():
    best = BestModel(make_network())
    best.network().weights[0][...] = 7
    assert not (best.network().weights[0] == 7).any()
