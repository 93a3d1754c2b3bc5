"""Confidence: histograms, reliability and sums against loops, especially at the edges of bins."""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.analysis import confidence as conf

# Edges of 10, 15 and 20 bins, ties and anything between.
levels = st.one_of(
    st.sampled_from([0.0, 1.0, 0.5, 0.3, 0.7, 1 / 15, 0.05, 0.95]), st.floats(0, 1, width=32)
)
answers = st.lists(st.tuples(levels, st.booleans()), min_size=1, max_size=60)


def columns(pairs):
    sure, right = zip(*pairs, strict=True)
    return np.array(sure, dtype=np.float64), np.array(right, dtype=bool)


def test_histogram_golden_with_every_edge_in_its_bin():
    # Ten bins: 0 -> [0, .1); .1 -> [.1, .2); .3 -> [.3, .4) ; .7 -> [.7, .8); 1 -> [.9, 1].
    sure = np.array([0.0, 0.1, 0.3, 0.7, 1.0, 0.9, 0.999])
    right = np.array([False, True, True, False, True, True, False])
    histogram = conf.confidence_histogram(sure, right, conf.equal_edges(10))
    assert histogram.edges.tolist() == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
    assert histogram.right.tolist() == [0, 1, 0, 1, 0, 0, 0, 0, 0, 2]
    assert histogram.wrong.tolist() == [1, 0, 0, 0, 0, 0, 0, 1, 0, 1]


@given(answers, st.sampled_from([1, 10, 15, 20]))
def test_histogram_against_a_loop_over_stated_edges(pairs, bins):
    histogram = conf.confidence_histogram(*columns(pairs), conf.equal_edges(bins))
    edges = histogram.edges.tolist()
    edges[-1] = 1.1  # the last bin is closed
    for b in range(bins):
        inside = [right for sure, right in pairs if edges[b] <= sure < edges[b + 1]]
        assert histogram.right[b] == sum(inside)
        assert histogram.wrong[b] == len(inside) - sum(inside)
    assert histogram.right.sum() + histogram.wrong.sum() == len(pairs)


def test_reliability_golden_equal_width():
    # Two bins. [0, .5): .2 right, .4 wrong: mean .3, accuracy .5, gap .2.
    # [.5, 1]: .5 right, .9 right, 1.0 wrong: mean .8, accuracy 2/3, gap .8 - 2/3 = 2/15.
    # ECE = (2·.2 + 3·2/15)/5 = .8/5 = .16. No bin has the 50 answers that MCE asks for.
    pairs = [(0.2, True), (0.4, False), (0.5, True), (0.9, True), (1.0, False)]
    result = conf.reliability(*columns(pairs), bins=2)
    low, high = result.bins
    assert (low.low, low.high, low.count, low.accuracy) == (0, 0.5, 2, 0.5)
    assert (high.low, high.high, high.count) == (0.5, 1, 3)
    assert low.confidence == pytest.approx(0.3)
    assert high.confidence == pytest.approx(0.8)
    assert high.accuracy == pytest.approx(2 / 3)
    assert result.ece == pytest.approx(0.16)
    assert result.mce is None
    # 26 and 39 answers in place of 2 and 3, then 52 and 78: the same gaps, .2 and 2/15.
    assert conf.reliability(*columns(pairs * 13), bins=2).mce is None
    assert conf.reliability(*columns(pairs * 17), bins=2).mce == pytest.approx(2 / 15)
    assert conf.reliability(*columns(pairs * 26), bins=2).mce == pytest.approx(0.2)


def test_reliability_golden_equal_mass():
    # Sorted .1 .2 .3 .4 .9 in two runs: .1 .2 | .3 .4 .9 (5·1//2 = 2). All right.
    # Means .15 and 1.6/3: ECE = (2·.85 + 3·(1 - 1.6/3))/5 = (1.7 + 1.4)/5 = .62.
    pairs = [(confidence, True) for confidence in (0.9, 0.1, 0.4, 0.2, 0.3)]
    result = conf.reliability(*columns(pairs), bins=2, kind="equal-mass")
    assert [(b.low, b.high, b.count) for b in result.bins] == [(0.1, 0.3, 2), (0.3, 0.9, 3)]
    assert result.ece == pytest.approx(0.62)


