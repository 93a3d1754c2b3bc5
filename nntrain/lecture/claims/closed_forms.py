"""The lecture's formulas as it writes them, independent of the code under test.

The product computes its sigmoid from tanh, its softmax from differences to the maximum, and each
δ by a formula of its own. Here both activations are 1 / (1 + o) with a sum of exponentials o, of
which the logarithm is kept, and δ is the chain rule Σ_j ∂C/∂a_j ∂a_j/∂z_k. An output layer is
named by its activation and cost, so every combination of the two tables below is covered.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nntrain.nn.arrays import Floats, Integers

LARGEST_EXPONENT = 700.0  # e^709 is near the largest float64; e^−700 is 0 to 300 decimals


@dataclass(frozen=True, eq=False)
class Activations:
    """Activations ``a``, and ``rest`` = 1 − a without cancellation, (n, classes) each.

    ``log_a`` and ``log_rest`` are their logarithms. ``coupling`` is ∂a_j/∂z_k off the diagonal
    divided by −a_j a_k: c for softmax, 0 for sigmoid. On the diagonal ∂a_j/∂z_j = c a_j (1 − a_j).
    """

    a: Floats
    rest: Floats
    log_a: Floats
    log_rest: Floats
    c: float
    coupling: float

    def jacobian(self) -> Floats:
        """Return ∂a_j/∂z_k, (n, classes, classes)."""
        off: Floats = -self.coupling * self.a[:, :, np.newaxis] * self.a[:, np.newaxis, :]
        diagonal = np.arange(self.a.shape[1])
        off[:, diagonal, diagonal] = self.c * self.a * self.rest
        return off


def softmax_layer(z: Floats, c: float = 1.0) -> Activations:
    """Return a_j = 1 / (1 + Σ_{k≠j} exp(c (z_k − z_j))) for ``z`` (n, classes)."""
    log_others = c * (z[:, np.newaxis, :] - z[:, :, np.newaxis])
    diagonal = np.arange(z.shape[1])
    log_others[:, diagonal, diagonal] = -np.inf
    return _activations(np.logaddexp.reduce(log_others, axis=2), c, c)


def sigmoid_layer(z: Floats, c: float = 1.0) -> Activations:
    """Return a = 1 / (1 + e^−cz), elementwise; the product knows only c = 1."""
    return _activations(-c * z, c, 0.0)


def _activations(log_others: Floats, c: float, coupling: float) -> Activations:
    """Return the activations for ln o, (n, classes)."""
    log_a = -np.logaddexp(0, log_others)
    log_rest = -np.logaddexp(0, -log_others)
    return Activations(_exp(log_a), _exp(log_rest), log_a, log_rest, c, coupling)


ACTIVATIONS: dict[str, Callable[[Floats, float], Activations]] = {
    "softmax": softmax_layer,
    "sigmoid": sigmoid_layer,
}


@dataclass(frozen=True)
class Cost:
    """C of each example, (n,), and ∂C/∂a, (n, classes), from the activations and the targets ỹ."""

    value: Callable[[Activations, Floats], Floats]
    gradient: Callable[[Activations, Floats], Floats]


def _error(of: Activations, target: Floats) -> Floats:
    """Return a − ỹ = (1 − ỹ) a − ỹ (1 − a), which keeps its digits where a is near 1."""
    error: Floats = (1 - target) * of.a - target * of.rest
    return error


COSTS = {
    # ½ Σ_j (a_j − ỹ_j)²
    "quadratic": Cost(lambda of, y: 0.5 * np.square(_error(of, y)).sum(axis=1), _error),
    # −Σ_j [ỹ_j ln a_j + (1−ỹ_j) ln(1−a_j)]
    "cross-entropy": Cost(
        lambda of, y: -(y * of.log_a + (1 - y) * of.log_rest).sum(axis=1),
        lambda of, y: (1 - y) / of.rest - y / of.a,
    ),
    # −Σ_j ỹ_j ln a_j
    "log-likelihood": Cost(
        lambda of, y: -(y * of.log_a).sum(axis=1),
        lambda of, y: -y / of.a,
    ),
}


def layer_activations(name: str, z: Floats, c: float = 1.0) -> Activations:
    """Return the activations of the output layer ``name``, as "softmax+log-likelihood"."""
    return ACTIVATIONS[name.partition("+")[0]](z, c)


def cost(name: str, of: Activations, target: Floats) -> Floats:
    """Return the cost (n,) of the output layer ``name`` for targets ỹ (n, classes)."""
    return COSTS[name.partition("+")[2]].value(of, target)


def delta(name: str, of: Activations, target: Floats) -> Floats:
    """Return δ_k = Σ_j ∂C/∂a_j ∂a_j/∂z_k, (n, classes), of the output layer ``name``."""
    gradient = COSTS[name.partition("+")[2]].gradient(of, target)
    deltas: Floats = np.einsum("nj,njk->nk", gradient, of.jacobian())
    return deltas


def one_hot(labels: Integers, classes: int, smoothing: float = 0.0) -> Floats:
    """Return ỹ (n, classes): 1 at the true class, 0 elsewhere, then (1 − ε) ỹ + ε/K."""
    target: Floats = (1 - smoothing) * np.eye(classes)[labels] + smoothing / classes
    return target


def softmax(z: Floats, c: float = 1.0) -> Floats:
    """Return the softmax of c z for ``z`` (n, classes)."""
    return softmax_layer(z, c).a


def sigmoid(z: Floats) -> Floats:
    """Return σ(z), elementwise."""
    return sigmoid_layer(z).a


def _sigmoid_slope(z: Floats) -> Floats:
    """Return σ'(z) = σ(z) (1 − σ(z)), with 1 − σ without cancellation."""
    of = sigmoid_layer(z)
    slope: Floats = of.a * of.rest
    return slope


HIDDEN: dict[str, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]] = {
    "sigmoid": (sigmoid, _sigmoid_slope),
    # tanh z = 2σ(2z) − 1
    "tanh": (lambda z: 2 * sigmoid(2 * z) - 1, lambda z: 4 * _sigmoid_slope(2 * z)),
    "relu": (lambda z: np.where(z > 0, z, 0.0), lambda z: np.where(z > 0, 1.0, 0.0)),
}
"""f and f' of each hidden activation."""


def _exp(exponents: Floats) -> Floats:
    powers: Floats = np.exp(np.clip(exponents, -LARGEST_EXPONENT, LARGEST_EXPONENT))
    return powers
