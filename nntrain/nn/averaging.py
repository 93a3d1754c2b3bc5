"""Averaged weights: a running average of the weights over the last epochs.

Noise in mini-batch gradients makes the weights fluctuate around the minimum. Their average lies
closer to it and is more accurate, most of all while the learning rate is large (Polyak and
Juditsky 1992; the exponential moving average of most training recipes today).
"""

from math import exp

import numpy as np

from nntrain.nn.arrays import aligned_empty
from nntrain.nn.network import Network

UPDATES_PER_EPOCH = 16
"""Enough for averages over half an epoch or more, at no noticeable cost in time."""


def share(epochs: float, examples: int, epoch: int, before: int, done: int) -> float:
    """Return the weight s of θ in an update θ̄ ← θ̄ + s (θ − θ̄); 0 between updates.

    The average is over about the last ``epochs`` epochs of ``examples`` examples. ``epoch`` epochs
    are finished, and the current one has gone from ``before`` to ``done`` examples. With dt epochs
    since the last update and T since the start, s is the larger of 1 − exp(−dt/epochs) and dt/T:
    at first all moments since the start count alike.
    """
    last, now = (UPDATES_PER_EPOCH * n // examples for n in (before, done))
    if now == last:
        return 0.0
    elapsed = (now - last) / UPDATES_PER_EPOCH
    since_start = epoch + now / UPDATES_PER_EPOCH
    return max(1 - exp(-elapsed / epochs), elapsed / since_start)


class Average:
    """The average of a network's parameters over about the last ``epochs`` epochs.

    ``network`` holds the average θ̄; an epoch has ``examples`` examples.
    """

    def __init__(self, network: Network, epochs: float, examples: int) -> None:
        self.network = network.copy()
        self.epochs = epochs
        self.examples = examples
        self._change = aligned_empty(network.layers.vector.shape, network.dtype)

    def update(self, network: Network, epoch: int, before: int, done: int) -> None:
        """Include the parameters of ``network`` if an update is due, with their ``share``."""
        s = share(self.epochs, self.examples, epoch, before, done)
        if not s:
            return
        mean = self.network.layers.vector
        np.subtract(network.layers.vector, mean, out=self._change)
        np.multiply(self._change, s, out=self._change)
        np.add(mean, self._change, out=mean)
