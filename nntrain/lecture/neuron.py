"""A single neuron and one example: the book's demonstration of the learning slowdown.

A sigmoid neuron with input x = 1 learns the output 0. The quadratic cost ½a² has the gradient
∂C/∂w = a σ'(z) x, and the cross-entropy −ln(1 − a) has ∂C/∂w = a x; ∂C/∂b is the same without x.
(Nielsen, chapter 3, "The cross-entropy cost function".)
"""

import math
from dataclasses import dataclass

EPOCHS = 300
STARTS = ((0.6, 0.9), (2.0, 2.0))
RATES = {"quadratic": 0.15, "cross-entropy": 0.005}


@dataclass(frozen=True)
class Curve:
    """One training run: ``outputs`` and ``costs`` before each epoch and at the end."""

    cost_name: str
    learning_rate: float
    weight: float
    bias: float
    outputs: tuple[float, ...]
    costs: tuple[float, ...]

    def flat_epochs(self) -> int:
        """Return the epochs until the cost has fallen by 10 %; all of them if it never does."""
        start = self.costs[0]
        fallen = (i for i, cost in enumerate(self.costs) if cost <= 0.9 * start)
        return next(fallen, len(self.costs) - 1)


def demonstrate() -> list[Curve]:
    """Return the four curves: each cost from each start."""
    return [
        train(cost_name, rate, *start) for cost_name, rate in RATES.items() for start in STARTS
    ]


def train(
    cost_name: str, learning_rate: float, weight: float, bias: float, epochs: int = EPOCHS
) -> Curve:
    """Return the curve of one training run; ``cost_name`` is a key of ``RATES``."""
    w, b = weight, bias
    outputs, costs = [], []
    for _ in range(epochs + 1):
        z = w + b  # the input is 1
        a = 1 / (1 + math.exp(-z))
        outputs.append(a)
        # −ln(1 − σ(z)) = ln(1 + e^z)
        costs.append(0.5 * a * a if cost_name == "quadratic" else math.log1p(math.exp(z)))
        gradient = a * a * (1 - a) if cost_name == "quadratic" else a
        w -= learning_rate * gradient
        b -= learning_rate * gradient
    return Curve(cost_name, learning_rate, weight, bias, tuple(outputs), tuple(costs))
