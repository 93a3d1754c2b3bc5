from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.analysis.statistics import mcnemar, paired_difference, spread, t_quantile
from nntrain.errors import NntrainError

# Student's table, two-sided 95 % and 99 %.
TABLE = [
    (0.975, 1, 12.7062), (0.975, 2, 4.3027), (0.975, 3, 3.1824), (0.975, 4, 2.7764),
    (0.975, 5, 2.5706), (0.975, 9, 2.2622), (0.975, 10, 2.2281), (0.975, 30, 2.0423),
    (0.975, 120, 1.9799), (0.995, 1, 63.6567), (0.995, 7, 3.4995), (0.975, 999, 1.9623),
]  # fmt: skip


@pytest.mark.parametrize(("p", "df", "value"), TABLE)
def test_quantiles_are_those_of_the_table(p, df, value):
    assert t_quantile(p, df) == pytest.approx(value, abs=6e-5)


def test_paired_difference_by_hand():
    """Differences 1, 2, 3: mean 2, sd 1, half width 4.3027/√3."""
    result = paired_difference([5, 7, 9], [4, 5, 6])
    assert result.mean == 2
    assert (result.low, result.high) == pytest.approx((2 - 2.48414, 2 + 2.48414), abs=1e-4)
    assert spread([1.0, 2.0, 3.0]).interval() == (result.low, result.high)
    assert spread([1.0, 3.0]).sd == pytest.approx(2**0.5)


@pytest.mark.parametrize(
    ("a", "b", "distinguishable"),
    [
        ([5, 7, 9], [4, 5, 6], False),
        ([5.0, 6.1, 7.0], [4.0, 5.0, 6.0], True),
        ([4.0, 5.0, 6.0], [5.0, 6.1, 7.0], True),
        ([1.0, 2.0], [0.5, 1.5], True),  # equal differences: an interval without width
        ([1.0, 2.0], [1.0, 2.0], False),
        ([2.0], [1.0], False),
    ],
)
def test_an_interval_without_zero_is_distinguishable(a, b, distinguishable):
    result = paired_difference(a, b)
    assert result.distinguishable is distinguishable
    assert (result.low is None) == (len(a) == 1) == (spread(a).interval() is None)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(2000):
        result = paired_difference(rng.normal(1, 1, 5).tolist(), rng.normal(0, 1, 5).tolist())
        hits += result.low <= 1 <= result.high
    assert hits / 2000 == pytest.approx(0.95, abs=0.02)


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 5), st.integers(0, 5))
def test_mcnemar_by_counting_every_outcome(only_a, only_b, both, neither):
    """Among all 2^n equally likely ways the disagreements fall, count those as uneven."""
    a = [True] * only_a + [False] * only_b + [True] * both + [False] * neither
    b = [False] * only_a + [True] * only_b + [True] * both + [False] * neither
    result = mcnemar(a, b)
    n, uneven = only_a + only_b, abs(only_a - only_b)
    extreme = sum(abs(2 * sum(ways) - n) >= uneven for ways in product([0, 1], repeat=n))
    assert (result.only_a, result.only_b) == (only_a, only_b)
    assert result.p_value == pytest.approx(extreme / 2**n)


def test_mcnemar_with_many_disagreements():
    a = np.array([True] * 600 + [False] * 500)
    exact = 2 * sum(comb(1100, k) for k in range(501)) / 2**1100
    assert mcnemar(a, ~a).p_value == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(
    "call",
    [lambda: spread([]), lambda: paired_difference([1], [1, 2]), lambda: mcnemar([True], [])],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(NntrainError):
        call()
