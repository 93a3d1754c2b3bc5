"""Claims about gradients: the softmax's last layer (C11) and the four equations (C12)."""

from itertools import pairwise

import numpy as np

from nntrain.lecture.claims import closed_forms
from nntrain.lecture.claims.check import Check, Ledger
from nntrain.lecture.claims.gradients import Differences, Pass
from nntrain.lecture.claims.softmax_claims import softmax
from nntrain.lecture.claims.test_cases import LARGEST_REAL_Z, Case, Material, activate, delta
from nntrain.nn import optimizer, training
from nntrain.nn.arrays import Floats, Integers

RATE = 0.5


def softmax_gradients(material: Material) -> Check:
    """C11: ∂C/∂b_j = a_j − ỹ_j and ∂C/∂w_jk = a_k (a_j − ỹ_j); BP1 elementwise does not hold."""
    ledger = Ledger("C11", "softmax: δ_j = ∂C/∂b_j = a_j − ỹ_j, ∂C/∂w_jk = a_k δ_j", 1e-7)
    differences = Differences(material)
    for case in material.cases:
        one = Pass(case)
        _bias_and_weight_equations(ledger, case, one)
        output = case.network.output
        if output.distribution:
            c = output.inverse_temperature
            _same_form(ledger, "softmax", one, c * (closed_forms.softmax(one.z, c) - one.target))
            differences.enter(ledger, one)
        elif output.name == "sigmoid+cross-entropy":
            _same_form(ledger, "cross-entropy", one, closed_forms.sigmoid(one.z) - one.target)
    _first_equation_elementwise(ledger)
    return ledger.check(
        f"{material.cases_in_words}; {differences.in_words()}",
        "BP1 in its elementwise form fails: a = (1/6, 1/3, 1/2) gives (0, −2/3, 0), "
        "δ is (1/6, −2/3, 1/2); BP3 and BP4 hold for every output",
    )


def four_equations(material: Material) -> Check:
    """C12: BP1 to BP4 with elementwise activations, equation by equation and as a whole."""
    ledger = Ledger("C12", "backpropagation, BP1 to BP4, with sigmoid outputs", 1e-7)
    differences = Differences(material)
    for case in material.cases:
        one = Pass(case)
        _hidden_equation(ledger, case, one)
        _bias_and_weight_equations(ledger, case, one)
        output = case.network.output
        if not output.distribution:
            if output.name in closed_forms.COST_GRADIENTS:
                near = np.abs(one.z).max(axis=1) <= LARGEST_REAL_Z
                _first_equation(ledger, one.z[near], case.labels[near], case)
            _one_step(ledger, case, one)
            differences.enter(ledger, one)
    for rows, labels in zip(material.rows, material.labels, strict=True):
        for case in material.cases:
            if case.network.output.name in closed_forms.COST_GRADIENTS:
                _first_equation(ledger, rows[:100], labels[:100], case)
    parts = ("BP1", "BP2", "BP3", "BP4", "gradient by differences")
    errors = ", ".join(f"{part} {ledger.errors.get(part, 0.0):.0e}" for part in parts)
    return ledger.check(f"{material.cases_in_words}; {differences.in_words()}", errors)


def _first_equation(ledger: Ledger, z: Floats, labels: Integers, case: Case) -> None:
    """BP1: δ^L = ∇_a C ⊙ σ'(z^L), which is also the slope of the product's own cost."""
    output, target = case.network.output, closed_forms.one_hot(labels, z.shape[1])
    got = delta(output, z, labels)
    # Where a rounds to 0 or 1 the quotients in ∇_a C have no digits left; C1 looks there.
    seen = np.abs(z).max(axis=1) < 10
    gradient = closed_forms.COST_GRADIENTS[output.name](
        closed_forms.sigmoid(z[seen]), target[seen]
    )
    ledger.compare("BP1", got[seen], gradient * closed_forms.sigmoid_slope(z[seen]))
    slopes = closed_forms.jacobian(lambda z: output.cost(z, labels)[:, np.newaxis], z)
    ledger.compare("∂C/∂z by differences", got, slopes[:, 0])


def _hidden_equation(ledger: Ledger, case: Case, one: Pass) -> None:
    """BP2: δ^l = (δ^{l+1} W^{l+1}) ⊙ f'(z^l), with f' from differences of the activation."""
    network = case.network
    for layer, (mine, above) in enumerate(pairwise(one.deltas)):
        back = np.einsum("mj,jk->mk", above, network.weights[layer + 1])
        z = np.einsum("mk,jk->mj", one.activations[layer], network.weights[layer])
        z += network.biases[layer]
        slopes = closed_forms.slope(lambda t, z=z: one.hidden(z + t))  # type: ignore[misc]  # mypy infers no lambda with defaults
        smooth = np.abs(z) > 2 * closed_forms.STEP  # relu has a kink at 0
        ledger.compare_whole("BP2", mine[smooth], (back * slopes)[smooth])


def _bias_and_weight_equations(ledger: Ledger, case: Case, one: Pass) -> None:
    """BP3 and BP4: ∂C/∂b^l = δ^l and ∂C/∂w_jk = a_k δ_j, summed over the mini-batch."""
    for layer, deltas in enumerate(one.deltas):
        ledger.compare_whole("BP3", one.gradients.biases[layer], deltas.sum(axis=0))
        expected = np.einsum("mj,mk->jk", deltas, one.activations[layer])
        ledger.compare_whole("BP4", one.gradients.weights[layer], expected)


def _same_form(ledger: Ledger, part: str, one: Pass, error: Floats) -> None:
    """The mean of a − ỹ, and of a_k (a_j − ỹ_j): what C11 says of the last layer."""
    size = len(error)
    ledger.compare_whole(f"∂C/∂b, {part}", one.gradients.biases[-1], error.mean(axis=0))
    expected = np.einsum("mj,mk->jk", error, one.activations[-2]) / size
    ledger.compare_whole(f"∂C/∂w, {part}", one.gradients.weights[-1], expected)


def _first_equation_elementwise(ledger: Ledger) -> None:
    """A counter-example to BP1 written elementwise, and that the whole Jacobian mends it."""
    z, label = np.log([[1.0, 2.0, 3.0]]), np.array([1])
    a = activate(softmax(), z)
    got = delta(softmax(), z, label)
    cost_gradient = np.array([0, -3.0, 0])  # −ỹ_j / a_j at a = (1/6, 1/3, 1/2)
    jacobian = closed_forms.jacobian(lambda z: activate(softmax(), z), z)[0]
    ledger.compare("δ = Σ_j ∂C/∂a_j ∂a_j/∂z", got[0], cost_gradient @ jacobian)
    elementwise = cost_gradient * np.diagonal(jacobian)
    ledger.compare("elementwise BP1, a", a[0], [1 / 6, 1 / 3, 1 / 2])
    ledger.compare("elementwise BP1", elementwise, [0, -2 / 3, 0])
    ledger.require("elementwise BP1 differs from δ", np.abs(elementwise - got).max() > 0.1)


def _one_step(ledger: Ledger, case: Case, one: Pass) -> None:
    """One step of training moves every parameter by −η times the gradient of the mean cost."""
    network, size = case.network.copy(), len(case.labels)
    step = training.Trainer(
        network,
        (case.inputs, case.labels),
        None,
        optimizer.SGD(epochs=1, batch_size=size, learning_rate=RATE),
        np.random.default_rng(0),
    )
    for _ in step.run_epoch():
        pass
    arrays = zip(case.network.parameters, network.parameters, one.arrays(), strict=True)
    for before, after, gradient in arrays:
        ledger.compare("one step of training", after, before - RATE * gradient)
