"""The equations of the forward and the backward pass, each compared with its closed form.

Each equation is evaluated in float64 from the program's own numbers one step before, so no error
adds up from layer to layer, and the limits are those of one equation in the program's dtype.
"""

from collections.abc import Sequence

import numpy as np

from nntrain.lecture.claims import closed_forms, differences
from nntrain.lecture.claims.check import ROUNDING, Errors, rounding
from nntrain.lecture.claims.gradients import Pass
from nntrain.lecture.claims.test_cases import LARGEST_Z, activate, delta
from nntrain.nn.arrays import Floats, Integers
from nntrain.nn.outputs import OutputLayer

SMOOTHINGS = (0.0, 0.1)
TEMPERATURES = (1.0, 2.0)
FAR = 20.0  # z is tested this many times as large too, where activations are 0 or 1


def forward(errors: Errors, computed: Pass) -> None:
    """z^l = a^{l−1} Wᵀ + b and a^l = f(z^l), up to a^L; and z^L once more, without a workspace."""
    network, limit = computed.case.network, rounding(computed.dtype)
    f, _ = closed_forms.HIDDEN[network.hidden.name]
    size: Floats = np.abs(computed.a[0])
    for l in range(1, len(computed.a)):
        W, b = network.layers.W[l].astype(np.float64), network.layers.b[l].astype(np.float64)
        below, z, a = computed.a[l - 1], computed.z[l], computed.a[l]
        expected = np.einsum("mk,jk->mj", below, W) + b
        terms = np.einsum("mk,jk->mj", np.abs(below), np.abs(W)) + np.abs(b)
        errors.compare(computed.part("z = a W + b"), z, expected, terms, limit)
        size = np.einsum("mk,jk->mj", size, np.abs(W)) + np.abs(b)
        if l < len(computed.a) - 1:
            errors.compare(computed.part("a = f(z)"), a, f(z), limit=limit)
    of = closed_forms.layer_activations(network.output.name, computed.z[-1], computed.c)
    errors.compare(computed.part("a of the last layer"), computed.a[-1], of.a, limit=limit)
    # |f'| ≤ 1, so the rounding errors of all layers are at most in proportion to ``size``
    again = network.weighted_inputs(computed.case.inputs)
    errors.compare(computed.part("z of an evaluation"), again, computed.z[-1], size, limit)


def first(errors: Errors, computed: Pass, part: str) -> None:
    """C, and δ^L = Σ_j ∂C/∂a_j ∂a_j/∂z_k divided by m, of any output layer."""
    layer, c, m = computed.case.network.output, computed.c, len(computed.z[-1])
    of = closed_forms.layer_activations(layer.name, computed.z[-1], c)
    limit = rounding(computed.dtype)
    costs = layer.cost(computed.workspace.z[-1], computed.case.labels)
    expected = closed_forms.cost(layer.name, of, computed.target)
    errors.compare(computed.part("C"), costs, expected, limit=limit)
    expected = closed_forms.delta(layer.name, of, computed.target) / m
    errors.compare(computed.part(part), computed.delta[-1], expected, c / m, limit)


def second(errors: Errors, computed: Pass) -> None:
    """BP2: δ^l = (δ^{l+1} W^{l+1}) ⊙ f'(z^l), in saturated neurons too."""
    network, limit = computed.case.network, rounding(computed.dtype)
    _, slope = closed_forms.HIDDEN[network.hidden.name]
    for l in range(1, len(computed.delta) - 1):
        W = network.layers.W[l + 1].astype(np.float64)
        above = computed.delta[l + 1]
        expected = np.einsum("mj,jk->mk", above, W) * slope(computed.z[l])
        # f' ≤ 1 has an absolute error, being computed from a: σ' = a (1 − a)
        terms = np.einsum("mj,jk->mk", np.abs(above), np.abs(W))
        errors.compare(computed.part("BP2"), computed.delta[l], expected, terms, limit)


def third_and_fourth(errors: Errors, computed: Pass) -> None:
    """BP3 and BP4: ∂C/∂b^l = δ^l and ∂C/∂w_jk = a_k δ_j, summed over the mini-batch."""
    gradients, limit = computed.gradients, rounding(computed.dtype)
    for l in range(1, len(computed.delta)):
        deltas, below = computed.delta[l], computed.a[l - 1]
        sums = deltas.sum(axis=0, keepdims=True)
        sizes = np.abs(deltas).sum(axis=0, keepdims=True)
        errors.compare(computed.part("BP3"), gradients.b[l], sums, sizes, limit)
        products = np.einsum("mj,mk->jk", deltas, below)
        terms = np.einsum("mj,mk->jk", np.abs(deltas), np.abs(below))
        errors.compare(computed.part("BP4"), gradients.W[l], products, terms, limit)


def output_layer(
    errors: Errors, kind: type[OutputLayer], z: Sequence[Floats], labels: Sequence[Integers]
) -> None:
    """Activation, cost and δ of one output layer, wherever z lies; δ also by differences of C."""
    for c in TEMPERATURES if kind.has_temperature else (1.0,):
        for smoothing in SMOOTHINGS:
            layer = kind(c, smoothing)
            for rows, true in zip(z, labels, strict=True):
                far, twice = np.concatenate([rows, FAR * rows]), np.concatenate([true, true])
                for dtype in (np.float64, np.float32):
                    _by_closed_forms(errors, layer, far.astype(dtype), twice)
                near = np.abs(rows).max(axis=1, initial=0) <= LARGEST_Z
                _by_differences(errors, layer, rows[near], true[near])


def _by_closed_forms(errors: Errors, layer: OutputLayer, z: Floats, labels: Integers) -> None:
    """A, ln a, C and δ of ``layer``, computed in the dtype of ``z``."""
    c, words, limit = layer.inverse_temperature, _in_words(layer), rounding(z.dtype)
    words += "" if z.dtype == np.float64 else f", {z.dtype.name}"
    target = closed_forms.one_hot(labels, z.shape[1], layer.label_smoothing)
    of = closed_forms.layer_activations(layer.name, z.astype(np.float64), c)
    cost = closed_forms.cost(layer.name, of, target)
    errors.compare(f"a, {words}", activate(layer, z), of.a, limit=limit)
    errors.compare(f"ln a, {words}", layer.log_activate(z), of.log_a, limit=limit)
    errors.compare(f"C, {words}", layer.cost(z, labels), cost, limit=limit)
    expected = closed_forms.delta(layer.name, of, target)
    errors.compare(f"δ, {words}", delta(layer, z, labels), expected, c, limit)


def _by_differences(errors: Errors, layer: OutputLayer, z: Floats, labels: Integers) -> None:
    """δ = ∂C/∂z of ``layer``, by differences of its own cost."""
    c, limit = layer.inverse_temperature, ROUNDING / differences.STEP
    slopes = differences.cost_slopes(layer.cost, z, labels, differences.STEP / c)
    size = c * differences.size(layer.cost(z, labels), c * z)
    part = f"∂C/∂z by differences, {_in_words(layer)}"
    errors.compare(part, delta(layer, z, labels), slopes, size, limit)


def _in_words(layer: OutputLayer) -> str:
    c, smoothing = layer.inverse_temperature, layer.label_smoothing
    return f"{layer.name}{f', c = {c:g}' * (c != 1)}{', smoothed labels' * (smoothing > 0)}"
