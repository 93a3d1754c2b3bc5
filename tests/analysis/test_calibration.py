"""Calibration: the c that labels were drawn with is found, and no other is more likely."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nntrain.analysis import calibration
from nntrain.analysis.metrics import proper_scores
from nntrain.analysis.predictions import normalise
from tests.analysis.helpers import of_logs


def drawn(c, n=4000, seed=0):
    """Labels drawn from softmax(c z), and ln softmax(z): the c to find."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 2, (n, 5))
    p = np.exp(normalise(c * z))
    labels = (p.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return of_logs(labels, normalise(z), distribution=True)


def log_likelihood(predictions):
    return proper_scores(predictions).log_likelihood


@pytest.mark.parametrize("c", [0.3, 1.0, 2.5])
def test_finds_the_c_that_the_labels_were_drawn_with_and_no_other_is_more_likely(c):
    answers = drawn(c)
    fit = calibration.fit(answers)
    assert fit.c == pytest.approx(c, rel=0.06)
    assert not fit.at_the_limit
    assert fit.before == pytest.approx(log_likelihood(answers))
    best = log_likelihood(calibration.recalibrated(answers, fit.c))
    assert fit.after == pytest.approx(best)
    for other in np.exp(np.linspace(-2, 2, 41)) * fit.c:
        assert log_likelihood(calibration.recalibrated(answers, other)) <= best + 1e-12


def test_c_1_is_rejected_in_5_percent_of_cases_if_true_and_always_if_false():
    fits = [calibration.fit(drawn(1.0, n=200, seed=seed)) for seed in range(200)]
    assert np.mean([fit.p_value < 0.05 for fit in fits]) == pytest.approx(0.05, abs=0.04)
    for fit in fits[:20]:
        ratio = 2 * fit.n * (fit.after - fit.before)
        assert fit.p_value == pytest.approx(stats.chi2.sf(ratio, 1), abs=1e-12)
    assert calibration.fit(drawn(2.0)).p_value < 1e-9


@given(st.floats(0.01, 50), st.integers(0, 1000))
def test_answers_never_change_and_outputs_stay_a_distribution(c, seed):
    answers = drawn(1, n=40, seed=seed)
    other = calibration.recalibrated(answers, c)
    np.testing.assert_array_equal(other.predicted, answers.predicted)
    np.testing.assert_array_equal(other.labels, answers.labels)
    assert other.outputs.sum(axis=1) == pytest.approx(1)
    assert other.distribution


def test_all_right_is_bounded_and_finite():
    fit = calibration.fit(of_logs(np.arange(4), normalise(np.eye(4) * 3.0), distribution=True))
    assert fit.at_the_limit
    assert fit.c > 10
    assert fit.after == pytest.approx(0, abs=1e-12)


def test_outputs_of_exactly_zero_cause_no_warning():
    logs = np.log(np.array([[0.5, 0.5, 1e-300], [0.25, 0.25, 0.5]]))
    logs[0, 2] = -np.inf
    assert np.isfinite(calibration.fit(of_logs([0, 2], logs, distribution=True)).c)
