"""Comparison: is the difference between two networks more than chance?

Over seeds: the paired difference of a figure, with Student's interval. Over test examples:
McNemar's test, which counts only the examples where one network is right and the other wrong.
With several differences, Holm's correction keeps the chance of any false positive at 5 %.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from nntrain.errors import NntrainError

CONFIDENCE = 0.95
SIGNIFICANT = 0.05
"""A smaller p-value is significant."""
SMALLEST_P = 1e-16
"""A smaller p-value is shown as less than this: it is not 0, and its digits mean nothing."""
TERMS = 60
"""Terms of the continued fraction: enough for twelve digits at 1,000 degrees of freedom."""


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
    """The mean over ``n`` pairs of a − b, with its 95 % interval and p-value.

    ``p_value`` is that of Student's paired test of a mean of 0; ``p_adjusted`` is corrected by
    Holm's method for all differences judged together. All four are None for one pair.
    """

    mean: float
    low: float | None
    high: float | None
    n: int
    p_value: float | None
    p_adjusted: float | None

    @property
    def distinguishable(self) -> bool:
        """Whether the mean differs from 0 by more than chance, after Holm's correction."""
        return self.p_adjusted is not None and self.p_adjusted < SIGNIFICANT


@dataclass(frozen=True)
class McNemar:
    """``only_a`` examples were classified correctly by a only, ``only_b`` by b only.

    ``p_value`` is exact and two-sided: the probability that chance splits their sum at least as
    unevenly. ``p_adjusted`` is corrected by Holm's method for all pairs judged together.
    """

    only_a: int
    only_b: int
    p_value: float
    p_adjusted: float

    @property
    def distinguishable(self) -> bool:
        """Whether the two networks differ by more than chance, after Holm's correction."""
        return self.p_adjusted < SIGNIFICANT


Test = TypeVar("Test", bound=PairedDifference | McNemar | None)


def spread(values: Sequence[float]) -> Spread:
    """Return mean and sample standard deviation; NntrainError without values."""
    if not values:
        raise NntrainError("spread: expected at least one value, got none.")
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return Spread(float(np.mean(values)), sd, len(values))


def paired_difference(a: Sequence[float], b: Sequence[float]) -> PairedDifference:
    """Return the mean of a − b with Student's interval and paired test over the pairs.

    ``a`` and ``b`` have one figure per seed, in the same order; NntrainError if their lengths
    differ. With mean d̄ and deviation s of the n differences, t = d̄ √n / s has n − 1 degrees of
    freedom: Student, "The probable error of a mean", Biometrika 6 (1908) 1-25. If all differences
    are equal and not 0, as coarse accuracies of few seeds can be, their deviation is not known:
    interval and p are None. If all are 0, p is 1.
    """
    if len(a) != len(b):
        raise NntrainError(f"paired_difference: expected pairs, got {len(a)} and {len(b)} values.")
    differences = [x - y for x, y in zip(a, b, strict=True)]
    of = spread(differences)
    if not of.sd and of.mean:
        return PairedDifference(of.mean, None, None, of.n, None, None)
    low, high = of.interval() or (None, None)
    p = None
    if of.sd is not None:
        p = two_sided_p(abs(of.mean) * math.sqrt(of.n) / of.sd, of.n - 1) if of.sd else 1.0
    return PairedDifference(of.mean, low, high, of.n, p, p)


def mcnemar(right_a: npt.ArrayLike, right_b: npt.ArrayLike) -> McNemar:
    """Return McNemar's exact test of two networks on the same examples.

    Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12 (1947) 153-157; exact: by the binomial, not its normal
    approximation. ``right_a`` and ``right_b``: which answers are right, bool arrays of one shape.
    """
    a, b = np.asarray(right_a, bool), np.asarray(right_b, bool)
    if a.shape != b.shape:
        raise NntrainError(f"mcnemar: expected one shape, got {a.shape} and {b.shape}.")
    only_a, only_b = int(np.sum(a & ~b)), int(np.sum(b & ~a))
    p = _two_sided_binomial(min(only_a, only_b), only_a + only_b)
    return McNemar(only_a, only_b, p, p)


def holm(tests: Sequence[Test]) -> tuple[Test, ...]:
    """Return the tests with ``p_adjusted`` set; tests without a p-value do not count.

    Of m tests, the i-th smallest p becomes max over j ≤ i of (m − j + 1) p_j, at most 1.
    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979) 65-70.
    """
    p_values = [None if one is None else one.p_value for one in tests]
    family = sorted((p, at) for at, p in enumerate(p_values) if p is not None)
    adjusted, largest = list(tests), 0.0
    for place, (p, at) in enumerate(family):
        largest = max(largest, min(1.0, (len(family) - place) * p))
        one = tests[at]
        if one is not None:
            adjusted[at] = replace(one, p_adjusted=largest)
    return tuple(adjusted)


def p_in_words(p: float) -> str:
    """Return ``p = 0.012``, or ``p < 1e-16`` for anything smaller."""
    return f"p < {SMALLEST_P:g}" if p < SMALLEST_P else f"p = {p:.2g}"


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

    Found by bisection.
    """
    low, high = 0.0, 1.0
    while two_sided_p(high, df) > 2 * (1 - p):
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided_p(middle, df) > 2 * (1 - p) else (low, middle)
    return (low + high) / 2


def two_sided_p(t: float, df: int) -> float:
    """Return P(|T| ≥ t) for Student's t with ``df`` ≥ 1 degrees of freedom and t ≥ 0.

    It is I_x(df/2, 1/2) with x = df / (df + t²): Abramowitz and Stegun 26.7.1 and 26.5.27. Unlike
    1 − P(|T| < t), it is accurate for tiny probabilities.
    """
    square, a = t * t / df, df / 2
    x, rest = 1 / (1 + square), square / (1 + square) if square < math.inf else 1.0
    if x > (a + 1) / (a + 2.5):  # the fraction of 1 − x converges faster here
        return 1 - _incomplete_beta(0.5, a, rest)
    return _incomplete_beta(a, 0.5, x)


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b), 0 ≤ x ≤ (a + 1) / (a + b + 2).

    Evaluates its continued fraction, NIST Digital Library of Mathematical Functions 8.17.22,
    starting at the last term.
    """
    if x == 0:
        return 0.0
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(scale + a * math.log(x) + b * math.log1p(-x)) / a
    fraction = 1.0
    for m in range(TERMS, 0, -1):
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        fraction = 1 + even / (1 + odd / fraction)
    first = -(a + b) * x / (a + 1)
    return front / (1 + first / fraction)
