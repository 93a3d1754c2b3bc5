"""An output layer: activation, cost and δ of the last layer as one object.

The three belong together because learning speed is decided by their combination. With
weighted inputs z and one-hot targets ỹ, δ = ∂C/∂z is

    softmax + log-likelihood   c (a − ỹ)            a = softmax(c z), C = −ln a_y
    sigmoid + cross-entropy    a − ỹ                C = −Σ_j [ỹ_j ln a_j + (1−ỹ_j) ln(1−a_j)]
    sigmoid + quadratic        (a − ỹ) ⊙ σ'(z)      C = ½ Σ_j (a_j − ỹ_j)²
    softmax + quadratic        c J (a − ỹ)          J = diag(a) − a aᵀ, the Jacobian of softmax

and only the quadratic cost keeps a factor, σ'(z) or J, that vanishes at saturated neurons. Costs
are computed from z, never from a, so they are finite wherever the mathematics is.

Shapes: ``z``, ``a``, ``out`` are (batch, classes) of one float dtype; ``labels`` is (batch,)
integer.
"""

from functools import cache

import numpy as np

from nntrain.errors import SettingsError
from nntrain.nn.activations import sigmoid, sigmoid_derivative
from nntrain.nn.arrays import Floats, Integers
from nntrain.nn.output_layer import OutputLayer, targets

__all__ = ["COST_OF", "OUTPUTS", "OutputLayer", "make_output", "outputs_meant"]


class _SoftmaxOutput(OutputLayer):
    """Softmax activations a_j = exp(c z_j) / Σ_k exp(c z_k), shared by both costs."""

    distribution = True
    has_temperature = True

    def activate(self, z: Floats, out: Floats) -> None:
        """Write exp(c z_j) / Σ_k exp(c z_k); subtracting the maximum changes no quotient."""
        # Broadcast first: with equal shapes, a small operation takes a third of the time.
        spread = np.empty(out.shape, out.dtype)
        spread[...] = z.max(axis=1, keepdims=True)
        np.subtract(z, spread, out)
        if self.inverse_temperature != 1.0:
            np.multiply(out, self.inverse_temperature, out)
        np.exp(out, out)
        # Σ_k in every column, as a product with a square of ones
        np.dot(out, _ones(out.shape[1], out.dtype.char), spread)
        np.divide(out, spread, out)

    def log_activate(self, z: Floats) -> Floats:
        """Return c z_j − ln Σ_k exp(c z_k)."""
        scaled = (z - z.max(axis=1, keepdims=True)) * self.inverse_temperature
        log_activations: Floats = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return log_activations


class SoftmaxLogLikelihood(_SoftmaxOutput):
    """Softmax activations with the cost −ln a_y."""

    name = "softmax+log-likelihood"
    book_rate = 0.5
    rate_origin = "as for cross-entropy, whose δ has the same form: the book gives none"
    default_rate = 0.2

    def cost(self, z: Floats, labels: Integers) -> Floats:
        """Return −ln a_y."""
        log_activations = self.log_activate(z)
        cost: Floats = -log_activations[np.arange(len(z)), labels]
        if self.label_smoothing:  # −Σ_j ỹ_j ln a_j
            smoothing = self.label_smoothing
            cost = (1 - smoothing) * cost - smoothing * log_activations.mean(axis=1)
        return cost

    def delta(self, a: Floats, z: Floats, labels: Integers, out: Floats) -> None:
        """Write c (a − ỹ)."""
        self.error(a, labels, out)
        if self.inverse_temperature != 1.0:
            np.multiply(out, self.inverse_temperature, out)


class _SigmoidOutput(OutputLayer):
    """Sigmoid activations, shared by both costs."""

    distribution = False

    def activate(self, z: Floats, out: Floats) -> None:
        """Write σ(z)."""
        sigmoid(z, out)

    def log_activate(self, z: Floats) -> Floats:
        """Return ln σ(z) = −ln(1 + e^−z)."""
        return -_softplus(-z)


class SigmoidCrossEntropy(_SigmoidOutput):
    """Sigmoid activations with the cross-entropy summed over the output neurons."""

    name = "sigmoid+cross-entropy"
    book_rate = 0.5
    default_rate = 0.3
    rate_origin = "the book's"

    def cost(self, z: Floats, labels: Integers) -> Floats:
        """Return Σ_j ln(1 + exp(±z_j)), with − at the true class: −ln σ(z) and −ln(1 − σ(z))."""
        if self.label_smoothing:
            target = targets(z.shape[1], z.dtype.char, self.label_smoothing)[labels]
            smoothed: Floats = (target * _softplus(-z) + (1 - target) * _softplus(z)).sum(axis=1)
            return smoothed
        total: Floats = _softplus(_towards_wrong(z, labels)).sum(axis=1)
        return total

    def delta(self, a: Floats, z: Floats, labels: Integers, out: Floats) -> None:
        """Write a − ỹ."""
        self.error(a, labels, out)


