"""A hidden activation: a function of z, and its derivative expressed through its value.

Backpropagation keeps a = f(z) and not z, so each f'(z) here is written in terms of a.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from nntrain.nn.arrays import Floats

# As arrays: converting a number each time doubles the time of a small operation. For the same
# reason, code that runs for each mini-batch passes ``out`` by position: np.multiply(a, b, out).
_ZERO, _HALF, _ONE = (np.array(number, np.float32) for number in (0, 0.5, 1))


class Activation(ABC):
    """An elementwise function for hidden layers."""

    name: ClassVar[str]

    @abstractmethod
    def apply(self, z: Floats, out: Floats) -> None:
        """Write f(z) into ``out`` (same shape and dtype; ``out`` may be ``z`` itself)."""

    @abstractmethod
    def derivative(self, a: Floats, out: Floats) -> None:
        """Write f'(z), expressed through ``a`` = f(z), into ``out`` (same shape, overwritten)."""


def sigmoid(z: Floats, out: Floats) -> None:
    """Write σ(z) = 1/(1 + e^−z) = ½(1 + tanh(z/2)) into ``out``.

    tanh cannot overflow. The absolute error is that of a number near 1, 6e-8 in float32, so a
    far negative z gives 0 where the exact value is below that.
    """
    np.multiply(z, _HALF, out)
    np.tanh(out, out)
    np.multiply(out, _HALF, out)
    np.add(out, _HALF, out)


def sigmoid_derivative(a: Floats, out: Floats) -> None:
    """Write σ'(z) = σ(z)(1 − σ(z)) = a(1 − a) into ``out``."""
    np.subtract(_ONE, a, out)
    np.multiply(out, a, out)


class Sigmoid(Activation):
    """σ(z) = 1/(1 + e^−z), σ' = a(1 − a)."""

    name = "sigmoid"

    apply = staticmethod(sigmoid)
    derivative = staticmethod(sigmoid_derivative)


class Tanh(Activation):
    """tanh(z), tanh' = 1 − a²."""

    name = "tanh"

    def apply(self, z: Floats, out: Floats) -> None:
        """Write tanh(z) into ``out``."""
        np.tanh(z, out)

    def derivative(self, a: Floats, out: Floats) -> None:
        """Write 1 − a² into ``out``."""
        np.multiply(a, a, out)
        np.subtract(_ONE, out, out)


class Relu(Activation):
    """max(0, z); the derivative is 1 where a > 0 and 0 elsewhere, 0 at z = 0 by convention."""

    name = "relu"

    def apply(self, z: Floats, out: Floats) -> None:
        """Write max(0, z) into ``out``."""
        np.maximum(z, _ZERO, out=out)

    def derivative(self, a: Floats, out: Floats) -> None:
        """Write 1 where a > 0, else 0, into ``out``."""
        np.sign(a, out)  # a is never negative


ACTIVATIONS: dict[str, Activation] = {f.name: f for f in (Sigmoid(), Tanh(), Relu())}
