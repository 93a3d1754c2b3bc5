"""What every output layer has: activation, cost and δ of the last layer, and the targets ỹ.

Shapes: ``z``, ``a``, ``out`` are (batch, classes) of one float dtype; ``labels`` is (batch,)
integer.
"""

import math
from abc import ABC, abstractmethod
from functools import cache
from typing import ClassVar

import numpy as np

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

    def error(self, a: Floats, labels: Integers, out: Floats) -> None:
        """Write a − ỹ. Labels must be classes of ``a``."""
        # mode="clip" is the only mode that does not allocate
        targets(a.shape[1], a.dtype.char, self.label_smoothing).take(labels, 0, out, "clip")
        np.subtract(a, out, out)


@cache
def targets(classes: int, dtype: str, smoothing: float) -> Floats:
    """Return ỹ of each class as rows: the identity matrix, smoothed."""
    rows: Floats = ((1 - smoothing) * np.eye(classes) + smoothing / classes).astype(dtype)
    return rows
