"""Claims about costs: where learning is slow (C1), and what the log-likelihood charges (C10)."""

import numpy as np

from nntrain.lecture.claims import closed_forms
from nntrain.lecture.claims.check import Check, Ledger
from nntrain.lecture.claims.softmax_claims import softmax
from nntrain.lecture.claims.test_cases import CLASSES, Case, Material, output_layers
from nntrain.nn import backprop
from nntrain.nn.arrays import Floats
from nntrain.nn.outputs import OutputLayer

SATURATIONS = (2.0, 5.0, 10.0)


def vanishing_factor(material: Material) -> Check:
    """C1: at a saturated, wrong neuron the quadratic cost's gradient carries σ'(z), others not."""
    ledger = Ledger("C1", "σ'(z) slows the quadratic cost where a neuron is wrong", 1e-9)
    layers = output_layers()
    largest: dict[str, float] = {}
    cases = [case for case in material.cases if case.network.output.name == "sigmoid+quadratic"]
    for case in cases:
        for saturation in SATURATIONS:
            z, target = _wrong(case, saturation)
            a, slope = closed_forms.sigmoid(z), closed_forms.sigmoid_slope(z)
            expected = {
                "sigmoid+quadratic": (a - target) * slope,
                "sigmoid+cross-entropy": a - target,
                "softmax+log-likelihood": closed_forms.softmax(z) - target,
            }
            neurons = slice(0, 2)  # the wrong neuron and the true one, put first by _wrong
            for name, delta in expected.items():
                db, dw, below = _gradients(case, z, layers[name])
                each = np.abs(delta[0, neurons])
                ledger.compare(f"∂C/∂b, {name}", db[neurons], delta[0, neurons], scale=each)
                expected_dw = np.outer(delta[0, neurons], below)
                rows = each[:, np.newaxis] * np.abs(below).max()
                ledger.compare(f"∂C/∂w, {name}", dw[neurons], expected_dw, scale=rows)
                largest[name] = float(np.abs(db[neurons]).max())
    sizes = ", ".join(f"{value:.2g} {name.split('+')[1]}" for name, value in largest.items())
    reach = ", ".join(f"±{s:g}" for s in SATURATIONS)
    return ledger.check(
        f"last layer of {len(cases)} networks, biases set so that z = {reach}, wrong way round",
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


def log_likelihood(material: Material) -> Check:
    """C10: −ln a_y, to 0 as a_y → 1 and to infinity as a_y → 0."""
    ledger = Ledger("C10", "C = −ln a_y: to 0 as a_y → 1, to ∞ as a_y → 0", 1e-12)
    layer = softmax()
    wrong_shares = np.array([0.5, 1e-3, 1e-9, 1e-15])
    right_shares = np.array([1e-3, 1e-9, 1e-100, 1e-300])
    log_true = np.concatenate([np.log1p(-wrong_shares), np.log(right_shares)])
    log_rest = np.concatenate([np.log(wrong_shares), np.log1p(-right_shares)])
    z = np.repeat((log_rest - np.log(CLASSES - 1))[:, np.newaxis], CLASSES, axis=1)
    z[:, 3] = log_true
    ledger.compare("given a_y", layer.cost(z, np.full(len(z), 3)), -log_true)
    ends = np.zeros((2, CLASSES))
    ends[:, 3] = 800.0, -1e6
    expected = [0.0, 1e6 + np.log(CLASSES - 1)]
    ledger.compare("the ends", layer.cost(ends, np.array([3, 3])), expected)
    for rows, labels in zip(material.rows, material.labels, strict=True):
        a_true = closed_forms.softmax(rows)[np.arange(len(rows)), labels]
        ledger.compare("−ln a_y", layer.cost(rows, labels), -np.log(a_true))
    return ledger.check(
        f"a_y from 1 − 1e-15 to 1e-300, z_y = 800 and −1e6; {material.rows_in_words}"
    )
