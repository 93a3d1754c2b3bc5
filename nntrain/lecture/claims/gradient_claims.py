"""Claims about costs and gradients: C1, C10, C11 and C12."""

import numpy as np

from nntrain.lecture.claims import closed_forms
from nntrain.lecture.claims.check import Errors, Evaluated
from nntrain.lecture.claims.gradients import Differences, Pass
from nntrain.lecture.claims.test_cases import (
    CLASSES,
    LARGEST_REAL_Z,
    Case,
    TestCases,
    activate,
    delta,
    output_layers,
    softmax,
)
from nntrain.nn import backprop, optimizer, training
from nntrain.nn.arrays import Floats, Integers
from nntrain.nn.outputs import OutputLayer

SATURATIONS = (2.0, 5.0, 10.0)
RATE = 0.5


def vanishing_factor(cases: TestCases, errors: Errors) -> Evaluated:
    """C1: at a saturated, wrong neuron only the quadratic cost's gradient has the factor σ'(z)."""
    largest: dict[str, float] = {}
    chosen = [case for case in cases.networks if case.network.output.name == "sigmoid+quadratic"]
    for case in chosen:
        for saturation in SATURATIONS:
            z, target = _wrong(case, saturation)
            a, slope = closed_forms.sigmoid(z), closed_forms.sigmoid_slope(z)
            p = closed_forms.softmax(z)
            expected = {
                "sigmoid+quadratic": (a - target) * slope,
                "sigmoid+cross-entropy": a - target,
                "softmax+log-likelihood": p - target,
                "softmax+quadratic": closed_forms.through_softmax(p, p - target),
            }
            for name, deltas in expected.items():
                delta = deltas[0, :2]  # the wrong neuron and the true one: see _wrong
                db, dw, below = _gradients(case, z, output_layers()[name])
                each = np.abs(delta)
                errors.compare(f"∂C/∂b, {name}", db[:2], delta, scale=each)
                rows = each[:, np.newaxis] * np.abs(below).max()
                errors.compare(f"∂C/∂w, {name}", dw[:2], np.outer(delta, below), scale=rows)
                largest[name] = float(np.abs(db[:2]).max())
    sizes = ", ".join(f"{value:.2g} {name}" for name, value in largest.items())
    reach = ", ".join(f"±{s:g}" for s in SATURATIONS)
    return Evaluated(
        f"last layer of {len(chosen)} networks, biases set so that z = {reach}, with wrong signs",
        f"largest |∂C/∂b| at ±{SATURATIONS[-1]:g}: {sizes}",
    )


def _wrong(case: Case, saturation: float) -> tuple[Floats, Floats]:
    """Return z (1, classes) and ỹ: neuron 0 is wrongly active, neuron 1 wrongly inactive."""
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
    below = workspace.a[-2][0].copy()
    network.biases[-1][...] = z[0] - np.einsum("jk,k->j", network.weights[-1], below)
    backprop.forward(network, case.inputs[:1], workspace)
    backprop.backward(network, np.array([1]), workspace, 1.0)
    backprop.gradients(workspace, gradients)
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
    errors.compare("limits", layer.cost(ends, np.array([3, 3])), expected)
    for rows, labels in zip(cases.z, cases.labels, strict=True):
        a_true = closed_forms.softmax(rows)[np.arange(len(rows)), labels]
        errors.compare("−ln a_y", layer.cost(rows, labels), -np.log(a_true))
    return Evaluated(f"a_y from 1 − 1e-15 to 1e-300, z_y = 800 and −1e6; {cases.z_in_words}")


def last_layer(cases: TestCases, errors: Errors) -> Evaluated:
    """C11: ∂C/∂b_j = a_j − ỹ_j and ∂C/∂w_jk = a_k (a_j − ỹ_j); BP1 elementwise does not hold."""
    differences = Differences(cases)
    for case in cases.networks:
        computed = Pass(case)
        _bias_and_weight_equations(errors, computed)
        output, z, target = case.network.output, computed.z, computed.target
        if output.distribution:
            c = output.inverse_temperature
            a = closed_forms.softmax(z, c)
            error, quadratic = a - target, output.name == "softmax+quadratic"
            delta = c * (closed_forms.through_softmax(a, error) if quadratic else error)
            _same_form(errors, output.name, computed, delta)
            differences.compare(errors, computed)
        elif output.name == "sigmoid+cross-entropy":
            _same_form(errors, "cross-entropy", computed, closed_forms.sigmoid(z) - target)
    _first_equation_elementwise(errors)
    return Evaluated(
        f"{cases.networks_in_words}; {differences.in_words()}",
        "BP1 in its elementwise form fails: a = (1/6, 1/3, 1/2) gives (0, −2/3, 0), "
        "δ is (1/6, −2/3, 1/2); BP3 and BP4 hold for every output",
    )


