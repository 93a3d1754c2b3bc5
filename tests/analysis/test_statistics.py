from dataclasses import replace
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from nntrain.analysis.statistics import (
    holm,
    mcnemar,
    p_in_words,
    paired_difference,
    spread,
    t_quantile,
    two_sided_p,
)
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


@given(st.integers(1, 999), st.floats(1e-6, 1e4))
def test_two_sided_p_agrees_with_scipy_far_into_the_tail(df, t):
    assert two_sided_p(t, df) == pytest.approx(2 * stats.t.sf(t, df), rel=1e-9, abs=1e-300)


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=2, max_size=9))
def test_paired_p_and_interval_agree_with_scipy(pairs):
    a, b = zip(*pairs, strict=True)
    result, differences = paired_difference(a, b), np.subtract(a, b)
    assume(np.std(differences) >= 1e-9)
    mean = np.mean(differences)
    assume(mean == 0 or abs(mean) > 1e-300)  # SciPy divides by it, and warns of an overflow
    oracle = stats.ttest_rel(a, b)
    assert result.p_value == result.p_adjusted == pytest.approx(oracle.pvalue, rel=1e-6)
    edges = oracle.confidence_interval(0.95)
    assert (result.low, result.high) == pytest.approx((edges.low, edges.high), abs=1e-9)
    if abs(result.p_value - 0.05) > 1e-6:  # without correction both judge alike
        assert result.distinguishable == (result.low > 0 or result.high < 0)


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
        ([1.0, 2.0], [0.5, 1.5], False),  # equal differences: their deviation is not known
        ([1.0, 2.0], [1.0, 2.0], False),
        ([2.0], [1.0], False),
    ],
)
def test_an_interval_without_zero_is_distinguishable(a, b, distinguishable):
    result = paired_difference(a, b)
    assert result.distinguishable is distinguishable
    assert (result.low is None) == (len(a) == 1 or (a, b) == ([1.0, 2.0], [0.5, 1.5]))


def test_equal_figures_have_p_1_and_equal_differences_no_p():
    assert paired_difference([0.9] * 3, [0.9] * 3).p_value == 1
    assert paired_difference([1.0, 2.0], [0.5, 1.5]).p_value is None
    assert paired_difference([0.9], [0.8]).p_value is None


@given(st.lists(st.floats(0, 1) | st.sampled_from([0.01, 0.02]), min_size=1, max_size=6))
def test_holm_is_the_closed_test_of_bonferroni(p_values):
    """Adjusted: the largest Bonferroni p of any subfamily that the test belongs to."""
    one = paired_difference([1.0, 2.0, 3.1], [0.0, 1.0, 2.0])
    made = holm([replace(one, p_value=p) for p in p_values])
    for i, test in enumerate(made):
        others = [p for j, p in enumerate(p_values) if j != i]
        families = [[p_values[i], *more] for n in range(len(p_values))
                    for more in combinations(others, n)]  # fmt: skip
        closed = max(min(1, len(family) * min(family)) for family in families)
        assert (test.p_value, test.p_adjusted) == (p_values[i], pytest.approx(closed))
        assert test.distinguishable == (test.p_adjusted < 0.05)


def test_holm_skips_tests_without_a_p_value():
    alone, judged = paired_difference([1], [2]), paired_difference([1, 2, 3.5], [2, 3, 4.4])
    assert holm([alone, None, judged]) == (alone, None, judged)
    assert holm([]) == ()


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0, "p < 1e-16"),
        (9.9e-17, "p < 1e-16"),
        (1e-16, "p = 1e-16"),
        (0.0123, "p = 0.012"),
        (1, "p = 1"),
    ],
)
def test_p_is_never_written_as_0(p, words):
    assert p_in_words(p) == words


def test_the_interval_has_its_nominal_coverage():
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
    ("only_a", "only_b"), [(0, 0), (1, 0), (7, 7), (3, 12), (180, 240), (900, 4)]
)
def test_mcnemar_is_scipys_binomial_test(only_a, only_b):
    a = np.array([True] * only_a + [False] * only_b, bool)
    expected = stats.binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1
    assert mcnemar(a, ~a).p_value == pytest.approx(expected, rel=1e-9)


def test_mcnemar_with_a_p_value_too_small_for_a_float():
    result = mcnemar([True] * 5000, [False] * 5000)
    assert result.distinguishable
    assert p_in_words(result.p_value) == "p < 1e-16"


@pytest.mark.parametrize(
    "call",
    [lambda: spread([]), lambda: paired_difference([1], [1, 2]), lambda: mcnemar([True], [])],
)
def test_mismatched_inputs_are_refused(call):
    with pytest.raises(NntrainError):
        call()
