"""A single neuron and one example: the book's demonstration of the learning slowdown.

A sigmoid neuron with input x = 1 learns the output 0. The quadratic cost ½a² has the gradient
∂C/∂w = a σ'(z) x, and the cross-entropy −ln(1 − a) has ∂C/∂w = a x; ∂C/∂b is the same without x.
(Nielsen, chapter 3, "The cross-entropy cost function".) Cost and δ = ∂C/∂z are those of the
output layers that networks have.
"""

from dataclasses import dataclass

import numpy as np

from nntrain.nn.outputs import make_output

EPOCHS = 300
STARTS = ((0.6, 0.9), (2.0, 2.0))
RATES = {"quadratic": 0.15, "cross-entropy": 0.005}
"""The book's learning rates."""

SAME_RATE = 0.15
GOAL = 0.2
"""Both costs are compared by the epochs until the output is at most this."""

SURE = 800.0
"""σ(800) is 1 to all digits: neuron 1, the true class, adds nothing to the cost or to δ."""


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

    def epochs_to_goal(self) -> int | None:
        """Return the epochs until the output is at most ``GOAL``; None if it never is."""
        return next((i for i, a in enumerate(self.outputs) if a <= GOAL), None)


def demonstrate() -> list[Curve]:
    """Return the book's four curves: each cost from each start, each cost with its own η."""
    return [
        train(cost_name, rate, *start) for cost_name, rate in RATES.items() for start in STARTS
    ]


def demonstrate_same_rate() -> list[Curve]:
    """Return the same four curves with one η for both costs, ``SAME_RATE``."""
    return [train(cost_name, SAME_RATE, *start) for cost_name in RATES for start in STARTS]


def train(
    cost_name: str, learning_rate: float, weight: float, bias: float, epochs: int = EPOCHS
) -> Curve:
    """Return the curve of one training run; ``cost_name`` is a key of ``RATES``."""
    output, w, b = make_output(f"sigmoid+{cost_name}"), weight, bias
    label = np.array([1])  # so that the target of neuron 0, the one that learns, is 0
    outputs, costs = [], []
    for _ in range(epochs + 1):
        z = np.array([[w + b, SURE]])  # the input is 1
        a, delta = np.empty_like(z), np.empty_like(z)
        output.activate(z, a)
        output.delta(a, z, label, delta)
        outputs.append(float(a[0, 0]))
        costs.append(float(output.cost(z, label)[0]))
        w -= learning_rate * float(delta[0, 0])  # ∂C/∂w = δ x
        b -= learning_rate * float(delta[0, 0])
    return Curve(cost_name, learning_rate, weight, bias, tuple(outputs), tuple(costs))
