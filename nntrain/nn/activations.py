"""A hidden activation: a function of z, and its derivative expressed through its value.

Backpropagation keeps a = f(z) and not z, so each f'(z) here is written in terms of a.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nntrain.nn.arrays import Floats

# Arrays, because converting a number on every call doubles the time of a small operation. For
# the same reason, code that runs for each mini-batch passes ``out`` by position:
# np.multiply(a, b, out).
_ZERO, _HALF, _ONE = (np.array(number, np.float32) for number in (0, 0.5, 1))


@dataclass(frozen=True)
class Activation:
    """An elementwise function f for hidden layers.

    ``apply(z, out)`` writes f(z) into ``out``, of the same shape and dtype, which may be ``z``
    itself. ``derivative(a, out)`` writes f'(z), expressed through ``a`` = f(z), into ``out``.
    """

    name: str
    apply: Callable[[Floats, Floats], None]
    derivative: Callable[[Floats, Floats], None]


def sigmoid(z: Floats, out: Floats) -> None:
    """Write σ(z) = 1/(1 + e^−z) = ½(1 + tanh(z/2)) into ``out``.

    tanh cannot overflow. The absolute error is that of a number near 1, 6e-8 in float32, so a
    very negative z, whose exact value is smaller, gives 0.
    """
    np.multiply(z, _HALF, out)
    np.tanh(out, out)
    np.multiply(out, _HALF, out)
    np.add(out, _HALF, out)


def sigmoid_derivative(a: Floats, out: Floats) -> None:
    """Write σ'(z) = σ(z)(1 − σ(z)) = a(1 − a) into ``out``."""
    np.subtract(_ONE, a, out)
    np.multiply(out, a, out)


def _tanh(z: Floats, out: Floats) -> None:
    np.tanh(z, out)


def _tanh_derivative(a: Floats, out: Floats) -> None:
    # tanh' = 1 − a²
    np.multiply(a, a, out)
    np.subtract(_ONE, out, out)


def _relu(z: Floats, out: Floats) -> None:
    np.maximum(z, _ZERO, out=out)


def _relu_derivative(a: Floats, out: Floats) -> None:
    # 1 where a > 0, else 0, also at z = 0; a is never negative
    np.sign(a, out)


ACTIVATIONS = {
    f.name: f
    for f in (
        Activation("sigmoid", sigmoid, sigmoid_derivative),
        Activation("tanh", _tanh, _tanh_derivative),
        Activation("relu", _relu, _relu_derivative),
    )
}
