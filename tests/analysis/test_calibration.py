import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.analysis import calibration
from nntrain.analysis.metrics import log_likelihood, normalise, top_two


def drawn(c, n=4000, seed=0):
    """Labels drawn from softmax(c z), and ln softmax(z): the best c to find is c."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 2, (n, 5))
    p = np.exp(normalise(c * z))
    labels = (p.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return labels, normalise(z)


@pytest.mark.parametrize("c", [0.3, 1.0, 2.5])
def test_finds_the_c_that_the_labels_were_drawn_with(c):
    fit = calibration.fit(*drawn(c))
    assert fit.c == pytest.approx(c, rel=0.06)
    assert not fit.at_the_limit


@pytest.mark.parametrize("c", [0.3, 2.5])
def test_no_other_c_is_more_likely(c):
    labels, logs = drawn(c)
    fit = calibration.fit(labels, logs)
    assert fit.after == pytest.approx(log_likelihood(labels, calibration.scaled(logs, fit.c)))
    assert fit.before == pytest.approx(log_likelihood(labels, logs))
    for other in np.exp(np.linspace(-2, 2, 41)) * fit.c:
        assert log_likelihood(labels, calibration.scaled(logs, other)) <= fit.after + 1e-12


@given(st.floats(0.01, 50), st.integers(0, 1000))
def test_answers_never_change(c, seed):
    logs = normalise(np.random.default_rng(seed).normal(0, 3, (40, 6)))
    np.testing.assert_array_equal(top_two(calibration.scaled(logs, c))[0], top_two(logs)[0])


def test_all_right_is_bounded_and_finite():
    logs = normalise(np.eye(4) * 3.0)
    fit = calibration.fit(np.arange(4), logs)
    assert fit.at_the_limit
    assert fit.c > 10
    assert fit.after == pytest.approx(0, abs=1e-12)


def test_outputs_of_exactly_zero_are_no_warning():
    logs = np.log(np.array([[0.5, 0.5, 1e-300], [0.25, 0.25, 0.5]]))
    logs[0, 2] = -np.inf
    assert np.isfinite(calibration.fit(np.array([0, 2]), logs).c)
