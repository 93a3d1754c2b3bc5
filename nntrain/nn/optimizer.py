"""Stochastic gradient descent: its settings, and what one step does to the parameters."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nntrain.errors import DivergenceError
from nntrain.nn.arrays import Floats, LayerArrays
from nntrain.nn.backprop import Gradients, Workspace, gradients
from nntrain.nn.network import Network
from nntrain.nn.schedules import Schedule


@dataclass(frozen=True)
class SGD:
    """The settings of gradient descent.

    ``weight_decay`` is the book's λ in the cost term λ/2n Σ W², with n the size of the
    training set; biases are not decayed. ``max_norm`` limits the Euclidean norm of each hidden
    neuron's incoming weights. ``average_epochs``, if not 0, is the number of epochs over which
    the weights are averaged; the average is then the result. ``patience`` stops training after
    that many epochs without improvement in validation accuracy.
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


class Optimizer:
    """Steps of gradient descent on a network's parameters, in place.

    ``momentum`` is μ, and ``decay`` is λ/n with n = ``examples``. ``velocity`` is shaped like the
    parameters, or None where μ is 0. With a max-norm each step ends with ``limit_norms``.
    """

    def __init__(self, network: Network, sgd: SGD, examples: int) -> None:
        self.network = network
        self.momentum = sgd.momentum
        self.decay = sgd.weight_decay / examples
        self.max_norm = sgd.max_norm
        self.gradients = Gradients(network)
        self.velocity = LayerArrays(network.sizes, network.dtype) if sgd.momentum else None

    def step(self, work: Workspace, rate: float) -> None:
        """Take one step of learning rate η = ``rate`` on m examples.

        ``work`` holds what ``forward`` and ``backward`` computed, every δ with the factor η/m.
        """
        self._update(work, rate)
        if self.max_norm is not None:
            limit_norms(self.network.weights, self.max_norm)

    def _update(self, work: Workspace, rate: float) -> None:
        """Compute the gradients, which have η as a factor, then update the parameters."""
        gradients(work, self.gradients)
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
            decayed = self.gradients.all_weights  # the gradients are no longer needed
            np.multiply(self.network.layers.all_weights, rate * self.decay, decayed)
            np.subtract(self.velocity.all_weights, decayed, self.velocity.all_weights)


def limit_norms(weights: Sequence[Floats], limit: float) -> None:
    """Scale each row down to a Euclidean norm of at most ``limit``, in place.

    ``weights`` are (fan_out, fan_in) matrices; the last, the output layer's, stays unchanged.
    """
    for W in weights[:-1]:
        squares = np.einsum("jk,jk->j", W, W)
        if squares.max() > limit**2:
            np.multiply(W, (limit / np.sqrt(np.maximum(squares, limit**2)))[:, np.newaxis], out=W)


def divergence(network: Network, sgd: SGD, examples: int, when: str) -> DivergenceError:
    """Return the error for a diverged training run, with advice.

    ``examples`` is the size of the training set, ``when`` the moment in words.
    """
    layers = zip(network.weights, network.biases, strict=True)
    finite = [bool(np.isfinite(W).all() and np.isfinite(b).all()) for W, b in layers]
    where = f"layer {finite.index(False) + 1}" if False in finite else "the cost"
    shrink = sgd.learning_rate * sgd.weight_decay / examples
    if shrink >= 1:  # W ← (1 − ηλ/n) W − … flips the sign of W; above 2, W grows
        to_try = f"weight_decay {sgd.weight_decay / shrink / 10:.2g}"
        if sgd.weight_decay < examples:  # so η is above 1, which is the mistake
            to_try = f"learning_rate {min(sgd.learning_rate / shrink / 10, 1.0):.2g}"
        advice = (
            f"Weight decay exceeds the weights: learning_rate × weight_decay / n is {shrink:.3g} "
            f"and must be below 1; try {to_try}."
        )
    else:
        advice = (
            f"The steps are too large: learning_rate is {sgd.learning_rate:g}, try "
            f"{min(sgd.learning_rate / 10, 1.0):g}."
        )
    return DivergenceError(f"Training diverged in {when}: {where} is no longer finite. {advice}")
