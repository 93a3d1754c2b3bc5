"""Whether a training run led anywhere."""

import pytest
from scipy.stats import binomtest

from nntrain.analysis.learning import above_chance, failure


@pytest.mark.parametrize("n", [20, 1000])
def test_chance_is_what_a_constant_answer_gets(n):
    """Against SciPy's Wilson interval: above chance if its lower end is."""
    commonest = n // 8
    for right in range(n + 1):
        low = binomtest(right, n).proportion_ci(method="wilson").low
        assert above_chance(right, n, commonest) == (low > commonest / n)
    assert not above_chance(commonest, n, commonest)
    assert above_chance(n, n, commonest)


def epochs(*pairs):
    return [{"train_cost": cost, "train_accuracy": accuracy} for cost, accuracy in pairs]


@pytest.mark.parametrize(
    ("right", "history", "expected"),
    [
        (110, epochs((2.3, 0.1), (2.3, 0.1)), "chance"),
        (110, [], "chance"),  # an imported network
        (900, [], None),
        (980, epochs((0.5, 0.9), (0.1, 0.98)), None),
        (980, epochs((0.5, 0.9), (0.6, 0.95)), None),  # a cost alone may rise
        (980, epochs((0.5, 0.9), (3.0, 0.2), (0.1, 0.98)), None),  # it recovered
        (754, epochs((0.67, 0.78), (0.76, 0.75)), "worse"),
        (228, epochs((59182.0, 0.2), (4921.0, 0.22)), "cost"),
        (228, epochs((59182.0, 0.2)), "cost"),
    ],
)
def test_how_a_training_run_failed(right, history, expected):
    assert failure(right, 1000, 114, history, constant_cost=2.303) == expected
