"""What the tests of all executors share."""

import numpy as np

from nntrain.experiments.executors import run

SEEDS = {f"seed {seed}": seed for seed in range(5)}


def results(*words, **options):
    options.setdefault("jobs", 1)
    return dict(run(*words, **options))


def assert_same_bits(some, others):
    assert set(some) == set(others)
    for key, outcome in some.items():
        assert outcome.document == others[key].document
        np.testing.assert_array_equal(outcome.arrays["product"], others[key].arrays["product"])
