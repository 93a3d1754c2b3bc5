"""A contestant: one implementation of a shape's work, round after round, on one network.

The work: sigmoid hidden layers, softmax with log-likelihood, plain gradient descent in float32;
each round takes every example once, in a new random order. All contestants start from the same
parameters and draw from the same generator, so apart from rounding their networks stay the same:
a test compares their parameters after the timed work.
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
    """Examples (n, 784) uint8 and (n,), n a multiple of the mini-batch, and initial parameters."""

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
        """Return the images as most libraries expect them: float32 from 0 to 1."""
        return self.images.astype(np.float32) / np.float32(255)


@dataclass(frozen=True)
class Timing:
    """Seconds of a round's training, and separately of any evaluation in it."""

    seconds: float
    evaluation_seconds: float = 0.0


class Contestant(ABC):
    def __init__(self, problem: Problem, threads: int) -> None:
        self.problem = problem
        self.threads = threads
        self.rng = np.random.default_rng(problem.seed)

    def round(self) -> Timing:
        """Draw an order and train on all examples once."""
        started = perf_counter()
        self.train(self.rng.permutation(len(self.problem.images)))
        return Timing(perf_counter() - started)

    @abstractmethod
    def train(self, order: NDArray[Any]) -> None:
        """Train on the examples ``order`` (indices); return when everything is computed."""

    @abstractmethod
    def layers(self) -> Layers:
        """Return the parameters as they are now."""
