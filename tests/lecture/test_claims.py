"""``verify`` finds every claim true, and the right ones false if the product is broken."""

import json
from dataclasses import replace

import numpy as np
import pytest

from nntrain.errors import NntrainError
from nntrain.lecture import claims as verify
from nntrain.lecture.claims import closed_forms, differences, gradients, test_cases
from nntrain.lecture.claims.check import Errors
from nntrain.nn import activations, initialisation, network, outputs
from nntrain.nn.output_layer import targets
from nntrain.nn.outputs import SigmoidCrossEntropy, SigmoidQuadratic, SoftmaxLogLikelihood
from tests import reference
from tests.lecture.broken_product import BREAKS, BROKEN

ALL = [f"C{number}" for number in range(1, 13)]


def found(seed=0, run=None):
    """Every check by its claim."""
    return {check.claim: check for check in verify.verify(seed, run)}


@pytest.mark.parametrize("seed", [0, 1, 2**31])
def test_every_claim_holds(seed):
    checks = found(seed)
    assert list(checks) == ALL
    for claim, check in checks.items():
        assert check.passed is (None if claim == "C4" else True), check
        assert check.says
        assert check.evaluated
        if claim != "C4":
            assert check.worst_error <= check.tolerance / 8, check
    assert "nntrain verify RUN" in checks["C4"].note


def test_each_claim_has_its_place_in_the_lecture():
    places = {claim: check.lecture for claim, check in found().items()}
    assert all(places.values())
    assert places["C6"] == "Exercise 2"
    assert places["C11"] == "Problems 2 and 4"


def test_a_seed_decides_everything(few_cases):
    assert verify.verify(5) == verify.verify(5)
    assert verify.verify(5) != verify.verify(6)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_equation_fails_the_right_claims(name, monkeypatch, few_cases):
    patch, expected = BROKEN[name]
    monkeypatch.setattr(*patch)
    checks = verify.verify(0)
    assert " ".join(verify.failures(checks)) == expected
    for check in checks:
        if check.passed is False:
            assert check.note.startswith(("does not hold: ", "the program raised "))
            if "(error " in check.note:
                assert check.worst_error > 1e3 * check.tolerance, "only just failed"


@pytest.mark.parametrize("name", verify.BREAKS)
def test_each_break_fails_its_claims_and_is_repaired(name, few_cases):
    whole = verify.verify(0)
    assert " ".join(verify.failures(verify.verify(0, None, name))) == BREAKS[name]
    assert verify.verify(0) == whole


class SigmoidLogLikelihood(SigmoidCrossEntropy):
    """A layer that the product does not have: C = −Σ_j ỹ_j ln a_j, δ_j = −ỹ_j (1 − a_j)."""

    name = "sigmoid+log-likelihood"

    def cost(self, z, labels):
        return -(self.target(z, labels) * self.log_activate(z)).sum(axis=1)

    def delta(self, a, z, labels, out):
        np.multiply(self.target(a, labels), a - 1, out)

    def target(self, z, labels):
        return targets(z.shape[1], z.dtype.char, self.label_smoothing)[labels]


@pytest.mark.parametrize("claims", [[], ["C1", "C12"]])
def test_an_output_layer_that_is_added_is_checked(claims, monkeypatch, few_cases):
    monkeypatch.setitem(outputs.OUTPUTS, SigmoidLogLikelihood.name, SigmoidLogLikelihood)
    if claims:  # its δ is that of another layer
        monkeypatch.setattr(SigmoidLogLikelihood, "delta", SigmoidCrossEntropy.delta)
    assert verify.failures(verify.verify(0)) == claims


def test_every_claim_can_fail():
    expected = [claims for _, claims in BROKEN.values()] + list(BREAKS.values())
    fallible = {claim for claims in expected for claim in claims.split()}
    assert fallible == set(ALL) - {"C4"}  # C4 is about data


def test_the_note_names_the_equation(few_cases):
    note = verify.verify(0, None, "bp2-transposed")[ALL.index("C12")].note
    assert "BP2 " in note
    assert not any(other in note for other in ("BP1 ", "BP3 ", "BP4 "))


def test_code_that_raises_fails_its_claims(monkeypatch, few_cases):
    def fail(*_):
        raise IndexError("no such neuron")

    monkeypatch.setattr(SoftmaxLogLikelihood, "cost", fail)
    checks = found()
    assert verify.failures(list(checks.values())) == ["C9", "C10", "C11"]
    assert "IndexError: no such neuron" in checks["C10"].note
    assert checks["C10"].says == verify.CLAIMS["C10"].says


def test_overflow_fails_a_claim(monkeypatch, few_cases):
    def naive(self, z, out):
        e = np.exp(self.inverse_temperature * z)
        out[...] = e / e.sum(axis=1, keepdims=True)

    monkeypatch.setattr(SoftmaxLogLikelihood, "activate", naive)
    assert "FloatingPointError: overflow" in found()["C2"].note


def test_numbers_that_are_not_finite_fail_and_json_stays_strict(monkeypatch, few_cases):
    monkeypatch.setattr(SigmoidQuadratic, "delta", lambda self, a, z, y, out: out.fill(np.nan))
    checks = verify.verify(0)
    assert verify.failures(checks) == ["C1", "C11", "C12"]
    document = verify.to_json(checks, 0)
    assert json.loads(json.dumps(document, allow_nan=False))["passed"] is False
    assert document["checks"][0]["worst_error"] is None


