"""The softmax of a few numbers: C3, C6, C8 and C9, against the tests' oracle."""

import json
from math import inf, log, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.errors import SettingsError
from nntrain.lecture.softmax import explore, to_json
from nntrain.nn.outputs import OUTPUTS
from tests import reference

numbers = st.lists(st.floats(-50, 50), min_size=1, max_size=20)
scales = st.floats(0.01, 20)


@given(numbers, scales)
def test_activations_sums_and_the_way_back(z, c):
    (scaled,) = explore(z, [c]).scaled
    np.testing.assert_allclose(
        scaled.activations, reference.activate_output(np.array(z), "softmax", c), atol=1e-12
    )
    assert scaled.sum == pytest.approx(1, abs=1e-12)
    assert scaled.constant == pytest.approx(np.logaddexp.reduce(c * np.array(z)), abs=1e-9)
    back = (np.array(scaled.log_activations) + scaled.constant) / c
    np.testing.assert_allclose(back, z, atol=1e-9)


@given(numbers)
def test_sigmoids_and_their_sum(z):
    exploration = explore(z)
    expected = [reference.sigma(value) for value in z]
    np.testing.assert_allclose(exploration.sigmoids, expected, atol=1e-15)
    assert exploration.sigmoid_sum == pytest.approx(sum(expected))


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=8), st.floats(0.1, 3))
def test_the_jacobian_is_the_difference_of_activations(z, c):
    (scaled,) = explore(z, [c]).scaled
    h = 1e-6
    for k in range(len(z)):
        up, down = np.array(z), np.array(z)
        up[k] += h
        down[k] -= h
        a_up, a_down = (reference.activate_output(one, "softmax", c) for one in (up, down))
        column = [row[k] for row in scaled.jacobian]
        np.testing.assert_allclose(column, (a_up - a_down) / (2 * h), atol=1e-8)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=8), st.floats(0.1, 3))
def test_what_one_activation_gains_the_others_lose_in_proportion(z, c):
    (scaled,) = explore(z, [c]).scaled
    for change in (scaled.raised_z, scaled.raised_activation):
        if change is None:
            assert scaled.activations[0] > 1 - 1e-5
            continue
        np.testing.assert_allclose(change.change, change.in_proportion, atol=1e-12)
        assert change.change[0] >= 0
        lost = np.array(change.in_proportion[1:])
        others = np.array(change.before[1:])
        assert lost.sum() == pytest.approx(-change.change[0], abs=1e-12)
        np.testing.assert_allclose(lost * others.sum(), lost.sum() * others, atol=1e-12)


@given(st.lists(st.floats(-8, 8), min_size=2, max_size=8), st.floats(0.1, 3), st.data())
def test_delta_is_the_product_of_its_factors_and_the_slope_of_the_cost(z, c, data):
    label = data.draw(st.integers(0, len(z) - 1))
    exploration = explore(z, [c], label)
    found = exploration.scaled[0].log_likelihood
    target = np.eye(len(z))[label]
    a = reference.activate_output(np.array(z), "softmax", c)
    assert found.cost == pytest.approx(-log(a[label]), abs=1e-12)
    np.testing.assert_allclose(found.delta, c * (a - target), atol=1e-12)
    product = -found.one_over_a * np.array(found.derivatives)
    np.testing.assert_allclose(product, found.delta, atol=1e-12)
    a = np.array([reference.sigma(value) for value in z])
    others = {layer.output: layer for layer in exploration.other_layers}
    entropy, quadratic = others["sigmoid+cross-entropy"], others["sigmoid+quadratic"]
    np.testing.assert_allclose(entropy.delta, a - target, atol=1e-12)
    np.testing.assert_allclose(quadratic.delta, (a - target) * a * (1 - a), atol=1e-12)
    assert quadratic.cost == pytest.approx(0.5 * np.square(a - target).sum())


def test_every_other_output_layer_is_there_with_a_label_only():
    names = {layer.output for layer in explore([1.0, 2.0], label=0).other_layers}
    assert names == set(OUTPUTS) - {"softmax+log-likelihood"}
    without = explore([1.0, 2.0])
    assert (without.label, without.other_layers) == (None, ())
    assert without.scaled[0].log_likelihood is None


@pytest.mark.parametrize("label", [-1, 2])
def test_a_label_that_is_no_class_is_refused(label):
    with pytest.raises(SettingsError, match=r"--label .* classes are 0 to 1"):
        explore([1.0, 2.0], label=label)


def test_the_lectures_example():
    example = explore([5.0]).lecture
    np.testing.assert_allclose(example.before, [0.25] * 4, atol=1e-12)
    np.testing.assert_allclose(example.change, [0.3, -0.1, -0.1, -0.1], atol=1e-12)


def test_an_activation_is_raised_by_less_if_less_is_left():
    (scaled,) = explore([log(9), 0.0]).scaled  # activations 0.9 and 0.1
    assert scaled.raised_activation.change == pytest.approx((0.05, -0.05))
    assert explore([50.0, 0.0]).scaled[0].raised_activation is None


@pytest.mark.parametrize("tied", [1, 2, 3, 4])
def test_the_limit_is_shared_by_the_maxima(tied):
    z = [2.0] * tied + [1.0, -3.0]
    limit = explore(z).limit
    assert (limit.maximum, limit.tied) == (2.0, tied)
    assert limit.activations == pytest.approx([1 / tied] * tied + [0, 0])
    c, last = limit.approach[-1]
    assert c == 100
    assert last == pytest.approx(limit.activations, abs=1e-6)
    distances = [abs(np.array(a) - limit.activations).max() for _, a in limit.approach]
    assert distances == sorted(distances, reverse=True)


def test_a_gap_too_small_for_any_c_still_ends():
    c, _ = explore([1.0, 1.0 + 1e-9]).limit.approach[-1]
    assert c == 1e6


def test_one_number_has_no_others():
    (scaled,) = explore([-1.0]).scaled
    assert scaled.activations == (1.0,)
    assert scaled.raised_z is None
    assert scaled.raised_activation is None


@pytest.mark.parametrize("z", [[], [1.0] * 21, [nan], [inf], [-inf, 0.0], [1.1e6]])
def test_numbers_out_of_range_are_refused(z):
    with pytest.raises(SettingsError):
        explore(z)


@pytest.mark.parametrize("c", [0.0, -1.0, nan, inf, 1e7])
def test_scales_out_of_range_are_refused(c):
    with pytest.raises(SettingsError, match="--scale"):
        explore([1.0, 2.0], [c])


def test_extremes_give_strict_json():
    exploration = explore([1e6, -1e6, 0.0, 1e6], [1e6, 1e-300, 1.0], label=1)
    assert exploration.scaled[2].log_likelihood.one_over_a is None
    json.dumps(to_json(exploration), allow_nan=False)
