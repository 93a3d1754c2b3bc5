"""Derivatives by differences, with a step that does not depend on the derivative under test."""

from collections.abc import Callable

import numpy as np

from nntrain.nn.arrays import Floats, Integers

STEP = 1e-3
"""Where truncation and rounding of the five-point rule are about equal: h ≈ ε^{1/5}."""


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


def size(cost: Floats, z: Floats) -> Floats:
    """Return max(1, C, |z|) of each example, (n, 1), for ``cost`` (n,) and ``z`` (n, classes).

    The rounding of C, and of a z that moves, are in proportion to it, and so is the error of a
    slope; with a softmax's c, ``z`` is c z.
    """
    sizes: Floats = np.maximum(1, np.maximum(cost, np.abs(z).max(axis=1, initial=0)))
    return sizes[:, np.newaxis]
