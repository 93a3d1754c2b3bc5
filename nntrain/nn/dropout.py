"""Dropout: in training every neuron is silent now and then, so that none relies on another.

At each mini-batch each neuron of an example is silent with probability p, and the others speak
1/(1 − p) times as loud, so that what the next layer hears is right on average and nothing has to
be changed when the network is used ("inverted" dropout; Srivastava et al. 2014). With m, 0 or
1/(1 − p) for each neuron, a^l is replaced by a^l ⊙ m, and so ∂a^l/∂z^l by f'(z^l) ⊙ m.
"""

from collections.abc import Sequence

import numpy as np

from nntrain.nn.activations import Activation
from nntrain.nn.arrays import Floats, aligned_empty


class Dropout:
    """Silences inputs and hidden neurons with a probability each, in buffers made once.

    The draws are those of ``seed`` (whole numbers) and of what ``begin_at`` was last given, so
    a training that is resumed needs no more than its place.
    """

    def __init__(self, inputs: float, hidden: float, seed: Sequence[int]) -> None:
        self.inputs = inputs
        self.hidden = hidden
        self.seed = tuple(seed)
        self._masks: dict[int, Floats] = {}
        self.begin_at(0, 0)

    def begin_at(self, epoch: int, place: int) -> None:
        """Draw from now on as always at this place: an epoch, and examples done of it."""
        self._rng = np.random.default_rng([*self.seed, epoch, place])

    def silence_inputs(self, a: Floats) -> None:
        """``a`` (batch, features) ← a ⊙ m, in place."""
        if self.inputs:
            np.multiply(a, self._mask(a, self.inputs), out=a)

    def silence(self, hidden: Activation, a: Floats, slope: Floats) -> None:
        """``slope`` ← f'(z) ⊙ m and ``a`` ← a ⊙ m, in place; ``a`` (batch, neurons) is f(z)."""
        hidden.derivative(a, slope)
        if self.hidden:
            mask = self._mask(a, self.hidden)
            np.multiply(slope, mask, out=slope)
            np.multiply(a, mask, out=a)

    def _mask(self, like: Floats, probability: float) -> Floats:
        """Return m shaped like ``like``, until the next call."""
        held = self._masks.get(like.shape[1])
        if held is None or len(held) < len(like):
            held = self._masks[like.shape[1]] = aligned_empty(like.shape, like.dtype)
        mask = held[: len(like)]
        self._rng.random(dtype=like.dtype.type, out=mask)
        # u is uniform in [0, 1): u + (1 − p) reaches 1 with probability 1 − p
        mask += like.dtype.type(1 - probability)
        np.floor(mask, out=mask)
        mask *= like.dtype.type(1 / (1 - probability))
        return mask
