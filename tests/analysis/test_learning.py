"""Whether a training run learned anything."""

import pytest
from scipy.stats import binomtest

from nntrain.analysis.learning import above_chance, cost_rose


@pytest.mark.parametrize("n", [20, 1000])
def test_chance_is_the_accuracy_of_a_constant_answer(n):
    """Against SciPy's Wilson interval: above chance if its lower end is."""
    commonest = n // 8
    for right in range(n + 1):
        low = binomtest(right, n).proportion_ci(method="wilson").low
        assert above_chance(right, n, commonest) == (low > commonest / n)
    assert not above_chance(commonest, n, commonest)
    assert above_chance(n, n, commonest)


def epochs(*pairs):
    return [{"train_cost": cost, "train_accuracy": accuracy} for cost, accuracy in pairs]


def test_a_cost_rose_only_if_the_accuracy_fell_too():
    assert cost_rose(epochs((1.0, 0.5), (0.8, 0.6), (2.0, 0.4)))
    assert not cost_rose(epochs((1.0, 0.5), (3.0, 0.2), (0.9, 0.6)))
    assert not cost_rose(epochs((1.0, 0.5), (1.1, 0.6)))
    assert not cost_rose(epochs((1.0, 0.5)))
    assert not cost_rose([])
