"""Stochastic gradient descent: what one step does to the parameters."""

from dataclasses import dataclass, field

import numpy as np

from nntrain.nn.arrays import LayerArrays
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

    ``velocity`` is shaped like the parameters; None without momentum.
    """

    def __init__(self, network: Network, momentum: float) -> None:
        self.parameters = network.layers
        self.momentum = momentum
        self.velocity = LayerArrays(network.sizes, network.dtype) if momentum else None

    def step(self, gradients: Gradients, decay: float) -> None:
        """Take one step. ``gradients`` carry η already; ``decay`` is ηλ/n."""
        p, g, W = self.parameters.vector, gradients.vector, self.parameters.all_weights
        if self.velocity is None:
            # W ← (1 − ηλ/n) W − η ∂C/∂W
            if decay:
                np.multiply(W, 1 - decay, out=W)
            np.subtract(p, g, out=p)
            return
        # V ← μV − η(∂C/∂W + λ/n W),  W ← W + V
        v = self.velocity.vector
        np.multiply(v, self.momentum, out=v)
        np.subtract(v, g, out=v)
        if decay:
            shrink = gradients.all_weights  # g has served
            np.multiply(W, decay, out=shrink)
            np.subtract(self.velocity.all_weights, shrink, out=self.velocity.all_weights)
        np.add(p, v, out=p)
