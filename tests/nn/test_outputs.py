"""Costs tested four ways: golden values, numerical gradients, a plain oracle, the extremes."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nntrain.errors import SettingsError
from nntrain.nn.outputs import OUTPUTS, make_output, outputs_meant
from tests import reference

# z = (0, ln 2, ln 3), true class 1: softmax is (1/6, 2/6, 3/6), σ is (1/2, 2/3, 3/4).
Z = np.array([[0.0, log(2), log(3)]])
LABELS = np.array([1])
GOLDEN = {
    "softmax+log-likelihood": {
        "a": [1 / 6, 1 / 3, 1 / 2],
        "cost": log(3),
        "delta": [1 / 6, -2 / 3, 1 / 2],
    },
    "sigmoid+cross-entropy": {
        "a": [1 / 2, 2 / 3, 3 / 4],
        "cost": log(2) + log(3 / 2) + log(4),
        "delta": [1 / 2, -1 / 3, 3 / 4],
    },
    "sigmoid+quadratic": {
        "a": [1 / 2, 2 / 3, 3 / 4],
        "cost": (1 / 4 + 1 / 9 + 9 / 16) / 2,
        "delta": [1 / 2 * 1 / 4, -1 / 3 * 2 / 9, 3 / 4 * 3 / 16],
    },
    "softmax+quadratic": {
        "a": [1 / 6, 1 / 3, 1 / 2],
        "cost": (1 / 36 + 4 / 9 + 1 / 4) / 2,
        "delta": [1 / 54, -13 / 54, 12 / 54],  # Σ_k a_k (a_k − ỹ_k) = 1/18
    },
}


def activations(layer, z):
    a = np.empty_like(z)
    layer.activate(z, a)
    return a


def delta(layer, z, labels):
    out = np.full_like(z, np.nan)
    layer.delta(activations(layer, z), z, labels, out)
    return out


def slope_of_cost(layer, z, labels, h=1e-5):
    """∂C/∂z by central differences."""
    steps = h * np.eye(z.shape[1])
    columns = [layer.cost(z + step, labels) - layer.cost(z - step, labels) for step in steps]
    return np.stack(columns, axis=1) / (2 * h)


def test_every_output_has_its_golden_row():
    assert set(GOLDEN) == set(OUTPUTS)


@pytest.mark.parametrize("name", OUTPUTS)
class TestEveryOutput:
    def test_golden_values(self, name):
        layer = make_output(name)
        np.testing.assert_allclose(activations(layer, Z), [GOLDEN[name]["a"]], rtol=1e-14)
        np.testing.assert_allclose(layer.cost(Z, LABELS), [GOLDEN[name]["cost"]], rtol=1e-14)
        np.testing.assert_allclose(delta(layer, Z, LABELS), [GOLDEN[name]["delta"]], rtol=1e-13)

    def test_logarithms_are_those_of_the_activations(self, name):
        z = np.random.default_rng(2).normal(0, 3, (20, 10))
        layer = make_output(name)
        np.testing.assert_allclose(
            np.exp(layer.log_activate(z)), activations(layer, z), rtol=1e-12
        )

    def test_activate_may_work_in_place_and_delta_does_not_change_its_inputs(self, name):
        z = np.random.default_rng(3).normal(0, 3, (4, 6))
        layer, labels = make_output(name), np.array([0, 1, 2, 3])
        a, in_place = activations(layer, z), z.copy()
        layer.activate(in_place, in_place)
        np.testing.assert_array_equal(in_place, a)
        a.flags.writeable = z.flags.writeable = labels.flags.writeable = False
        layer.delta(a, z, labels, np.empty_like(a))


SOFTMAX = "softmax+log-likelihood"
CASES = [(name, 1.0, smoothing) for name in OUTPUTS for smoothing in (0.0, 0.1, 0.6)]
CASES += [
    (name, c, smoothing)
    for name, layer in OUTPUTS.items()
    if layer.has_temperature
    for c in (0.1, 2.0, 7.5)
    for smoothing in (0.0, 0.1)
]


@pytest.mark.parametrize(("name", "c", "smoothing"), CASES)
class TestWithTemperatureAndLabelSmoothing:
    def test_agrees_with_the_oracle(self, name, c, smoothing):
        rng = np.random.default_rng(0)
        z, labels = rng.normal(0, 3, (50, 10)), rng.integers(0, 10, 50)
        layer = make_output(name, c, smoothing)
        a, costs, deltas = activations(layer, z), layer.cost(z, labels), delta(layer, z, labels)
        for i in range(50):
            target = reference.smoothed(reference.one_hot(labels[i], 10), smoothing)
            expected = reference.activate_output(z[i], name, c)
            np.testing.assert_allclose(a[i], expected, atol=1e-15)
            assert costs[i] == pytest.approx(reference.cost_of(expected, target, name), rel=1e-11)
            expected_delta = reference.delta_of(expected, target, name, c)
            np.testing.assert_allclose(deltas[i], expected_delta, atol=1e-14 * max(c, 1))

    def test_delta_is_the_gradient_of_the_cost(self, name, c, smoothing):
        rng = np.random.default_rng(1)
        z, labels = rng.normal(0, 2, (20, 5)), rng.integers(0, 5, 20)
        layer = make_output(name, c, smoothing)
        expected = slope_of_cost(layer, z, labels)
        np.testing.assert_allclose(delta(layer, z, labels), expected, atol=1e-9 * max(c, 1) ** 3)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_extremes_are_finite_without_warnings(self, name, c, smoothing, dtype):
        z = np.array([[1e4, -1e4, 0], [-1e4, 1e4, 0], [1e4, 1e4, -1e4]], dtype)
        labels = np.array([0, 0, 2])
        layer = make_output(name, c, smoothing)
        a, costs = activations(layer, z), layer.cost(z, labels)
        for result in (a, costs, delta(layer, z, labels), layer.log_activate(z)):
            assert np.isfinite(result).all()
            assert result.dtype == dtype
        # A confident wrong answer costs what it should, not what a clipped logarithm allows:
        # 2e4 for the softmax, 1e4 a wrong sigmoid neuron, ½ a wrong neuron for the quadratic.
        expected = {
            "softmax+log-likelihood": c * 2e4,
            "sigmoid+cross-entropy": 2e4 + log(2),
            "sigmoid+quadratic": 1.125,
            "softmax+quadratic": 1.0,
        }
        if not smoothing:
            assert costs[1] == pytest.approx(expected[name], rel=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_saturated_softmax_leaves_the_quadratic_cost_a_small_delta_with_all_its_digits(dtype):
    """z = 10 for class 0 and −10 for the other nine, among them the true one.

    Their p is e^−20, and δ is 10 e^−20 at class 0, −2 e^−20 at the true one, −e^−20 at the others,
    all but for p². In float32, a_0 (a_0 − Σ_k a_k (a_k − ỹ_k)) would have no correct digit.
    """
    z = np.full((1, 10), -10, dtype)
    z[0, 0] = 10
    got = delta(make_output("softmax+quadratic"), z, np.array([1]))[0]
    np.testing.assert_allclose(got, np.exp(-20) * np.array([10, -2, *[-1] * 8]), rtol=1e-5)


rows = hnp.arrays(np.float64, (3, 5), elements=st.floats(-700, 700))


@given(rows, st.floats(-100, 100))
def test_softmax_is_a_distribution_and_invariant_to_a_constant_added_to_every_z(z, shift):
    layer = make_output(SOFTMAX)
    a = activations(layer, z)
    assert (a >= 0).all()
    np.testing.assert_allclose(a.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(activations(layer, z + shift), a, atol=1e-12)


def test_a_huge_c_gives_the_limit_and_c_belongs_to_softmax_only():
    a = activations(make_output(SOFTMAX, 1e6), np.array([[3.0, 3.0, 2.0]]))
    np.testing.assert_allclose(a, [[0.5, 0.5, 0.0]])
    with pytest.raises(SettingsError, match="inverse_temperature = 2"):
        make_output("sigmoid+quadratic", 2.0)


@pytest.mark.parametrize("later", [(), ("softmax+cross-entropy", "tanh+quadratic")])
@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("softmax", ["softmax+log-likelihood"]),
        ("so", ["softmax+log-likelihood"]),
        ("softmax+l", ["softmax+log-likelihood"]),
        ("so+q", ["softmax+quadratic"]),
        ("sigmoid+q", ["sigmoid+quadratic"]),
        ("si+c", ["sigmoid+cross-entropy"]),
        ("sigmoid", ["sigmoid+cross-entropy", "sigmoid+quadratic"]),
        ("sig", ["sigmoid+cross-entropy", "sigmoid+quadratic"]),
        ("", []),
        ("+", []),
        ("+quadratic", []),
        ("x", []),
        ("sigmoid+x", []),
    ],
)
def test_abbreviations_keep_their_meaning_when_outputs_are_added(monkeypatch, later, word, meant):
    for name in later:
        monkeypatch.setitem(OUTPUTS, name, OUTPUTS[SOFTMAX])
    assert list(outputs_meant(word)) == meant


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_constant_answer_costs_the_same_for_every_class(name):
    output = OUTPUTS[name]()
    share = np.full((10, 10), 0.1)
    z = np.log(share) if output.distribution else np.log(share / (1 - share))
    costs = output.cost(z, np.arange(10))
    np.testing.assert_allclose(costs, output.constant_cost(10), rtol=1e-12)
    if name == SOFTMAX:
        assert output.constant_cost(10) == pytest.approx(np.log(10))
