"""Claims about costs and gradients: C1, C10, C11 and C12."""

import numpy as np

from nntrain.lecture.claims import closed_forms, differences, equations
from nntrain.lecture.claims.check import ROUNDING, Errors, Evaluated
from nntrain.lecture.claims.gradients import Differences, Pass
from nntrain.lecture.claims.test_cases import (
    CLASSES,
    Case,
    TestCases,
    activate,
    delta,
    output_layers,
    softmax,
)
from nntrain.lecture.claims.updates import steps_of_training
from nntrain.nn import backprop
from nntrain.nn.arrays import Floats
from nntrain.nn.outputs import OUTPUTS, OutputLayer

SATURATIONS = (2.0, 5.0, 10.0, 20.0)
SHOWN_SATURATION = 10.0


def vanishing_factor(cases: TestCases, errors: Errors) -> Evaluated:
    """C1: at a saturated, wrong neuron only the quadratic cost's gradient vanishes."""
    largest: dict[str, float] = {}
    chosen = [case for case in cases.networks if case.network.output.name == "sigmoid+quadratic"]
    for case in chosen:
        for saturation in SATURATIONS:
            for name, output in output_layers().items():
                z, db, dw, below = _gradients(errors, case, saturation, output)
                target = closed_forms.one_hot(np.array([1]), z.shape[1])
                of = closed_forms.layer_activations(name, z)
                expected = closed_forms.delta(name, of, target)[0]
                errors.compare(f"∂C/∂b, {name}", db, expected)
                size = np.abs(below).max()
                errors.compare(f"∂C/∂w, {name}", dw, np.outer(expected, below), scale=size)
                if saturation == SHOWN_SATURATION:
                    largest[name] = float(np.abs(db).max())
    sizes = ", ".join(f"{value:.2g} {name}" for name, value in largest.items())
    reach = ", ".join(f"±{s:g}" for s in SATURATIONS)
    return Evaluated(
        f"last layer of {len(chosen)} networks, biases set so that z = {reach}, with wrong signs",
        f"largest |∂C/∂b| at ±{SHOWN_SATURATION:g}: {sizes}",
    )


