"""Claims about costs: where learning is slow (C1), and what the log-likelihood charges (C10)."""

import numpy as np

from nntrain.lecture.claims import closed_forms
from nntrain.lecture.claims.check import Errors, Evaluated
from nntrain.lecture.claims.test_cases import CLASSES, Case, TestCases, output_layers, softmax
from nntrain.nn import backprop
from nntrain.nn.arrays import Floats
from nntrain.nn.outputs import OutputLayer

SATURATIONS = (2.0, 5.0, 10.0)


def vanishing_factor(cases: TestCases, errors: Errors) -> Evaluated:
    """C1: at a saturated, wrong neuron only the quadratic cost's gradient has the factor σ'(z)."""
    largest: dict[str, float] = {}
    chosen = [case for case in cases.networks if case.network.output.name == "sigmoid+quadratic"]
    for case in chosen:
        for saturation in SATURATIONS:
            z, target = _wrong(case, saturation)
            a, slope = closed_forms.sigmoid(z), closed_forms.sigmoid_slope(z)
            expected = {
                "sigmoid+quadratic": (a - target) * slope,
                "sigmoid+cross-entropy": a - target,
                "softmax+log-likelihood": closed_forms.softmax(z) - target,
            }
            for name, deltas in expected.items():
                delta = deltas[0, :2]  # the wrong neuron and the true one, put first by _wrong
                db, dw, below = _gradients(case, z, output_layers()[name])
                each = np.abs(delta)
                errors.compare(f"∂C/∂b, {name}", db[:2], delta, scale=each)
                rows = each[:, np.newaxis] * np.abs(below).max()
                errors.compare(f"∂C/∂w, {name}", dw[:2], np.outer(delta, below), scale=rows)
                largest[name] = float(np.abs(db[:2]).max())
    sizes = ", ".join(f"{value:.2g} {name.split('+')[1]}" for name, value in largest.items())
    reach = ", ".join(f"±{s:g}" for s in SATURATIONS)
    return Evaluated(
        f"last layer of {len(chosen)} networks, biases set so that z = {reach}, wrong way round",
        f"largest |∂C/∂b| at ±{SATURATIONS[-1]:g}: {sizes}",
    )


def _wrong(case: Case, saturation: float) -> tuple[Floats, Floats]:
    """Return z (1, classes) and ỹ: neuron 0 is sure and wrong, neuron 1 should be and is not."""
    classes = case.network.sizes[-1]
    z = np.full((1, classes), -saturation)
    z[0, 0] = saturation
    return z, closed_forms.one_hot(np.array([1]), classes)


def _gradients(case: Case, z: Floats, output: OutputLayer) -> tuple[Floats, Floats, Floats]:
    """Return ∂C/∂b^L, ∂C/∂W^L and a^{L−1}, with biases that bring the first example to ``z``."""
    network = case.network.copy()
    network.output = output
    workspace, gradients = backprop.Workspace(network, 1), backprop.Gradients(network)
    backprop.forward(network, case.inputs[:1], workspace)
    below = workspace.activations[-2][0].copy()
    network.biases[-1][...] = z[0] - np.einsum("jk,k->j", network.weights[-1], below)
    backprop.forward(network, case.inputs[:1], workspace)
    backprop.backward(network, np.array([1]), 1.0, workspace, gradients)
    return gradients.biases[-1], gradients.weights[-1], below


def log_likelihood(cases: TestCases, errors: Errors) -> Evaluated:
    """C10: −ln a_y, to 0 as a_y → 1 and to infinity as a_y → 0."""
    layer = softmax()
    wrong_shares = np.array([0.5, 1e-3, 1e-9, 1e-15])
    right_shares = np.array([1e-3, 1e-9, 1e-100, 1e-300])
    log_true = np.concatenate([np.log1p(-wrong_shares), np.log(right_shares)])
    log_rest = np.concatenate([np.log(wrong_shares), np.log1p(-right_shares)])
    z = np.repeat((log_rest - np.log(CLASSES - 1))[:, np.newaxis], CLASSES, axis=1)
    z[:, 3] = log_true
    errors.compare("given a_y", layer.cost(z, np.full(len(z), 3)), -log_true)
    ends = np.zeros((2, CLASSES))
    ends[:, 3] = 800.0, -1e6
    expected = [0.0, 1e6 + np.log(CLASSES - 1)]
    errors.compare("the ends", layer.cost(ends, np.array([3, 3])), expected)
    for rows, labels in zip(cases.z, cases.labels, strict=True):
        a_true = closed_forms.softmax(rows)[np.arange(len(rows)), labels]
        errors.compare("−ln a_y", layer.cost(rows, labels), -np.log(a_true))
    return Evaluated(f"a_y from 1 − 1e-15 to 1e-300, z_y = 800 and −1e6; {cases.z_in_words}")
