"""Comparison: is the difference between two networks more than chance?

Over seeds: the paired difference of a figure, with Student's interval. Over test examples:
McNemar's test, which counts only the examples where one network is right and the other wrong.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from nntrain.errors import NntrainError

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Spread:
    """A mean over ``n`` seeds; ``sd`` is the sample standard deviation, None for one seed."""

    mean: float
    sd: float | None
    n: int

    def interval(self) -> tuple[float, float] | None:
        """Return Student's 95 % interval of the mean, ± t s/√n with n − 1 degrees of freedom.

        None for one seed.
        """
        if self.sd is None:
            return None
        half = t_quantile((1 + CONFIDENCE) / 2, self.n - 1) * self.sd / math.sqrt(self.n)
        return self.mean - half, self.mean + half


@dataclass(frozen=True)
class PairedDifference:
    """The mean over ``n`` pairs of a − b, with its 95 % interval (None for one pair)."""

    mean: float
    low: float | None
    high: float | None
    n: int

    @property
    def distinguishable(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and self.low * self.high > 0


@dataclass(frozen=True)
class McNemar:
    """``only_a`` examples that only a classified correctly, ``only_b`` that only b did.

    ``p_value`` is exact and two-sided: the probability that chance splits their sum at least as
    unevenly.
    """

    only_a: int
    only_b: int
    p_value: float


def spread(values: Sequence[float]) -> Spread:
    """Return mean and sample standard deviation; NntrainError without values."""
    if not values:
        raise NntrainError("spread: expected at least one value, got none.")
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return Spread(float(np.mean(values)), sd, len(values))


def paired_difference(a: Sequence[float], b: Sequence[float]) -> PairedDifference:
    """Return the mean of a − b with Student's interval over the pairs.

    ``a`` and ``b`` are one figure each a seed, in the same order; NntrainError otherwise.
    """
    if len(a) != len(b):
        raise NntrainError(f"paired_difference: expected pairs, got {len(a)} and {len(b)} values.")
    differences = [x - y for x, y in zip(a, b, strict=True)]
    of = spread(differences)
    low, high = of.interval() or (None, None)
    return PairedDifference(of.mean, low, high, of.n)


def mcnemar(right_a: npt.ArrayLike, right_b: npt.ArrayLike) -> McNemar:
    """Return McNemar's exact test (McNemar 1947) of two networks on the same examples.

    ``right_a`` and ``right_b`` are bool arrays of one shape: whether each answer was right.
    """
    a, b = np.asarray(right_a, bool), np.asarray(right_b, bool)
    if a.shape != b.shape:
        raise NntrainError(f"mcnemar: expected one shape, got {a.shape} and {b.shape}.")
    only_a, only_b = int(np.sum(a & ~b)), int(np.sum(b & ~a))
    return McNemar(only_a, only_b, _two_sided_binomial(min(only_a, only_b), only_a + only_b))


def _two_sided_binomial(fewer: int, n: int) -> float:
    """Return min(1, 2 P(X ≤ fewer)) for X ~ Binomial(n, ½), summed from logarithms."""
    log_terms = [
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2)
        for k in range(fewer + 1)
    ]
    return min(1.0, 2 * math.fsum(math.exp(term) for term in log_terms))


@cache
def t_quantile(p: float, df: int) -> float:
    """Return the ``p``-quantile of Student's t with ``df`` ≥ 1 degrees of freedom, 0.5 ≤ p < 1.

    The distribution function is closed for whole degrees of freedom (Abramowitz and Stegun
    26.7.3 and 26.7.4) and is inverted by halving an interval.
    """
    low, high = 0.0, 1.0
    while _t_cdf(high, df) < p:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _t_cdf(middle, df) < p else (low, middle)
    return (low + high) / 2


def _t_cdf(t: float, df: int) -> float:
    """Return P(T ≤ t) for t ≥ 0: ½(1 + A(t|ν)), with θ = arctan(t/√ν).

    A is sin θ {1 + ½ cos²θ + (1·3)/(2·4) cos⁴θ + … up to cos^{ν−2}} for even ν, and
    2/π {θ + sin θ [cos θ + ⅔ cos³θ + … up to cos^{ν−2}]} for odd ν.
    """
    theta = math.atan(t / math.sqrt(df))
    cosine_squared = math.cos(theta) ** 2
    odd = df % 2 == 1
    term = math.cos(theta) if odd else 1.0
    total = 0.0
    for power in range(1 if odd else 0, df - 1, 2):
        total += term
        term *= cosine_squared * (power + 1) / (power + 2)
    inside = math.sin(theta) * total
    return 0.5 * (1 + (2 / math.pi * (theta + inside) if odd else inside))
