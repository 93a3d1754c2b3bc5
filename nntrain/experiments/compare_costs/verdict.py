"""A comparison in words: which output is ahead, by how much, or that the data do not tell."""

import math
from dataclasses import dataclass

from nntrain.analysis.statistics import SIGNIFICANT, McNemar, PairedDifference, p_in_words

DIFFERENT = 1.05
"""A ratio is mentioned from here on: with two digits it is more than 1."""


@dataclass(frozen=True)
class Bounds:
    """A ratio's bounds: accuracy is not checked after every update, nor after the last.

    ``low`` is 0 if the training runs of the denominator did not reach the accuracy, ``high`` None
    if those of the numerator did not.
    """

    low: float
    high: float | None

    @property
    def exact(self) -> bool:
        """Whether every count of updates behind the ratio is exact."""
        return self.low == self.high

    @property
    def sign(self) -> int:
        """1 if the ratio is certainly above 1, −1 if below, 0 if the checks do not tell."""
        return int(self.low > 1) - int(self.high is not None and self.high < 1)

    def inverse(self) -> "Bounds":
        """Return the bounds of the inverse ratio."""
        return Bounds(1 / self.high if self.high else 0.0, 1 / self.low if self.low else None)


@dataclass(frozen=True)
class Ratio:
    """A geometric mean over ``n`` seeds, with its 95 % interval.

    ``p_adjusted`` tests a ratio of 1, with Holm's correction. Both are None for one seed.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    p_adjusted: float | None

    @property
    def distinguishable(self) -> bool:
        """Whether the ratio differs from 1 by more than chance, after Holm's correction."""
        return self.p_adjusted is not None and self.p_adjusted < SIGNIFICANT


def ratio_of(logarithms: PairedDifference) -> Ratio:
    """Return the ratio whose logarithm was tested."""
    edges = logarithms.low, logarithms.high
    low, high = (None if edge is None else math.exp(edge) for edge in edges)
    return Ratio(math.exp(logarithms.mean), low, high, logarithms.n, logarithms.p_adjusted)


def speed_verdict(
    a: str,
    b: str,
    speed: PairedDifference,
    epochs: int,
    level: float | None,
    ratio: float | None,
    bounds: Bounds | None,
) -> str:
    """Return which of ``a`` and ``b`` is ahead, by the accuracy averaged over the epochs.

    ``speed`` is a − b; ``ratio`` is b's updates over a's to the accuracy ``level``, within
    ``bounds``.
    """
    if speed.low is None or speed.high is None or speed.p_adjusted is None:
        if speed.n > 1:
            return (
                f"{a} and {b} differ by {100 * speed.mean:+.2f} points with each of {speed.n} "
                f"seeds: use more seeds for an interval."
            )
        return _one_seed(a, b)
    p = f"Holm's {p_in_words(speed.p_adjusted)}"
    when = f"on average over the first {epochs} epochs" if epochs > 1 else "after the first epoch"
    if not speed.distinguishable:
        return (
            f"{a} and {b} are not distinguishable with {speed.n} seeds: {when} their validation "
            f"accuracies differ by {100 * speed.mean:+.2f} points "
            f"(95 % interval {100 * speed.low:+.2f} to {100 * speed.high:+.2f}, {p})."
        )
    ahead, other, sign = (a, b, 1) if speed.mean > 0 else (b, a, -1)
    low, high = sorted((100 * sign * speed.low, 100 * sign * speed.high))
    text = (
        f"{ahead} is ahead of {other} {when}: its validation accuracy is "
        f"{100 * sign * speed.mean:.2f} points higher "
        f"(95 % interval {low:.2f} to {high:.2f}, {speed.n} seeds, {p})."
    )
    if level is not None and ratio is not None and bounds is not None and bounds.sign:
        needed, bounds = (ratio, bounds) if sign > 0 else (1 / ratio, bounds.inverse())
        if needed >= DIFFERENT:
            text += (
                f" {other} needs {needed:.2g}× as many updates to reach {100 * level:.0f} %"
                f"{_by_the_checks(bounds, ' (', ')')}."
            )
    return text


def one_seed_verdict(a: str, b: str, answers: McNemar) -> str:
    """Return what one seed can tell: whether the two networks differ on the test examples."""
    found = "" if answers.distinguishable else "not "
    return (
        f"{_one_seed(a, b)} These two networks are {found}distinguishable on the test examples: "
        f"{answers.only_a:,} are classified correctly by {a} only, {answers.only_b:,} by {b} only "
        f"(McNemar's test, Holm's {p_in_words(answers.p_adjusted)})."
    )


def times(ratio: float) -> str:
    """Return a ratio with three digits, a whole number from 1,000 on."""
    return f"{ratio:,.0f}" if ratio >= 1000 else f"{ratio:.3g}"


def in_seeds(n: int) -> str:
    """Return "one seed" or "5 seeds"."""
    return "one seed" if n == 1 else f"{n} seeds"


def _one_seed(a: str, b: str) -> str:
    return f"One seed cannot tell which of {a} and {b} is ahead. Use 2 seeds or more."


def _by_the_checks(bounds: Bounds, before: str, after: str = "") -> str:
    """Return the bounds of a ratio in words; "" if it is exact."""
    if bounds.exact or bounds.high is None:
        return ""
    return f"{before}{times(bounds.low)} to {times(bounds.high)} within one check{after}"


def escape_verdict(
    a: str,
    b: str,
    escape: Ratio | None,
    bounds: Bounds,
    signs: tuple[int, ...],
    reached: tuple[str, ...],
    updates: int,
) -> str:
    """Return which of ``a`` and ``b`` left the saturated start sooner.

    ``escape`` is b's updates over a's to 50 %, within ``bounds``, ``signs`` what is certain about
    each seed; None if a seed did not reach it within ``updates``; ``reached`` then says how many
    did.
    """
    if escape is None:
        text = (
            f"From the saturated start, {a} reached 50 % with {reached[0]}, {b} with "
            f"{reached[1]}, within {updates:,} updates"
        )
        if not bounds.sign or {*signs} != {bounds.sign}:
            return f"{text}."
        slower, faster = (b, a) if bounds.sign > 0 else (a, b)
        least = bounds.low if bounds.sign > 0 else bounds.inverse().low
        return f"{text}: {slower} needs at least {times(least)}× as many as {faster}."
    value, low, high = escape.value, escape.low, escape.high
    same = bounds.exact and value == 1 and low in (None, 1)
    if same or not (bounds.exact or any(signs)):
        when = "after the same number of updates" if same else "within one check of each other"
        return (
            f"{a} and {b} leave saturation equally fast: they reach 50 % {when} "
            f"(with {in_seeds(escape.n)})."
        )
    told = escape.distinguishable and bounds.sign != 0
    slower, faster = b, a
    if value < 1:
        slower, faster, value, bounds = a, b, 1 / value, bounds.inverse()
        low, high = (None, None) if low is None or high is None else (1 / high, 1 / low)
    checked = _by_the_checks(bounds, "; ")
    needs = f"{slower} needs {times(value)}× as many updates as {faster} to reach 50 %"
    if low is None or high is None or escape.p_adjusted is None:
        seeds = in_seeds(1) if escape.n == 1 else f"each of {in_seeds(escape.n)}"
        return f"From the saturated start, {needs} (with {seeds}{checked})."
    p = f"Holm's {p_in_words(escape.p_adjusted)}"
    interval = f"(95 % interval {times(low)} to {times(high)}, {escape.n} seeds, {p}{checked})"
    if not told:
        needs = f"{a} and {b} are not distinguishable: {needs}"
    return f"From the saturated start, {needs} {interval}."
