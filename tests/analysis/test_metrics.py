"""Metrics: golden values, slow oracles in plain Python, properties and extremes."""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.analysis import metrics
from nntrain.errors import NntrainError
from tests.analysis.helpers import answering, of_logs, of_outputs
from tests.analysis.test_predictions import INF, logs


# Intervals published by R. G. Newcombe, "Two-sided confidence intervals for the single
# proportion", Statistics in Medicine 17 (1998), table I, method 3 (Wilson), four decimals.
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_published_intervals(successes, n, low, high):
    interval = metrics.wilson(successes, n)
    assert interval.low == pytest.approx(low, abs=5.1e-5)
    assert interval.high == pytest.approx(high, abs=5.1e-5)
    assert interval.estimate == successes / n
    assert (interval.n, interval.successes) == (n, successes)


@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_contains_its_estimate_and_solves_the_score_equation(case):
    successes, n = case
    interval = metrics.wilson(successes, n)
    mirrored = metrics.wilson(n - successes, n)
    assert 0 <= interval.low <= interval.estimate <= interval.high <= 1
    assert interval.low < interval.high
    assert (interval.low == 0) == (successes == 0)
    assert (interval.high == 1) == (successes == n)
    assert mirrored.low == pytest.approx(1 - interval.high, abs=1e-12)
    # The definition: the limits are the proportions π with |p - π| = 1.96 √(π(1-π)/n).
    for limit in (interval.low, interval.high):
        distance = (interval.estimate - limit) ** 2
        assert distance == pytest.approx(
            1.959964**2 * limit * (1 - limit) / n, rel=1e-5, abs=1e-13
        )


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_wilson_refuses_invalid_proportions(successes, n):
    with pytest.raises(NntrainError, match="successes"):
        metrics.wilson(successes, n)


def test_accuracy_counts_the_largest_output_and_the_lowest_class_on_a_tie():
    # Predicted 0, 1, 1 (tie of 1 and 2), 0 (all zero: a tie of all): right are rows 0, 2 and 3.
    outputs = [[0.9, 0.1, 0.2], [0.1, 0.8, 0.3], [0.1, 0.7, 0.7], [0, 0, 0]]
    interval = metrics.accuracy(of_outputs([0, 2, 1, 0], outputs))
    assert (interval.successes, interval.n, interval.estimate) == (3, 4, 0.75)


def test_per_class_golden():
    # class 0: 4 examples, predicted 2 times, both right: precision 2/2, recall 2/4, F1 = 4/(2+4).
    # class 1: 2 examples, predicted 4 times, 1 right:     1/4, 1/2, F1 = 2/(4+2).
    # class 2: 1 example, never predicted:                 None, 0, F1 = 0.
    # class 3: no examples, never predicted:               None, None, None.
    # class 4: no examples, predicted once:                0, None, F1 = 0.
    labels, predicted = [0, 0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 1, 4, 1]
    figures = metrics.per_class(answering(labels, predicted, 0.9, 5))
    zero, one, two, three, four = figures
    assert (zero.precision, zero.recall, zero.f1) == (1.0, 0.5, pytest.approx(2 / 3))
    assert (zero.name, zero.support, zero.predicted, zero.right) == ("class 0", 4, 2, 2)
    assert (one.precision, one.recall, one.f1) == (0.25, 0.5, pytest.approx(1 / 3))
    assert (two.precision, two.recall, two.f1) == (None, 0.0, 0.0)
    assert (three.precision, three.recall, three.f1) == (None, None, None)
    assert (four.precision, four.recall, four.f1) == (0.0, None, 0.0)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1))
def test_per_class_against_counting_one_by_one(pairs):
    figures = metrics.per_class(answering(*zip(*pairs, strict=True), 0.5, 5))
    for j, figure in enumerate(figures):
        both = sum(1 for true, answer in pairs if true == j and answer == j)
        predicted = sum(1 for _, answer in pairs if answer == j)
        support = sum(1 for true, _ in pairs if true == j)
        assert (figure.index, figure.name) == (j, f"class {j}")
        assert figure.precision == (both / predicted if predicted else None)
        assert figure.recall == (both / support if support else None)
        if figure.precision and figure.recall:
            harmonic = 2 / (1 / figure.precision + 1 / figure.recall)
            assert figure.f1 == pytest.approx(harmonic)
    assert sum(f.support for f in figures) == sum(f.predicted for f in figures) == len(pairs)


def test_brier_and_log_likelihood_golden():
    # Row 0: (0.7-1)² + 0.2² + 0.1² = 0.09 + 0.04 + 0.01 = 0.14, ln 0.7.
    # Row 1: 0.5² + (0.25-1)² + 0.25² = 0.25 + 0.5625 + 0.0625 = 0.875, ln 0.25.
    answers = of_outputs([0, 1], [[0.7, 0.2, 0.1], [0.5, 0.25, 0.25]], distribution=True)
    scores = metrics.proper_scores(answers)
    assert scores.brier == pytest.approx((0.14 + 0.875) / 2)
    assert scores.log_likelihood == pytest.approx((math.log(0.7) + math.log(0.25)) / 2)
    assert (scores.zero_likelihood, scores.normalised) == (0, False)
    assert answers.outputs[0] == pytest.approx([0.7, 0.2, 0.1])  # still what they were


def test_scores_of_sigmoid_outputs_are_of_the_normalised_activations_and_say_so():
    # 0.9, 0.6, 0.3 sum to 1.8: normalised 1/2, 1/3, 1/6. Brier 1/4 + 1/9 + 1/36 = 14/36.
    scores = metrics.proper_scores(of_outputs([0], [[0.9, 0.6, 0.3]]))
    assert scores.brier == pytest.approx(14 / 36)
    assert scores.log_likelihood == pytest.approx(-math.log(2))
    assert scores.normalised


@given(logs, st.data())
def test_scores_against_loops(log_outputs, data):
    n, k = log_outputs.shape
    labels = data.draw(hnp.arrays(np.int64, n, elements=st.integers(0, k - 1)))
    scores = metrics.proper_scores(of_logs(labels, log_outputs))
    brier, likelihood, impossible = 0.0, 0.0, 0
    for label, row in zip(labels, log_outputs.tolist(), strict=True):
        top = max(row)
        outputs = [math.exp(x - top) if top > -INF else 1.0 for x in row]
        shares = [a / math.fsum(outputs) for a in outputs]
        brier += sum((s - (j == label)) ** 2 for j, s in enumerate(shares))
        # In logarithms, because exp(-1e4) is 0 while its logarithm is not infinite.
        log_share = (row[label] - top if top > -INF else 0.0) - math.log(math.fsum(outputs))
        impossible += log_share == -INF
        likelihood += log_share
    assert scores.brier == pytest.approx(brier / n, abs=1e-12)
    assert scores.log_likelihood == pytest.approx(likelihood / n, rel=1e-12, abs=1e-12)
    assert scores.zero_likelihood == impossible
    assert 0 <= scores.brier <= 2 + 1e-12
    assert scores.log_likelihood <= 0
