"""The lecture's formulas: closed forms and differences, independent of the code under test.

The product computes its sigmoid from tanh and its softmax from differences to the maximum. Here
both are quotients of exponentials, as the lecture writes them.
"""

from collections.abc import Callable

import numpy as np

from nntrain.nn.arrays import Floats, Integers

STEP = 1e-3
LARGEST_EXPONENT = 700.0  # e^709 is near the largest float64; e^−700 is 0 to 300 decimals


def softmax(z: Floats, c: float = 1.0) -> Floats:
    """Return a_j = 1 / Σ_k exp(c (z_k − z_j)) for ``z`` (n, classes): C9 divided by exp(c z_j)."""
    differences = c * (z[:, np.newaxis, :] - z[:, :, np.newaxis])
    a: Floats = 1 / _exp(differences).sum(axis=2)
    return a


def sigmoid(z: Floats) -> Floats:
    """Return 1 / (1 + e^−z), elementwise."""
    a: Floats = 1 / (1 + _exp(-z))
    return a


def sigmoid_slope(z: Floats) -> Floats:
    """Return σ'(z) = 1 / (e^{z/2} + e^{−z/2})², elementwise, without cancellation."""
    slope: Floats = 1 / (_exp(z / 2) + _exp(-z / 2)) ** 2
    return slope


def through_softmax(a: Floats, error: Floats) -> Floats:
    """Return J e for rows a = softmax(z) and e: a_j Σ_k a_k (e_j − e_k), without cancellation."""
    differences = error[:, :, np.newaxis] - error[:, np.newaxis, :]
    product: Floats = a * np.einsum("mjk,mk->mj", differences, a)
    return product


def one_hot(labels: Integers, classes: int) -> Floats:
    """Return ỹ (n, classes): 1 at the true class, 0 elsewhere."""
    return np.eye(classes)[labels]


COST_GRADIENTS: dict[str, Callable[[Floats, Floats], Floats]] = {
    # of ½ Σ_j (a_j − ỹ_j)²
    "sigmoid+quadratic": lambda a, target: a - target,
    # of −Σ_j [ỹ_j ln a_j + (1−ỹ_j) ln(1−a_j)]
    "sigmoid+cross-entropy": lambda a, target: (1 - target) / (1 - a) - target / a,
}
"""∇_a C of each cost on sigmoid activations, from (a, ỹ), (n, classes) each."""


def slope(f: Callable[[float], Floats], step: float = STEP) -> Floats:
    """Return df/dt at t = 0 by the five-point rule; its error is h⁴/30 times f's fifth derivative.

    f' = (8 [f(h) − f(−h)] − [f(2h) − f(−2h)]) / 12h
    """
    near, far = f(step) - f(-step), f(2 * step) - f(-2 * step)
    derivative: Floats = (8 * near - far) / (12 * step)
    return derivative


def jacobian(f: Callable[[Floats], Floats], z: Floats, step: float = STEP) -> Floats:
    """Return ∂f_j/∂z_k, (n, outputs, classes), by differences.

    Row n of ``f(z)`` depends on row n of ``z`` alone.
    """
    axes = np.eye(z.shape[1])
    columns = [slope(lambda t, axis=axis: f(z + t * axis), step) for axis in axes]  # type: ignore[misc]  # mypy infers no lambda with defaults
    return np.stack(columns, axis=-1)


def cost_slopes(
    cost: Callable[[Floats, Integers], Floats], z: Floats, labels: Integers, step: float = STEP
) -> Floats:
    """Return ∂C/∂z, (n, classes), of a ``cost`` (n,) at ``z`` and ``labels``, by differences."""
    slopes: Floats = jacobian(lambda moved: cost(moved, labels)[:, np.newaxis], z, step)[:, 0]
    return slopes


def _exp(exponents: Floats) -> Floats:
    powers: Floats = np.exp(np.clip(exponents, -LARGEST_EXPONENT, LARGEST_EXPONENT))
    return powers
