"""Stochastic gradient descent: what one step does to the parameters."""

from dataclasses import dataclass, field

import numpy as np

from nntrain.nn.arrays import Floats, aligned_empty
from nntrain.nn.backprop import Gradients
from nntrain.nn.network import Network
from nntrain.nn.schedules import Schedule


@dataclass(frozen=True)
class SGD:
    """How to descend.

    ``weight_decay`` is the book's λ in the cost term λ/2n Σ W², with n the size of the
    training set; biases are not decayed. ``patience`` stops training after so many epochs
    without a better validation accuracy.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    momentum: float = 0.0
    weight_decay: float = 0.0
    schedule: Schedule = field(default_factory=Schedule)
    patience: int | None = None

    def rate(self, t: float) -> float:
        """Return the learning rate at time ``t`` in epochs."""
        return self.learning_rate * self.schedule.factor(t)


class Descent:
    """Applies gradients to a network's parameters, in place, with momentum where μ > 0.

    ``velocity`` has one array a parameter, in the order of ``network.parameters``; it is
    empty without momentum.
    """

    def __init__(self, network: Network, momentum: float) -> None:
        self.parameters = network.parameters
        self.momentum = momentum
        self.velocity = [np.zeros_like(p) for p in self.parameters] if momentum else []
        largest = max(w.size for w in network.weights) if momentum else 0
        self._shrink = aligned_empty((largest,), network.dtype)

    def step(self, gradients: Gradients, decay: float) -> None:
        """Take one step. ``gradients`` carry η already; ``decay`` is ηλ/n."""
        for index, gradient in enumerate(gradients.weights):
            self._update(index, gradient, decay)
        for index, gradient in enumerate(gradients.biases, start=len(gradients.weights)):
            self._update(index, gradient, 0.0)

    def _update(self, index: int, gradient: Floats, decay: float) -> None:
        p = self.parameters[index]
        if not self.momentum:
            # W ← (1 − ηλ/n) W − η ∂C/∂W
            if decay:
                np.multiply(p, 1 - decay, out=p)
            np.subtract(p, gradient, out=p)
            return
        # V ← μV − η(∂C/∂W + λ/n W),  W ← W + V
        v = self.velocity[index]
        np.multiply(v, self.momentum, out=v)
        np.subtract(v, gradient, out=v)
        if decay:
            shrink = self._shrink[: p.size].reshape(p.shape)
            np.multiply(p, decay, out=shrink)
            np.subtract(v, shrink, out=v)
        np.add(p, v, out=p)
