"""Predictions: the one place where labels and outputs are checked, and what follows from them."""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.analysis.predictions import normalise, predictions, top_two
from nntrain.errors import NntrainError
from tests.analysis.helpers import log, of_logs, of_outputs

INF = math.inf
GOOD = log([[0.7, 0.3], [0.4, 0.6]])

logs = st.integers(2, 6).flatmap(
    lambda k: hnp.arrays(
        np.float64,
        st.tuples(st.integers(1, 20), st.just(k)),
        elements=st.one_of(
            st.sampled_from([0.0, -INF, math.log(0.5), math.log(0.25), -1e4]),
            st.floats(-30, 0),
        ),
    )
)


@pytest.mark.parametrize(
    ("labels", "outputs", "says"),
    [
        ([0, 2], GOOD, "0 to 1"),
        ([-1, 0], GOOD, "0 to 1"),
        ([0.0, 1.0], GOOD, "integers"),
        ([True, False], GOOD, "integers"),
        ([[0, 1]], GOOD, r"\(n,\)"),
        ([], GOOD, r"\(n,\)"),
        ([0], GOOD, "expected 2, one per row of outputs, got 1"),
        ([0, 1], GOOD[:, :1], "k >= 2"),
        ([0, 1], GOOD[:0], "n >= 1"),
        ([0, 1], GOOD[0], "k >= 2"),
        ([0, 1], np.zeros((2, 2), dtype=int), "floats"),
        ([0, 1], GOOD * math.nan, "NaN"),
        ([0, 1], np.full((2, 2), INF), "inf"),
        ([0, 1], np.full((2, 2), 0.01), "at most 0"),
    ],
)
def test_invalid_predictions_are_one_clear_error(labels, outputs, says):
    with pytest.raises(NntrainError, match=says):
        predictions(np.array(labels), outputs, classes="ab", distribution=False)


def test_a_wrong_number_of_names_is_refused():
    with pytest.raises(NntrainError, match="expected 2 names, one per output, got 3"):
        predictions([0, 1], GOOD, classes="abc", distribution=True)


def test_a_distribution_that_does_not_sum_to_one_is_refused():
    with pytest.raises(NntrainError, match=r"1\.5 at row 1"):
        of_outputs([0, 0], [[0.5, 0.5], [0.9, 0.6]], distribution=True)


def test_float32_rounding_above_one_is_clipped_and_results_are_float64():
    found = of_logs(np.array([0], np.uint8), np.array([[1e-7, -20.0]], dtype=np.float32))
    assert (found.labels.dtype, found.log_outputs.dtype) == (np.int64, np.float64)
    assert (found.outputs.max(), found.outputs.dtype) == (1, np.float64)


def test_inputs_are_not_changed():
    labels, outputs = np.array([1, 0]), log([[0.7, 0.3], [0, 0]])
    before = labels.copy(), outputs.copy()
    found = of_logs(labels, outputs)
    assert found.outputs.shape == (2, 2)
    assert found.margin.tolist() == [pytest.approx(0.4), 0]
    assert np.array_equal(labels, before[0])
    assert np.array_equal(outputs, before[1])


def test_two_outputs_that_both_round_to_one_are_ordered_by_their_logarithms():
    outputs = np.array([[-1e-18, -1e-19, -1.0]])
    assert np.exp(outputs[0, 0]) == np.exp(outputs[0, 1])
    predicted, runner_up = top_two(outputs)
    assert (predicted[0], runner_up[0]) == (1, 0)


@given(logs, st.data())
def test_derived_figures_agree_with_plain_python(log_outputs, data):
    n, k = log_outputs.shape
    labels = data.draw(hnp.arrays(np.int64, n, elements=st.integers(0, k - 1)))
    found = of_logs(labels, log_outputs)
    for i, row in enumerate(log_outputs.tolist()):
        first, second = sorted(range(k), key=lambda j: (-row[j], j))[:2]
        assert [found.predicted[i], found.runner_up[i]] == [first, second]
        assert found.right[i] == (labels[i] == first)
        assert found.confidence[i] == pytest.approx(math.exp(row[first]))
        margin = math.exp(row[first]) - math.exp(row[second])
        assert found.margin[i] == pytest.approx(margin, abs=1e-15)


@given(logs)
def test_normalised_rows_are_distributions_with_the_same_answers(log_outputs):
    normal = normalise(log_outputs)
    assert np.exp(normal).sum(axis=1) == pytest.approx(1)
    assert normal.max() <= 0
    assert normalise(normal) == pytest.approx(normal, abs=1e-12)


def test_normalise_keeps_differences_far_below_underflow_and_inverts_a_softmax_at_any_scale():
    normal = normalise(np.array([[-1e4, -1e4 - 3.0, -INF]]))
    assert normal[0, 0] - normal[0, 1] == pytest.approx(3)
    assert normal[0, 2] == -INF
    z = np.array([[2.5, -1.0, 3.2, 0.5]])  # C8: ln a = z - C, so c·ln a normalises to c·z
    assert normalise(3 * normalise(z)) == pytest.approx(normalise(3 * z))


def test_a_row_of_zeros_normalises_to_equal_shares():
    assert np.exp(normalise(np.full((1, 4), -INF))) == pytest.approx(0.25)
