"""Claims about gradients: the softmax's last layer (C11) and the four equations (C12)."""

from itertools import pairwise

import numpy as np

from nntrain.lecture.claims import closed_forms
from nntrain.lecture.claims.check import Errors, Evaluated
from nntrain.lecture.claims.gradients import Differences, Pass
from nntrain.lecture.claims.test_cases import (
    LARGEST_REAL_Z,
    Case,
    TestCases,
    activate,
    delta,
    softmax,
)
from nntrain.nn import optimizer, training
from nntrain.nn.arrays import Floats, Integers

RATE = 0.5


def last_layer(cases: TestCases, errors: Errors) -> Evaluated:
    """C11: ∂C/∂b_j = a_j − ỹ_j and ∂C/∂w_jk = a_k (a_j − ỹ_j); BP1 elementwise does not hold."""
    differences = Differences(cases)
    for case in cases.networks:
        computed = Pass(case)
        _bias_and_weight_equations(errors, computed)
        output, z, target = case.network.output, computed.z, computed.target
        if output.distribution:
            c = output.inverse_temperature
            _same_form(errors, "softmax", computed, c * (closed_forms.softmax(z, c) - target))
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
    # Where a rounds to 0 or 1 the quotients in ∇_a C have no digits left; C1 looks there.
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
    for layer, (mine, above) in enumerate(pairwise(computed.deltas)):
        back = np.einsum("mj,jk->mk", above, network.weights[layer + 1])
        z = np.einsum("mk,jk->mj", computed.activations[layer], network.weights[layer])
        z += network.biases[layer]
        slopes = closed_forms.slope(lambda t, z=z: computed.hidden(z + t))  # type: ignore[misc]  # mypy infers no lambda with defaults
        smooth = np.abs(z) > 2 * closed_forms.STEP  # relu has a kink at 0
        errors.compare_whole("BP2", mine[smooth], (back * slopes)[smooth])


def _bias_and_weight_equations(errors: Errors, computed: Pass) -> None:
    """BP3 and BP4: ∂C/∂b^l = δ^l and ∂C/∂w_jk = a_k δ_j, summed over the mini-batch."""
    for layer, deltas in enumerate(computed.deltas):
        errors.compare_whole("BP3", computed.gradients.biases[layer], deltas.sum(axis=0))
        expected = np.einsum("mj,mk->jk", deltas, computed.activations[layer])
        errors.compare_whole("BP4", computed.gradients.weights[layer], expected)


def _same_form(errors: Errors, part: str, computed: Pass, error: Floats) -> None:
    """The last layer's gradients as C11 has them: the means of a − ỹ and of a_k (a_j − ỹ_j)."""
    gradients = computed.gradients
    errors.compare_whole(f"∂C/∂b, {part}", gradients.biases[-1], error.mean(axis=0))
    expected = np.einsum("mj,mk->jk", error, computed.activations[-2]) / len(error)
    errors.compare_whole(f"∂C/∂w, {part}", gradients.weights[-1], expected)


def _first_equation_elementwise(errors: Errors) -> None:
    """A counter-example to BP1 written elementwise; with the whole Jacobian it holds."""
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
