"""Averaged weights: a second network follows the one that learns, and is less shaken.

Mini-batches push the weights to and fro around where they are going. The average of the last
ones is nearer to it, and better, above all while the learning rate is still large (Polyak and
Juditsky 1992; the exponential average of most training recipes today).
"""

from math import exp

import numpy as np

from nntrain.nn.arrays import aligned_empty
from nntrain.nn.network import Network

TIMES_AN_EPOCH = 16
"""Often enough for averages over half an epoch and more, and of no weight in the time."""


def share(epochs: float, examples: int, epoch: int, before: int, done: int) -> float:
    """Return s in θ̄ ← θ̄ + s (θ − θ̄), 0 where it is not time yet.

    ``epoch`` were finished, and of the next ``before``, then ``done`` of its ``examples``. With dt
    epochs since the last time and T since the start, s = 1 − exp(−dt/epochs), or dt/T where that
    is more: until there is enough to forget, all that was counts the same.
    """
    last, now = (TIMES_AN_EPOCH * n // examples for n in (before, done))
    if now == last:
        return 0.0
    elapsed = (now - last) / TIMES_AN_EPOCH
    return max(1 - exp(-elapsed / epochs), elapsed / (epoch + now / TIMES_AN_EPOCH))


class Average:
    """The average of a network's parameters over about the last ``epochs`` epochs.

    ``network`` holds θ̄.
    """

    def __init__(self, network: Network, epochs: float, examples: int) -> None:
        self.network = network.copy()
        self.epochs = epochs
        self.examples = examples
        self._change = aligned_empty(network.layers.vector.shape, network.dtype)

    def follow(self, network: Network, epoch: int, before: int, done: int) -> None:
        """Take the network's parameters in, if it is time; see ``share``."""
        s = share(self.epochs, self.examples, epoch, before, done)
        if not s:
            return
        mean = self.network.layers.vector
        np.subtract(network.layers.vector, mean, out=self._change)
        np.multiply(self._change, s, out=self._change)
        np.add(mean, self._change, out=mean)
