"""Initial weights and biases: random, and scaled so that neurons do not start saturated.

The draws do not depend on the output layer, so networks that differ only in their output start
from identical parameters.
"""

from collections.abc import Callable
from math import sqrt

import numpy as np

from nntrain.nn.arrays import Floats

Initialisation = Callable[[int, int, np.random.Generator], tuple[Floats, Floats]]
"""(fan_in, fan_out, generator) -> weights (fan_out, fan_in), biases (fan_out,), float64."""


def lecun(fan_in: int, fan_out: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Weights N(0, 1/fan_in), biases 0 (LeCun et al. 1998, "Efficient BackProp")."""
    return rng.standard_normal((fan_out, fan_in)) / sqrt(fan_in), np.zeros(fan_out)


def book_new(fan_in: int, fan_out: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Weights N(0, 1/fan_in), biases N(0, 1): the "new" start of Nielsen's chapter 3."""
    weights = rng.standard_normal((fan_out, fan_in)) / sqrt(fan_in)
    return weights, rng.standard_normal(fan_out)


def book_large(fan_in: int, fan_out: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Weights N(0, 1), biases N(0, 1): the "large" start of Nielsen's chapter 1."""
    return rng.standard_normal((fan_out, fan_in)), rng.standard_normal(fan_out)


def he(fan_in: int, fan_out: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Weights N(0, 2/fan_in), biases 0, for relu (He et al. 2015, arXiv:1502.01852)."""
    return rng.standard_normal((fan_out, fan_in)) * sqrt(2 / fan_in), np.zeros(fan_out)


INITIALISATIONS: dict[str, Initialisation] = {
    "new": book_new,
    "large": book_large,
    "lecun": lecun,
    "he": he,
}
