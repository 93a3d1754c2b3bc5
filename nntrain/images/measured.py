"""Whether images have MNIST's normal form, measured: the box of the ink and its centre of mass."""

import numpy as np
from numpy.typing import NDArray

from nntrain.images.normal_form import BOX_SHARE

MEASURED = 1000
"""Images that are looked at, the first ones."""
AT_LEAST = 0.95
"""The share of them that must have the form; of MNIST's test set all have it."""


def have_normal_form(images: NDArray[np.uint8]) -> bool:
    """Return whether ``images`` (n, rows, columns), light on 0, have MNIST's normal form.

    The larger side of the ink's box is then 20 of 28 pixels, and its centre of mass lies within a
    pixel of the middle.
    """
    looked_at = images[:MEASURED].astype(np.float64)
    if not len(looked_at):
        return False
    ink = looked_at > 0
    larger = np.maximum(_length(ink, 2), _length(ink, 1))
    fits = larger == max(1, round(BOX_SHARE * min(images.shape[1:])))
    down, across = (_off_middle(looked_at.sum(axis=axis)) for axis in (2, 1))
    return bool(np.mean(fits & (down <= 1) & (across <= 1)) >= AT_LEAST)


def _length(ink: NDArray[np.bool_], axis: int) -> NDArray[np.int64]:
    """Return the length of each image's ink, seen along ``axis``; 0 without any."""
    inked: NDArray[np.bool_] = np.any(ink, axis=axis)
    n = inked.shape[1]
    ends = n - inked.argmax(axis=1) - inked[:, ::-1].argmax(axis=1)
    return np.where(inked.any(axis=1), ends, 0)


def _off_middle(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far the centre of mass of each row is from its middle, in pixels."""
    n = sums.shape[1]
    mass = np.maximum(sums.sum(axis=1), 1)
    off: NDArray[np.float64] = np.abs(sums @ np.arange(n) / mass - (n - 1) / 2)
    return off