def _gradients(
    errors: Errors, case: Case, saturation: float, output: OutputLayer
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return z^L (1, classes), ∂C/∂b^L, ∂C/∂W^L and a^{L−1} of the first example, of class 1.

    Its biases make neuron 0 wrongly active and all others inactive, neuron 1 wrongly.
    """
    network = case.network.copy()
    network.output = output
    workspace, gradients = backprop.Workspace(network, 1), backprop.Gradients(network)
    backprop.forward(network, case.inputs[:1], workspace)
    below = workspace.a[-2][0].copy()
    z, W = np.full(network.sizes[-1], -saturation), network.weights[-1]
    z[0] = saturation
    network.biases[-1][...] = z - np.einsum("jk,k->j", W, below)
    backprop.forward(network, case.inputs[:1], workspace)
    size = np.einsum("jk,k->j", np.abs(W), np.abs(below)) + saturation
    errors.compare("z", workspace.z[-1][0], z, scale=size)
    backprop.backward(network, np.array([1]), workspace, 1.0)
    backprop.gradients(workspace, gradients)
    return workspace.z[-1].copy(), gradients.biases[-1], gradients.weights[-1], below


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
    errors.compare("limits", layer.cost(ends, np.array([3, 3])), expected)
    for rows, labels in zip(cases.z, cases.labels, strict=True):
        a_true = closed_forms.softmax(rows)[np.arange(len(rows)), labels]
        errors.compare("−ln a_y", layer.cost(rows, labels), -np.log(a_true))
    return Evaluated(f"a_y from 1 − 1e-15 to 1e-300, z_y = 800 and −1e6; {cases.z_in_words}")


def last_layer(cases: TestCases, errors: Errors) -> Evaluated:
    """C11: ∂C/∂b_j = a_j − ỹ_j and ∂C/∂w_jk = a_k (a_j − ỹ_j); BP1 elementwise does not hold.

    A softmax with another cost has no such short form: its δ is Σ_j ∂C/∂a_j ∂a_j/∂z_k.
    """
    compared = Differences(cases)
    for case in cases.networks:
        output = case.network.output
        for dtype in (np.float64, np.float32):
            computed = Pass(case, dtype)
            equations.third_and_fourth(errors, computed)
            if output.distribution:
                equations.forward(errors, computed)
                equations.first(errors, computed, "δ = Σ_j ∂C/∂a_j ∂a_j/∂z")
        computed = Pass(case)
        if output.name in ("softmax+log-likelihood", "sigmoid+cross-entropy"):
            _same_form(errors, computed)
        if output.distribution:
            compared.compare(errors, computed)
    for kind in OUTPUTS.values():
        if kind.distribution:
            equations.output_layer(errors, kind, cases.z, cases.labels)
    _first_equation_elementwise(errors)
    return Evaluated(
        f"{cases.networks_in_words}; {compared.in_words()}",
        "BP1 in its elementwise form fails: a = (1/6, 1/3, 1/2) gives (0, −2/3, 0), "
        "δ is (1/6, −2/3, 1/2); BP3 and BP4 hold for every output",
    )


def four_equations(cases: TestCases, errors: Errors) -> Evaluated:
    """C12: BP1 to BP4 with elementwise activations, equation by equation and as a whole."""
    compared = Differences(cases)
    for case in cases.networks:
        elementwise = not case.network.output.distribution
        for dtype in (np.float64, np.float32):
            computed = Pass(case, dtype)
            equations.second(errors, computed)
            equations.third_and_fourth(errors, computed)
            if elementwise:
                equations.forward(errors, computed)
                equations.first(errors, computed, "BP1")
        if elementwise:
            steps_of_training(errors, case)
            compared.compare(errors, Pass(case))
    for kind in OUTPUTS.values():
        if not kind.distribution:
            equations.output_layer(errors, kind, cases.z, cases.labels)
    parts = ("BP1", "BP2", "BP3", "BP4", "gradient by differences")
    worst = ", ".join(f"{part} {errors.worst.get(part, (0.0, 0.0))[0]:.0e}" for part in parts)
    return Evaluated(f"{cases.networks_in_words}; {compared.in_words()}", worst)


def _same_form(errors: Errors, computed: Pass) -> None:
    """C11's gradients of the last layer: the means of a − ỹ and of a_k (a_j − ỹ_j)."""
    gradients, name, below = computed.gradients, computed.case.network.output.name, computed.a[-2]
    of = closed_forms.layer_activations(name, computed.z[-1], computed.c)
    error = computed.c * (of.a - computed.target)
    errors.compare(f"∂C/∂b, {name}", gradients.biases[-1], error.mean(axis=0), scale=computed.c)
    expected = np.einsum("mj,mk->jk", error, below) / len(error)
    size = computed.c * np.abs(below).mean(axis=0)
    errors.compare(f"∂C/∂w, {name}", gradients.weights[-1], expected, scale=size)


def _first_equation_elementwise(errors: Errors) -> None:
    """A counter-example to BP1 written elementwise; with the full Jacobian, BP1 holds."""
    z, label = np.log([[1.0, 2.0, 3.0]]), np.array([1])
    a = activate(softmax(), z)
    got = delta(softmax(), z, label)
    cost_gradient = np.array([0, -3.0, 0])  # −ỹ_j / a_j at a = (1/6, 1/3, 1/2)
    jacobian = differences.jacobian(lambda z: activate(softmax(), z), z)[0]
    limit = ROUNDING / differences.STEP
    elementwise = cost_gradient * np.diagonal(jacobian)
    expected = cost_gradient @ jacobian
    errors.compare("δ = Σ_j ∂C/∂a_j ∂a_j/∂z by differences", got[0], expected, limit=limit)
    errors.compare("elementwise BP1, a", a[0], [1 / 6, 1 / 3, 1 / 2])
    errors.compare("elementwise BP1", elementwise, [0, -2 / 3, 0], limit=limit)
    errors.require("elementwise BP1 differs from δ", np.abs(elementwise - got).max() > 0.1)
