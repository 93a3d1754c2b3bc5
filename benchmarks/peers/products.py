"""The matrix products alone: the minimum work of any program on NumPy's BLAS.

Exactly the products of the forward pass, of (BP2) and of (BP4), on unrelated operands: nothing is
learnt.
"""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.contestant import Contestant, Floats, Layers, Problem

LINE_BYTES = 64


class Products(Contestant):
    def __init__(self, problem: Problem, threads: int) -> None:
        super().__init__(problem, threads)
        m, sizes = problem.batch_size, problem.sizes
        self.weights = [self._random(*shape[::-1]) for shape in pairwise(sizes)]
        self.activations = [self._random(m, size) for size in sizes]
        self.deltas = [self._random(m, size) for size in sizes]
        self.products: list[tuple[Floats, Floats, Floats]] = []
        for layer, W in enumerate(self.weights):
            # z^l = a^{l−1} Wᵀ
            self._add(self.activations[layer], W.T)
        for layer in reversed(range(len(self.weights))):
            delta = self.deltas[layer + 1]
            # (BP4) ∂C/∂W^l = (δ^l)ᵀ a^{l−1}
            self._add(delta.T, self.activations[layer])
            if layer > 0:
                # (BP2) δ^{l−1} = δ^l W^l, without f'
                self._add(delta, self.weights[layer])

    def _random(self, rows: int, columns: int) -> Floats:
        array = _aligned(rows, columns)
        array[...] = self.rng.random((rows, columns), np.float32)
        return array

    def _add(self, left: Floats, right: Floats) -> None:
        self.products.append((left, right, _aligned(left.shape[0], right.shape[1])))

    def train(self, order: NDArray[Any]) -> None:
        # dot, not matmul: the same BLAS call, without matmul's slow path for outer products
        dot = np.dot
        for _ in range(0, len(order), self.problem.batch_size):
            for left, right, out in self.products:
                dot(left, right, out)

    def layers(self) -> Layers:
        raise NotImplementedError("nothing is learnt")


def _aligned(rows: int, columns: int) -> Floats:
    """Return an array that starts on a cache line."""
    size_bytes = 4 * rows * columns
    raw = np.empty(size_bytes + LINE_BYTES, np.uint8)
    offset = -raw.ctypes.data % LINE_BYTES
    return raw[offset : offset + size_bytes].view(np.float32).reshape(rows, columns)
