"""The noise floor of ECE: against exact distributions, and as a test of calibration."""

import time

import numpy as np
import pytest

from nntrain.analysis.confidence import bin_index, equal_edges, reliability
from nntrain.analysis.noise_floor import SIMULATIONS, noise_floor

WHERE = np.zeros(1000, np.int64)


def floor(confidence, where=None, seed=0):
    confidence = np.array(confidence, np.float64)
    where = WHERE[: len(confidence)] if where is None else np.array(where)
    return noise_floor(confidence, where, np.random.default_rng(seed))


def exact(confidence):
    """The values and probabilities of ECE with one bin: the number right, one answer at a time."""
    chances = np.ones(1)
    for p in confidence:
        chances = np.convolve(chances, [1 - p, p])
    return abs(np.arange(len(chances)) - sum(confidence)) / len(confidence), chances


@pytest.mark.parametrize(
    "confidence",
    [[0.5] * 20, [0.9] * 300, np.linspace(0.1, 1, 200), [0.999, 0.6, 0.2] * 50],
)
def test_mean_and_percentile_are_those_of_the_exact_distribution(confidence):
    values, chances = exact(confidence)
    mean = values @ chances
    deviation = np.sqrt((values - mean) ** 2 @ chances)
    found = floor(confidence)
    assert found.simulations == SIMULATIONS
    assert found.mean == pytest.approx(mean, abs=4 * deviation / SIMULATIONS**0.5)
    above = chances[values >= found.p95 - 1e-12].sum(), chances[values > found.p95 + 1e-12].sum()
    assert above[1] - 0.04 < 0.05 < above[0] + 0.04


def test_bins_add_up():
    """The mean of a sum is the sum of the means."""
    low, high = [0.2] * 60, [0.9] * 40
    means = [values @ chances for values, chances in map(exact, (low, high))]
    found = floor([*high, *low], [1] * 40 + [0] * 60)
    assert found.mean == pytest.approx(0.6 * means[0] + 0.4 * means[1], rel=0.1)


def test_without_randomness_the_floor_is_0():
    for confidence in ([1.0], [0.0] * 7, [0.0, 1.0]):
        found = floor(confidence)
        assert (found.mean, found.p95) == (0, 0)


def test_one_answer_is_right_or_wrong():
    found = floor([0.75])
    assert found.mean == pytest.approx(2 * 0.75 * 0.25, abs=0.05)
    assert found.p95 == 0.75


def test_the_result_depends_on_the_seed_and_not_on_the_order_of_answers():
    confidence = np.random.default_rng(1).random(500)
    where = bin_index(confidence, equal_edges(15))
    assert floor(confidence, where) == floor(confidence[::-1], where[::-1])
    assert floor(confidence, where) != floor(confidence, where, seed=1)


def test_perfect_calibration_is_rejected_in_5_percent_of_cases():
    rng = np.random.default_rng(2)
    found = []
    for _ in range(400):
        confidence = 1 - rng.beta(0.2, 2, 300)
        found.append(reliability(confidence, rng.random(300) < confidence).distinguishable)
    assert np.mean(found) == pytest.approx(0.05, abs=0.035)


def test_over_confidence_is_distinguishable():
    rng = np.random.default_rng(3)
    confidence = rng.uniform(0.8, 1, 2000)
    assert reliability(confidence, rng.random(2000) < confidence - 0.1).distinguishable


@pytest.mark.alone
def test_ten_thousand_answers_take_at_most_50_ms():
    confidence = 1 - np.random.default_rng(4).beta(0.1, 3, 10_000)
    where = bin_index(confidence, equal_edges(15))
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        floor(confidence, where)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.05
