"""Array types, buffers aligned to cache lines, and the scaling of pixels to 0..1."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]
Array = NDArray[Any]

CACHE_LINE_BYTES = 64
NOTHING: Floats = np.empty((0, 0), np.float32)
"""Element 0 of lists that are indexed from 1, as in the book."""

LARGEST_PARAMETER = float(np.finfo(np.float32).max)
"""The limit for parameters read from a file, even float64 ones: other programs use float32."""


def aligned_empty(shape: tuple[int, ...], dtype: DTypeLike = np.float32) -> Floats:
    """Return an uninitialised C-ordered array whose first byte lies on a cache line.

    NumPy aligns its own arrays to 16 bytes; wide vector loads and stores that start in the
    middle of a cache line cost about a fifth of the time of a small mini-batch.
    """
    dtype = np.dtype(dtype)
    size_bytes = prod(shape) * dtype.itemsize
    raw = np.empty(size_bytes + CACHE_LINE_BYTES, dtype=np.uint8)
    offset = -raw.ctypes.data % CACHE_LINE_BYTES
    return raw[offset : offset + size_bytes].view(dtype).reshape(shape)


def scale_pixels(inputs: Array, out: Floats) -> None:
    """Write uint8 pixels, scaled from 0..255 to 0..1, into ``out``; floats are copied unchanged.

    ``inputs`` and ``out`` are (n, features).
    """
    np.copyto(out, inputs)  # faster than converting while multiplying
    if inputs.dtype == np.uint8:
        np.multiply(out, out.dtype.type(1 / 255), out)


class LayerArrays:
    """A weight and a bias array for each layer of a network, in one block of memory.

    ``vector`` holds the weights, then the biases. ``weights[l]`` (fan_out, fan_in) and
    ``biases[l]`` (fan_out,) are views of it, each starting on a cache line. An operation on all
    of them is one operation on ``vector``; ``all_weights`` is its part without the biases.
    ``W[l]`` and ``b[l]`` (1, fan_out) are the same arrays, indexed from 1 as in the book. All
    start as zeros, and so do the gaps between them.
    """

    def __init__(self, sizes: Sequence[int], dtype: DTypeLike) -> None:
        dtype = np.dtype(dtype)
        shapes: list[tuple[int, ...]] = [(fan_out, fan_in) for fan_in, fan_out in pairwise(sizes)]
        shapes += [(fan_out,) for fan_out in sizes[1:]]
        line = CACHE_LINE_BYTES // dtype.itemsize
        lengths = [-(-prod(shape) // line) * line for shape in shapes]
        ends = list(accumulate(lengths))
        self.vector = aligned_empty((ends[-1],), dtype)
        self.vector.fill(0)
        views = [
            self.vector[end - length : end][: prod(shape)].reshape(shape)
            for end, length, shape in zip(ends, lengths, shapes, strict=True)
        ]
        layers = len(sizes) - 1
        self.weights, self.biases = views[:layers], views[layers:]
        self.W = [NOTHING, *self.weights]
        self.b = [NOTHING, *(b[np.newaxis] for b in self.biases)]
        self.all_weights = self.vector[: ends[layers - 1]]

    @property
    def arrays(self) -> list[Floats]:
        """All weights, then all biases: the arrays themselves, not copies."""
        return [*self.weights, *self.biases]