def four_equations(cases: TestCases, errors: Errors) -> Evaluated:
    """C12: BP1 to BP4 with elementwise activations, equation by equation and as a whole."""
    differences = Differences(cases)
    for case in cases.networks:
        computed = Pass(case)
        _hidden_equation(errors, computed)
        _bias_and_weight_equations(errors, computed)
        output = case.network.output
        if output.name in closed_forms.COST_GRADIENTS:
            near = np.abs(computed.z).max(axis=1) <= LARGEST_REAL_Z
            _first_equation(errors, computed.z[near], case.labels[near], case)
            for z, labels in zip(cases.z, cases.labels, strict=True):
                _first_equation(errors, z[:100], labels[:100], case)
        if not output.distribution:
            _one_step(errors, computed)
            differences.compare(errors, computed)
    parts = ("BP1", "BP2", "BP3", "BP4", "gradient by differences")
    worst = ", ".join(f"{part} {errors.worst.get(part, 0.0):.0e}" for part in parts)
    return Evaluated(f"{cases.networks_in_words}; {differences.in_words()}", worst)


def _first_equation(errors: Errors, z: Floats, labels: Integers, case: Case) -> None:
    """BP1: δ^L = ∇_a C ⊙ σ'(z^L), which is also the slope of the product's own cost."""
    output, target = case.network.output, closed_forms.one_hot(labels, z.shape[1])
    got = delta(output, z, labels)
    # If a rounds to 0 or 1, the quotients in ∇_a C have no correct digits; C1 covers that case.
    seen = np.abs(z).max(axis=1) < 10
    gradient = closed_forms.COST_GRADIENTS[output.name](
        closed_forms.sigmoid(z[seen]), target[seen]
    )
    errors.compare("BP1", got[seen], gradient * closed_forms.sigmoid_slope(z[seen]))
    slopes = closed_forms.cost_slopes(output.cost, z, labels)
    errors.compare("∂C/∂z by differences", got, slopes)


def _hidden_equation(errors: Errors, computed: Pass) -> None:
    """BP2: δ^l = (δ^{l+1} W^{l+1}) ⊙ f'(z^l), with f' from differences of the activation."""
    network = computed.case.network
    W, b, a, delta = network.layers.W, network.layers.b, computed.a, computed.delta
    for l in range(1, len(delta) - 1):
        mine, back = delta[l], np.einsum("mj,jk->mk", delta[l + 1], W[l + 1])
        z = np.einsum("mk,jk->mj", a[l - 1], W[l]) + b[l]
        slopes = closed_forms.slope(lambda t, z=z: computed.hidden(z + t))  # type: ignore[misc]  # mypy infers no lambda with defaults
        smooth = np.abs(z) > 2 * closed_forms.STEP  # relu has a kink at 0
        errors.compare_whole("BP2", mine[smooth], (back * slopes)[smooth])


def _bias_and_weight_equations(errors: Errors, computed: Pass) -> None:
    """BP3 and BP4: ∂C/∂b^l = δ^l and ∂C/∂w_jk = a_k δ_j, summed over the mini-batch."""
    gradients, a, delta = computed.gradients, computed.a, computed.delta
    for l in range(1, len(delta)):
        errors.compare_whole("BP3", gradients.b[l], delta[l].sum(axis=0, keepdims=True))
        errors.compare_whole("BP4", gradients.W[l], np.einsum("mj,mk->jk", delta[l], a[l - 1]))


def _same_form(errors: Errors, part: str, computed: Pass, error: Floats) -> None:
    """C11's gradients of the last layer: the means of a − ỹ and of a_k (a_j − ỹ_j)."""
    gradients = computed.gradients
    errors.compare_whole(f"∂C/∂b, {part}", gradients.biases[-1], error.mean(axis=0))
    expected = np.einsum("mj,mk->jk", error, computed.a[-2]) / len(error)
    errors.compare_whole(f"∂C/∂w, {part}", gradients.weights[-1], expected)


def _first_equation_elementwise(errors: Errors) -> None:
    """A counter-example to BP1 written elementwise; with the full Jacobian, BP1 holds."""
    z, label = np.log([[1.0, 2.0, 3.0]]), np.array([1])
    a = activate(softmax(), z)
    got = delta(softmax(), z, label)
    cost_gradient = np.array([0, -3.0, 0])  # −ỹ_j / a_j at a = (1/6, 1/3, 1/2)
    jacobian = closed_forms.jacobian(lambda z: activate(softmax(), z), z)[0]
    errors.compare("δ = Σ_j ∂C/∂a_j ∂a_j/∂z", got[0], cost_gradient @ jacobian)
    elementwise = cost_gradient * np.diagonal(jacobian)
    errors.compare("elementwise BP1, a", a[0], [1 / 6, 1 / 3, 1 / 2])
    errors.compare("elementwise BP1", elementwise, [0, -2 / 3, 0])
    errors.require("elementwise BP1 differs from δ", np.abs(elementwise - got).max() > 0.1)


def _one_step(errors: Errors, computed: Pass) -> None:
    """One step of training moves every parameter by −η times the gradient of the mean cost."""
    case, network = computed.case, computed.case.network.copy()
    sgd = optimizer.SGD(epochs=1, batch_size=len(case.labels), learning_rate=RATE)
    examples = (case.inputs, case.labels)
    for _ in training.Trainer(network, examples, None, sgd, np.random.default_rng(0)).run_epoch():
        pass
    arrays = zip(
        case.network.parameters, network.parameters, computed.gradients.arrays, strict=True
    )
    for before, after, gradient in arrays:
        errors.compare("one step of training", after, before - RATE * gradient)
