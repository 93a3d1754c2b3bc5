"""Inverted dropout: zero each activation with probability p, scale the rest by 1/(1 − p).

The scaling preserves the mean input of the next layer, so after training the network is used
unchanged (Srivastava et al. 2014). With m, 0 or 1/(1 − p) for each neuron and example, a^l is
replaced by a^l ⊙ m, and ∂a^l/∂z^l by f'(z^l) ⊙ m.
"""

from collections.abc import Sequence

import numpy as np

from nntrain.nn.arrays import Floats, Integers, aligned_empty


class Dropout:
    """Dropout with probability ``inputs`` for the inputs and ``hidden`` for the hidden neurons.

    The masks depend only on ``seed`` (whole numbers) and the last ``reseed``, so a resumed
    training needs only its position to draw the same masks. The buffers are allocated once.
    """

    def __init__(self, inputs: float, hidden: float, seed: Sequence[int]) -> None:
        self.inputs = inputs
        self.hidden = hidden
        self.seed = tuple(seed)
        self._masks: dict[int, Floats] = {}
        self._block: Floats = np.empty(0)
        self.reseed(0, 0)

    def reseed(self, epoch: int, done: int) -> None:
        """Seed the masks that follow by the position: ``done`` examples into ``epoch``."""
        self._rng = np.random.default_rng([*self.seed, epoch, done])

    def drop_inputs(self, a: Floats) -> None:
        """``a`` (batch, features) ← a ⊙ m, in place."""
        if self.inputs:
            np.multiply(a, self._mask(a, self.inputs), out=a)

    def drop_hidden(self, a: Floats, slope: Floats) -> None:
        """``a`` ← a ⊙ m and ``slope`` ← f'(z) ⊙ m, in place; both are (batch, neurons)."""
        if self.hidden:
            mask = self._mask(a, self.hidden)
            np.multiply(slope, mask, out=slope)
            np.multiply(a, mask, out=a)

    def draw_block(
        self, sizes: Sequence[int], batches: Sequence[int], dtype: np.dtype[np.floating]
    ) -> tuple[Floats, Integers]:
        """Return every m that ``forward`` would draw in turn for mini-batches of these sizes.

        Returns a vector of ``dtype``, which the next call overwrites, and (layers,) int64: where
        in it the masks of layer l begin, −1 for a layer without dropout. ``sizes`` are the
        network's.
        """
        inner = [self.inputs, *[self.hidden] * (len(sizes) - 2), 0.0]
        lengths = [sum(batches) * n * (p > 0) for n, p in zip(sizes, inner, strict=True)]
        starts = np.where(lengths, np.cumsum([0, *lengths[:-1]]), -1)
        if self._block.dtype != dtype or len(self._block) < sum(lengths):
            self._block = aligned_empty((sum(lengths),), dtype)
        done = 0
        for m in batches:
            for n, p, start in zip(sizes, inner, starts, strict=True):
                if p:
                    self._draw(self._block[start + done * n : start + (done + m) * n], p)
            done += m
        return self._block, starts

    def _mask(self, like: Floats, probability: float) -> Floats:
        """Return a new m shaped like ``like``; the next call overwrites it."""
        held = self._masks.get(like.shape[1])
        if held is None or len(held) < len(like):
            held = self._masks[like.shape[1]] = aligned_empty(like.shape, like.dtype)
        mask = held[: len(like)]
        self._draw(mask, probability)
        return mask

    def _draw(self, mask: Floats, probability: float) -> None:
        """Fill ``mask`` with 0 and 1/(1 − p)."""
        self._rng.random(dtype=mask.dtype.type, out=mask)
        # u is uniform in [0, 1): u + (1 − p) reaches 1 with probability 1 − p
        mask += mask.dtype.type(1 - probability)
        np.floor(mask, out=mask)
        mask *= mask.dtype.type(1 / (1 - probability))
