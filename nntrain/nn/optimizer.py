"""Stochastic gradient descent: what one step does to the parameters."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nntrain.nn.arrays import Floats, Integers, LayerArrays
from nntrain.nn.backprop import Gradients, Workspace, backward
from nntrain.nn.gemm import adding, available
from nntrain.nn.network import Network
from nntrain.nn.schedules import Schedule


@dataclass(frozen=True)
class SGD:
    """How to descend.

    ``weight_decay`` is the book's λ in the cost term λ/2n Σ W², with n the size of the
    training set; biases are not decayed. ``max_norm`` limits the length of each hidden neuron's
    incoming weights. ``average_epochs``, where it is not 0, has the weights averaged over about
    so many epochs, and the average taken for the result. ``patience`` stops training after so
    many epochs without a better validation accuracy.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    momentum: float = 0.0
    weight_decay: float = 0.0
    schedule: Schedule = field(default_factory=Schedule)
    patience: int | None = None
    max_norm: float | None = None
    average_epochs: float = 0.0

    def rate(self, t: float) -> float:
        """Return the learning rate at time ``t`` in epochs."""
        return self.learning_rate * self.schedule.factor(t)


class Descent:
    """Steps of gradient descent on a network's parameters, in place, with momentum where μ > 0.

    ``decay`` is λ/n. ``velocity`` is shaped like the parameters; None without momentum.
    """

    path = "gradients by NumPy, then the step"

    def __init__(self, network: Network, momentum: float, decay: float) -> None:
        self.network = network
        self.momentum = momentum
        self.decay = decay
        self.gradients = Gradients(network)
        self.velocity = LayerArrays(network.sizes, network.dtype) if momentum else None

    def step(self, labels: Integers, rate: float, workspace: Workspace) -> None:
        """Take a step of learning rate ``rate`` on what the last ``forward`` left behind."""
        backward(self.network, labels, rate / len(labels), workspace, self.gradients)
        p, W, g = self.network.layers.vector, self.network.layers.all_weights, self.gradients
        if self.velocity is None:
            # W ← (1 − ηλ/n) W − η ∂C/∂W
            if self.decay:
                np.multiply(W, 1 - rate * self.decay, W)
            np.subtract(p, g.vector, p)
            return
        # V ← μV − η(∂C/∂W + λ/n W),  W ← W + V
        v = self.velocity.vector
        np.multiply(v, self.momentum, v)
        np.subtract(v, g.vector, v)
        self._decay_velocity(rate)
        np.add(p, v, p)

    def _decay_velocity(self, rate: float) -> None:
        """V ← V − ηλ/n W."""
        if self.decay and self.velocity is not None:
            decayed = self.gradients.all_weights  # the gradients have served
            np.multiply(self.network.layers.all_weights, rate * self.decay, decayed)
            np.subtract(self.velocity.all_weights, decayed, self.velocity.all_weights)


class AccumulatingDescent(Descent):
    """The same steps, with gradients added where they belong as they are computed."""

    path = "gradients added in one pass by SciPy"

    def __init__(self, network: Network, momentum: float, decay: float) -> None:
        super().__init__(network, momentum, decay)
        self._adding = adding(network.dtype)

    def step(self, labels: Integers, rate: float, workspace: Workspace) -> None:
        """Take a step as ``Descent`` does."""
        network, scale = self.network, -rate / len(labels)
        if self.velocity is None:
            # W ← (1 − ηλ/n) W − η ∂C/∂W
            add = add_weights = self._adding(1.0, scale)
            if self.decay:
                add_weights = self._adding(1.0 - rate * self.decay, scale)
            backward(network, labels, 1.0, workspace, network.layers, add, add_weights)
            return
        # V ← μV − η(∂C/∂W + λ/n W),  W ← W + V
        add = self._adding(self.momentum, scale)
        backward(network, labels, 1.0, workspace, self.velocity, add, add)
        self._decay_velocity(rate)
        np.add(network.layers.vector, self.velocity.vector, network.layers.vector)


def descent(network: Network, momentum: float, decay: float) -> Descent:
    """Return the faster of the two that this process has; see ``accumulation``."""
    kind = AccumulatingDescent if available() else Descent
    return kind(network, momentum, decay)


def limit_norms(weights: Sequence[Floats], most: float) -> None:
    """Shorten the rows of all ``weights`` but the output layer's to ``most``, in place."""
    for W in weights[:-1]:
        squares = np.einsum("jk,jk->j", W, W)
        if squares.max() > most**2:
            np.multiply(W, (most / np.sqrt(np.maximum(squares, most**2)))[:, np.newaxis], out=W)