# --- the closed forms, checked by the tests' own oracle -----------------------------------------


def test_the_closed_forms_are_the_oracles():
    z = np.random.default_rng(0).normal(0, 3, (20, 6))
    for row, soft, plain in zip(
        z, closed_forms.softmax(z, 1.7), closed_forms.sigmoid(z), strict=True
    ):
        expected = reference.activate_output(row, "softmax", 1.7)
        np.testing.assert_allclose(soft, expected, rtol=1e-12)
        np.testing.assert_allclose(plain, [reference.sigma(v) for v in row], rtol=1e-12)
    slope = differences.slope(lambda t: np.sin(1 + t))
    assert slope == pytest.approx(np.cos(1), abs=1e-12)


def test_parameters_at_a_relu_kink_are_skipped_and_counted():
    """z = 1e-7 in the hidden neuron: every step of its weight and its bias crosses 0."""
    weights, biases = (
        [np.zeros((1, 1)), np.array([[1.0], [-1.0]])],
        [np.array([1e-7]), np.zeros(2)],
    )
    relu, output = activations.ACTIVATIONS["relu"], SoftmaxLogLikelihood()
    net = network.Network(weights, biases, relu, output)
    case = test_cases.Case(net, np.ones((1, 1)), np.array([0]))
    errors = Errors()
    compared = gradients.Differences(test_cases.TestCases(0, (), (), "", (case,), ""))
    compared.compare(errors, gradients.Pass(case))
    assert errors.failing() == []
    assert (compared.compared, compared.skipped) == (4, 2)
    assert compared.in_words().endswith("2 skipped at kinks of relu")


# --- with a run ---------------------------------------------------------------------------------


def run_under_test(output="softmax+log-likelihood", z=None, labels=None, seed=0, c=1.0):
    """A random [784, 12, 10] network in float32 as if trained, with 60 pictures."""
    rng = np.random.default_rng(seed)
    net = network.Network.create(
        (784, 12, 10),
        activations.ACTIVATIONS["relu"],
        outputs.make_output(output, c),
        initialisation.he,
        rng,
    )
    images = rng.integers(0, 256, (60, 28, 28)).astype(np.uint8)
    if labels is None:
        labels = rng.integers(0, 10, 60).astype(np.uint8)
    if z is None:
        z = net.weighted_inputs(images).astype(np.float64)
    return verify.RunUnderTest("first", net, images, labels, z, "the 60 test examples of Noise")


@pytest.mark.parametrize(
    ("output", "c"), [*((name, 1.0) for name in outputs.OUTPUTS), ("softmax+log-likelihood", 30.0)]
)
def test_a_runs_network_and_digits(output, c, few_cases):
    run = run_under_test(output, c=c)
    weights = [W.copy() for W in run.network.weights]
    checks = found(0, run)
    assert verify.failures(list(checks.values())) == []
    assert "run first" in checks["C12"].evaluated
    assert "50 real examples" in checks["C2"].evaluated
    assert ("Σ below 1" in checks["C5"].note) == output.startswith("sigmoid")
    for before, now in zip(weights, run.network.weights, strict=True):
        np.testing.assert_array_equal(before, now)


def answers(second):
    """z and labels of 60 wrong answers whose true class ranks second, or last."""
    z = np.random.default_rng(1).normal(0, 1, (60, 10))
    return z, np.argsort(z, axis=1)[:, -2 if second else 0].astype(np.uint8)


def hesitation_check(z, labels):
    cases = test_cases.make_test_cases(0, run_under_test(z=z, labels=labels))
    return verify.check("C4", cases)


def test_hesitations_are_counted():
    check = hesitation_check(*answers(second=True))
    assert check.passed is True
    assert "100.0 % of 60 errors" in check.note
    assert "at random 11.1 %" in check.note
    denied = hesitation_check(*answers(second=False))
    assert denied.passed is False
    assert verify.failures([denied]) == []  # it says something about the data, not the program


def test_too_few_errors_decide_nothing():
    z, _ = answers(second=True)
    labels = z.argmax(axis=1).astype(np.uint8)
    assert hesitation_check(z, labels).passed is None
    labels[0] = np.argsort(z[0])[0]
    check = hesitation_check(z, labels)
    assert check.passed is None
    assert "Undecided" in check.note


@pytest.mark.parametrize(("hidden", "factor"), [("relu", 30), ("tanh", 1e4), ("sigmoid", 1e-4)])
def test_a_run_with_extreme_weights_causes_no_false_alarm(hidden, factor, few_cases):
    run = run_under_test()
    for W in run.network.weights:
        W *= factor
    run.network.hidden = activations.ACTIVATIONS[hidden]
    run = replace(run, z=run.network.weighted_inputs(run.images).astype(np.float64))
    assert verify.failures(verify.verify(0, run)) == []


def test_one_class_is_refused():
    net = network.Network(
        [np.ones((1, 4))], [np.zeros(1)], activations.ACTIVATIONS["relu"], SoftmaxLogLikelihood()
    )
    z, labels = np.zeros((3, 1)), np.zeros(3, np.uint8)
    images = np.zeros((3, 2, 2), np.uint8)
    with pytest.raises(NntrainError, match="one class"):
        verify.verify(0, verify.RunUnderTest("r", net, images, labels, z, "three"))
