"""The guard of the training loop's speed: its time as a ratio to the matrix products alone.

Both run in this process, in turn, and the fastest round of each counts, so that a busy machine
slows both or neither. The limits have slack: what they catch is an allocation of the network's
size in a step or a second pass over the weights, not a percent. The figures themselves are in
docs/performance.md.
"""

import numpy as np
import pytest

from benchmarks.peers.own import Own
from benchmarks.peers.products import Products
from tests.benchmarks.test_same_work import make_problem

pytestmark = pytest.mark.alone

ROUNDS = 12


@pytest.mark.parametrize(
    ("hidden", "batch_size", "examples", "most"),
    [((30,), 10, 2_000, 5.0), ((100,), 10, 1_000, 3.0), ((800,), 64, 640, 2.0)],
)
def test_the_loop_stays_close_to_its_products(hidden, batch_size, examples, most):
    problem = make_problem(batch_size, hidden, examples)
    own, products = Own(problem, 1), Products(problem, 1)
    seconds = np.array([[who.round().seconds for who in (own, products)] for _ in range(ROUNDS)])
    mine, floor = seconds.min(axis=0)
    assert mine / floor < most