class SigmoidQuadratic(_SigmoidOutput):
    """Sigmoid activations with half the squared error summed over the output neurons."""

    name = "sigmoid+quadratic"
    book_rate = 3.0
    default_rate = 1.0
    rate_origin = "the book's"

    def cost(self, z: Floats, labels: Integers) -> Floats:
        """Return ½ Σ_j (a_j − ỹ_j)²; at the true class |a − 1| = σ(−z)."""
        if self.label_smoothing:
            error = np.empty_like(z)
            sigmoid(z, error)
            error -= targets(z.shape[1], z.dtype.char, self.label_smoothing)[labels]
        else:
            error = _towards_wrong(z, labels)
            sigmoid(error, error)
        half_square: Floats = 0.5 * np.square(error).sum(axis=1)
        return half_square

    def delta(self, a: Floats, z: Floats, labels: Integers, out: Floats) -> None:
        """Write (a − ỹ) ⊙ σ'(z)."""
        self.error(a, labels, out)
        slope = np.empty_like(a)
        sigmoid_derivative(a, slope)
        np.multiply(out, slope, out)


class SoftmaxQuadratic(_SoftmaxOutput):
    """Softmax activations with half the squared error: a new activation, but no new cost."""

    name = "softmax+quadratic"
    book_rate = 3.0
    rate_origin = "as for sigmoid with this cost: the book gives none"
    default_rate = 1.0

    def cost(self, z: Floats, labels: Integers) -> Floats:
        """Return ½ Σ_j (a_j − ỹ_j)²; at the true class 1 − a_y = Σ_{k≠y} a_k."""
        error = np.empty_like(z)
        self.activate(z, error)
        if self.label_smoothing:
            error -= targets(z.shape[1], z.dtype.char, self.label_smoothing)[labels]
        else:
            true = np.arange(len(z)), labels
            error[true] = 0
            error[true] = error.sum(axis=1)
        half_square: Floats = 0.5 * np.square(error).sum(axis=1)
        return half_square

    def delta(self, a: Floats, z: Floats, labels: Integers, out: Floats) -> None:
        """Write c J (a − ỹ): c a_j [(a_j − ỹ_j) − Σ_k a_k (a_k − ỹ_k)]."""
        self.error(a, labels, out)
        # A constant added to every error changes nothing, because J 1 = 0. Without the error of
        # the largest a, which may be 1 to all digits, the difference in brackets loses no digits.
        out -= out[np.arange(len(a)), a.argmax(axis=1), np.newaxis]
        out -= np.einsum("mk,mk->m", a, out)[:, np.newaxis]
        np.multiply(out, a, out)
        if self.inverse_temperature != 1.0:
            np.multiply(out, self.inverse_temperature, out)


@cache
def _ones(classes: int, dtype: str) -> Floats:
    return np.ones((classes, classes), dtype)


def _towards_wrong(z: Floats, labels: Integers) -> Floats:
    """Return z with its sign changed at the true class: large wherever the output is wrong."""
    flipped = z.copy()
    flipped[np.arange(len(z)), labels] *= -1
    return flipped


def _softplus(z: Floats) -> Floats:
    """Return ln(1 + e^z) = max(z, 0) + ln(1 + e^−|z|)."""
    softplus: Floats = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
    return softplus


OUTPUTS: dict[str, type[OutputLayer]] = {
    layer.name: layer
    for layer in (SoftmaxLogLikelihood, SigmoidCrossEntropy, SigmoidQuadratic, SoftmaxQuadratic)
}

COST_OF = {"softmax": "log-likelihood"}
"""The cost of ``softmax`` alone, whatever outputs are added; ``sigmoid`` alone is ambiguous."""


def outputs_meant(word: str) -> tuple[str, ...]:
    """Return the names that ``word`` may abbreviate: activation and cost each by a prefix.

    ``sigmoid+q`` matches ``sigmoid+quadratic`` only, ``sigmoid`` both sigmoid outputs.
    """
    activation, plus, cost = word.partition("+")
    known = [name.split("+") for name in OUTPUTS if activation and name.startswith(activation)]
    if not plus and len({name for name, _ in known}) == 1:
        cost = COST_OF.get(known[0][0], "")
    return tuple("+".join(parts) for parts in known if parts[1].startswith(cost))


def make_output(
    name: str, inverse_temperature: float = 1.0, label_smoothing: float = 0.0
) -> OutputLayer:
    """Return the output layer ``name`` with the softmax's c and the cost's label smoothing.

    Raises ``SettingsError`` if c is not 1 for an output that has none.
    """
    layer = OUTPUTS[name]
    if inverse_temperature != 1.0 and not layer.has_temperature:
        raise SettingsError(
            f"inverse_temperature = {inverse_temperature:g} applies to softmax outputs only, not "
            f"to {name}. Leave it at 1, or choose a softmax output."
        )
    return layer(inverse_temperature, label_smoothing)
