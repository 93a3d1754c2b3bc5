"""A contestant: one way to do the work of a shape, round after round, on one network.

The work: sigmoid hidden layers, softmax with log-likelihood, plain gradient descent in float32;
each round takes every example once, in an order drawn afresh. All contestants start from the same
parameters and draw from the same generator, so that, rounding apart, they stay the same network:
a test compares their parameters after what is timed here.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Layers = list[tuple[Floats, Floats]]
"""Weights (fan_out, fan_in) and biases (fan_out,) of each layer."""


@dataclass(frozen=True)
class Problem:
    """Examples (n, 784) uint8 and (n,), n a multiple of the mini-batch, and where to start."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    layers: Layers
    batch_size: int
    learning_rate: float
    seed: int = 0

    @property
    def sizes(self) -> tuple[int, ...]:
        return (self.images.shape[1], *(len(b) for _, b in self.layers))

    def pixels(self) -> Floats:
        """Return the images as most libraries want them: float32 from 0 to 1."""
        return self.images.astype(np.float32) / np.float32(255)


@dataclass(frozen=True)
class Timing:
    """Seconds of a round's training; the evaluation that comes with it is apart."""

    seconds: float
    evaluation_seconds: float = 0.0


class Contestant(ABC):
    def __init__(self, problem: Problem, threads: int) -> None:
        self.problem = problem
        self.threads = threads
        self.rng = np.random.default_rng(problem.seed)

    def round(self) -> Timing:
        """Draw an order and train once through it."""
        begun = perf_counter()
        self.train(self.rng.permutation(len(self.problem.images)))
        return Timing(perf_counter() - begun)

    @abstractmethod
    def train(self, order: NDArray[Any]) -> None:
        """Train on the examples ``order`` (indices), and return when all is computed."""

    @abstractmethod
    def layers(self) -> Layers:
        """Return the parameters as they are now."""
