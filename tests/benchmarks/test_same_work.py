"""The contestants of the race do the same mathematics: after the same mini-batches they agree."""

from importlib import import_module
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.peers import BOOK, OWN, PEERS, PRODUCTS
from benchmarks.peers.contestant import Problem

LEARNERS = [name for name in PEERS if name != PRODUCTS]
SEED = 7
# other packages' own warnings are not what is tested here
pytestmark = pytest.mark.filterwarnings("ignore")


def make_problem(batch_size, hidden=(12,), examples=96):
    rng = np.random.default_rng(1)
    sizes = (784, *hidden, 10)
    layers = [
        (
            (rng.standard_normal((fan_out, fan_in)) / np.sqrt(fan_in)).astype(np.float32),
            rng.standard_normal(fan_out).astype(np.float32),
        )
        for fan_in, fan_out in pairwise(sizes)
    ]
    images = rng.integers(0, 256, (examples, 784), dtype=np.uint8)
    labels = np.arange(examples, dtype=np.uint8) % 10
    return Problem(images, labels, layers, batch_size, learning_rate=0.1, seed=SEED)


def contestant(name, problem):
    peer = PEERS[name]
    if missing := peer.missing():
        pytest.skip(missing)
    module, _, kind = peer.place.partition(":")
    found = getattr(import_module(module), kind)(problem, 1)
    if name == "scikit-learn":  # the one that shuffles by itself: give it the order of the others
        order = np.random.default_rng(problem.seed).permutation(len(problem.images))
        found.classifier.shuffle = False
        found.images = found.images[order]
        object.__setattr__(problem, "labels", problem.labels[order])
    return found


def flat(layers):
    return np.concatenate([part.ravel() for layer in layers for part in layer])


def by_the_textbook(problem, rounds):
    """The same training in float64 with one-hot vectors, written as plainly as possible."""
    layers = [(w.astype(np.float64), b.astype(np.float64)) for w, b in problem.layers]
    rng = np.random.default_rng(problem.seed)
    for _ in range(rounds):
        order = rng.permutation(len(problem.images))
        for start in range(0, len(order), problem.batch_size):
            batch = order[start : start + problem.batch_size]
            activations = [problem.images[batch] / 255]
            for number, (w, b) in enumerate(layers, start=1):
                z = activations[-1] @ w.T + b
                last = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
                activations.append(last if number == len(layers) else 1 / (1 + np.exp(-z)))
            delta = activations[-1] - np.eye(10)[problem.labels[batch]]
            new = []
            for (w, b), a in zip(reversed(layers), reversed(activations[:-1]), strict=True):
                step = problem.learning_rate / len(batch)
                new.insert(0, (w - step * delta.T @ a, b - step * delta.sum(axis=0)))
                delta = (delta @ w) * a * (1 - a)
            layers = new
    return flat(layers)


@pytest.mark.parametrize("batch_size", [1, 8])
@pytest.mark.parametrize("hidden", [(12,), (9, 7)], ids=str)
@pytest.mark.parametrize("name", LEARNERS)
def test_after_a_round_every_contestant_has_the_textbooks_parameters(name, hidden, batch_size):
    problem = make_problem(batch_size, hidden)
    want, start = by_the_textbook(problem, rounds=1), flat(problem.layers)
    trained = contestant(name, problem)
    timing = trained.round()
    learnt = np.abs(want - start).max()
    assert np.abs(flat(trained.layers()) - want).max() < 1e-4 * learnt
    assert timing.seconds > 0


@pytest.mark.parametrize("name", [name for name in LEARNERS if name != "scikit-learn"])
def test_each_round_has_a_new_order_and_continues_from_the_last(name):
    problem = make_problem(batch_size=8)
    trained = contestant(name, problem)
    for _ in range(3):
        trained.round()
    want = by_the_textbook(problem, rounds=3)
    learnt = np.abs(want - flat(problem.layers)).max()
    assert np.abs(flat(trained.layers()) - want).max() < 1e-4 * learnt


def test_scikit_learn_shuffles_again_each_round():
    trained = [contestant("scikit-learn", make_problem(8)) for _ in range(2)]
    for one in trained:
        one.classifier.shuffle = True
    first, second = (one.classifier._random_state for one in trained)
    trained[0].round()
    assert first.get_state()[2] != second.get_state()[2]


@pytest.mark.parametrize("name", [OWN, BOOK])
def test_parameters_stay_float32(name):
    trained = contestant(name, make_problem(8))
    trained.round()
    assert {part.dtype for layer in trained.layers() for part in layer} == {np.dtype("float32")}


def test_the_floor_is_the_products_of_one_step_and_no_others():
    products = contestant(PRODUCTS, make_problem(8, hidden=(12, 11))).products
    shapes = [(left.shape, right.shape) for left, right, _ in products]
    forward = [((8, 784), (784, 12)), ((8, 12), (12, 11)), ((8, 11), (11, 10))]
    backward = [((10, 8), (8, 11)), ((8, 10), (10, 11)), ((11, 8), (8, 12)), ((8, 11), (11, 12))]
    assert shapes == [*forward, *backward, ((12, 8), (8, 784))]
    assert all(out.ctypes.data % 64 == 0 for _, _, out in products)