def test_equal_mass_never_separates_equal_confidences():
    # Four equal confidences, half of them right: split by position they would look miscalibrated.
    pairs = [(0.5, True), (0.5, True), (0.5, False), (0.5, False)]
    result = conf.reliability(*columns(pairs), bins=2, kind="equal-mass")
    assert [(b.low, b.high, b.count) for b in result.bins] == [(0.5, 0.5, 4)]
    assert result.ece == 0


def test_equal_mass_bins_differ_by_at_most_one_without_ties():
    sure = np.random.default_rng(1).permutation(1000) / 1000
    result = conf.reliability(sure, sure > 0.5, kind="equal-mass")
    counts = [b.count for b in result.bins]
    assert len(counts) == 15
    assert set(counts) == {66, 67}


def slow_ece_mce(pairs, bins, n):
    """ECE and MCE by the printed formula, over bins given as (low, high, last)."""
    ece, gaps = 0.0, []
    for low, high, last in bins:
        inside = [(s, r) for s, r in pairs if low <= s < high or (last and s == high)]
        if inside:
            claimed = math.fsum(s for s, _ in inside) / len(inside)
            gap = abs(sum(r for _, r in inside) / len(inside) - claimed)
            ece += len(inside) / n * gap
            gaps += [gap] if len(inside) >= 50 else []
    return ece, max(gaps, default=None)


@pytest.mark.parametrize("kind", ["equal-width", "equal-mass"])
@given(pairs=answers, random=st.randoms(use_true_random=False))
def test_reliability_against_the_formula_and_under_permutation(kind, pairs, random):
    result = conf.reliability(*columns(pairs), kind=kind)
    last = len(result.bins) - 1
    stated = [(b.low, b.high, i == last) for i, b in enumerate(result.bins)]
    if kind == "equal-width":
        assert stated == [(i / 15, (i + 1) / 15, i == 14) for i in range(15)]
    ece, mce = slow_ece_mce(pairs, stated, len(pairs))
    assert result.ece == pytest.approx(ece, abs=1e-12)
    assert result.mce == (None if mce is None else pytest.approx(mce, abs=1e-12))
    assert 0 <= result.ece <= 1
    assert sum(b.count for b in result.bins) == len(pairs)
    for b in result.bins:
        assert (b.confidence is None) == (b.count == 0) == (b.accuracy is None)
    if kind == "equal-mass":
        assert len(result.bins) <= 15
        assert all(b.count for b in result.bins)

    random.shuffle(pairs)
    again = conf.reliability(*columns(pairs), kind=kind)
    one, other = (
        [(b.low, b.high, b.count, b.accuracy) for b in read.bins] for read in (result, again)
    )
    assert one == other
    assert again.ece == pytest.approx(result.ece, abs=1e-12)
    assert again.noise_floor.p95 == pytest.approx(result.noise_floor.p95, abs=1e-12)


def test_activation_sums_golden():
    # Sums 0.5, 1.0, 1.25, 2.75 and 0: two below 1, two above, one exactly 1; mean 1.1.
    outputs = np.array([[0.5, 0, 0], [0.5, 0.25, 0.25], [1, 0.25, 0], [1, 1, 0.75], [0, 0, 0]])
    sums = conf.activation_sums(outputs)
    assert (sums.n, sums.below, sums.above) == (5, 2, 2)
    assert (sums.below_share, sums.above_share) == (0.4, 0.4)
    assert sums.mean == pytest.approx(1.1)
    assert dict(sums.quantiles)[0.5] == pytest.approx(1)
    assert (sums.quantiles[0], sums.quantiles[-1]) == ((0, 0), (1, pytest.approx(2.75)))
    assert sums.edges[[0, 1, 10, 20, 21]].tolist() == [0, 0.1, 1, 2, 3]
    # 0 in bin 0, 0.5 in bin 5, 1 in bin 10, 1.25 in bin 12, 2.75 in the last.
    assert np.flatnonzero(sums.counts).tolist() == [0, 5, 10, 12, 20]


shapes = st.tuples(st.integers(1, 20), st.integers(2, 12))


@given(hnp.arrays(np.float64, shapes, elements=levels))
def test_activation_sums_count_every_example(outputs):
    sums = conf.activation_sums(outputs)
    values = [math.fsum(row) for row in outputs.tolist()]
    assert sums.counts.sum() == sums.n == len(values)
    assert sums.mean == pytest.approx(sum(values) / len(values))
    ends = sums.quantiles[0][1], sums.quantiles[-1][1]
    assert ends == pytest.approx((min(values), max(values)))
    assert sums.edges[-1] == outputs.shape[1]
    assert sums.below + sums.above <= sums.n
