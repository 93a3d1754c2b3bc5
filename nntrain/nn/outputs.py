"""An output layer: activation, cost and δ of the last layer as one object.

The three belong together because learning speed is decided by their combination. With
weighted inputs z and one-hot targets ỹ, δ = ∂C/∂z is

    softmax + log-likelihood   c (a − ỹ)            a = softmax(c z), C = −ln a_y
    sigmoid + cross-entropy    a − ỹ                C = −Σ_j [ỹ_j ln a_j + (1−ỹ_j) ln(1−a_j)]
    sigmoid + quadratic        (a − ỹ) ⊙ σ'(z)      C = ½ Σ_j (a_j − ỹ_j)²

and only the last keeps the factor σ'(z) that vanishes at a saturated neuron. Costs are
computed from z, never from a, so they are finite wherever the mathematics is.

Shapes: ``z``, ``a``, ``out`` are (batch, classes) of one float dtype; ``labels`` is (batch,)
integer.
"""

import math
from abc import ABC, abstractmethod
from functools import cache
from typing import ClassVar

import numpy as np

from nntrain.errors import SettingsError
from nntrain.nn.activations import sigmoid, sigmoid_derivative
from nntrain.nn.arrays import Floats, Integers


class OutputLayer(ABC):
    """Activation, cost and delta of the last layer.

    ``inverse_temperature`` is the softmax's c > 0, and 1 for the others. ``label_smoothing`` is ε:
    the targets are ỹ ← (1 − ε) ỹ + ε/K for K classes, in the cost and in δ alike.
    """

    name: ClassVar[str]
    distribution: ClassVar[bool]
    """Whether the activations of one example sum to 1."""

    book_rate: ClassVar[float]
    """Nielsen's learning rate for mini-batches of 10 (chapters 1 and 3), or a similar one."""

    rate_origin: ClassVar[str] = "nntrain's own"
    """Where ``book_rate`` comes from."""

    default_rate: ClassVar[float]
    """``fit``'s learning rate if none is given, chosen on validation with its other defaults."""

    has_temperature: ClassVar[bool] = False

    def __init__(self, inverse_temperature: float = 1.0, label_smoothing: float = 0.0) -> None:
        self.inverse_temperature = inverse_temperature
        self.label_smoothing = label_smoothing

    @abstractmethod
    def activate(self, z: Floats, out: Floats) -> None:
        """Write the output activations into ``out``, which may be ``z`` itself."""

    @abstractmethod
    def log_activate(self, z: Floats) -> Floats:
        """Return the logarithms of the output activations, new (batch, classes)."""

    @abstractmethod
    def cost(self, z: Floats, labels: Integers) -> Floats:
        """Return the cost of each example, new (batch,)."""

    def constant_cost(self, classes: int) -> float:
        """Return the cost of an example where each output is the share of its class, 1/K."""
        z = 0.0 if self.distribution else -math.log(max(1, classes - 1))
        return float(self.cost(np.full((1, classes), z), np.zeros(1, np.int64))[0])

    @abstractmethod
    def delta(self, a: Floats, z: Floats, labels: Integers, out: Floats) -> None:
        """Write δ^L = ∂C/∂z of each example into ``out``; ``a`` and ``z`` are only read."""

    def _error(self, a: Floats, labels: Integers, out: Floats) -> None:
        """Write a − ỹ. Labels must be classes of ``a``."""
        # mode="clip" is the only mode that does not allocate
        targets = _targets(a.shape[1], a.dtype.char, self.label_smoothing)
        targets.take(labels, 0, out, "clip")
        np.subtract(a, out, out)


class SoftmaxLogLikelihood(OutputLayer):
    """Softmax activations a_j = exp(c z_j) / Σ_k exp(c z_k) with the cost −ln a_y."""

    name = "softmax+log-likelihood"
    distribution = True
    book_rate = 0.5
    rate_origin = "as for cross-entropy, whose δ has the same form: the book gives none"
    default_rate = 0.2
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
        self._error(a, labels, out)
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
            targets = _targets(z.shape[1], z.dtype.char, self.label_smoothing)[labels]
            smoothed: Floats = (targets * _softplus(-z) + (1 - targets) * _softplus(z)).sum(axis=1)
            return smoothed
        total: Floats = _softplus(_towards_wrong(z, labels)).sum(axis=1)
        return total

    def delta(self, a: Floats, z: Floats, labels: Integers, out: Floats) -> None:
        """Write a − ỹ."""
        self._error(a, labels, out)


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
            error -= _targets(z.shape[1], z.dtype.char, self.label_smoothing)[labels]
        else:
            error = _towards_wrong(z, labels)
            sigmoid(error, error)
        half_square: Floats = 0.5 * np.square(error).sum(axis=1)
        return half_square

    def delta(self, a: Floats, z: Floats, labels: Integers, out: Floats) -> None:
        """Write (a − ỹ) ⊙ σ'(z)."""
        self._error(a, labels, out)
        slope = np.empty_like(a)
        sigmoid_derivative(a, slope)
        np.multiply(out, slope, out)


@cache
def _targets(classes: int, dtype: str, smoothing: float) -> Floats:
    """Return ỹ of each class as rows: the identity matrix, smoothed."""
    targets: Floats = ((1 - smoothing) * np.eye(classes) + smoothing / classes).astype(dtype)
    return targets


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
    layer.name: layer for layer in (SoftmaxLogLikelihood, SigmoidCrossEntropy, SigmoidQuadratic)
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
            f"inverse_temperature = {inverse_temperature:g} applies to softmax+log-likelihood "
            f"only, not to {name}. Leave it at 1, or choose the softmax output."
        )
    return layer(inverse_temperature, label_smoothing)
