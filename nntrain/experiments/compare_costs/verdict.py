"""A comparison in plain words: which is faster, by how much, or that nobody can tell."""

from dataclasses import dataclass

from nntrain.analysis.statistics import PairedDifference


@dataclass(frozen=True)
class Ratio:
    """A geometric mean over ``n`` seeds with its 95 % interval (None for one seed)."""

    value: float
    low: float | None
    high: float | None
    n: int


def speed_verdict(
    a: str,
    b: str,
    speed: PairedDifference,
    epochs: int,
    level: float | None,
    ratio: float | None,
) -> str:
    """Return which of ``a`` and ``b`` learns faster, by the accuracy averaged over the epochs.

    ``speed`` is a − b; ``ratio`` is b's updates over a's to the accuracy ``level``.
    """
    if speed.low is None or speed.high is None:
        return f"{a} and {b}: one seed cannot tell which learns faster; give --seeds."
    over = f"over {epochs} epochs" if epochs > 1 else "after the epoch"
    if not speed.distinguishable:
        return (
            f"{a} and {b} are not distinguishable with {speed.n} seeds: {over} their validation "
            f"accuracies differ by {100 * speed.mean:+.2f} points on average "
            f"(95 % interval {100 * speed.low:+.2f} to {100 * speed.high:+.2f})."
        )
    faster, slower, sign = (a, b, 1) if speed.mean > 0 else (b, a, -1)
    low, high = sorted((sign * speed.low, sign * speed.high))
    text = (
        f"{faster} learns faster than {slower}: {over} its validation accuracy is "
        f"{100 * sign * speed.mean:.2f} points higher on average (95 % interval "
        f"{100 * low:.2f} to {100 * high:.2f}, {speed.n} seeds)"
    )
    if level is not None and ratio is not None:
        times = ratio if sign > 0 else 1 / ratio
        if times >= 1.05:  # or it would read "1 times"
            text += f"; to {100 * level:.0f} % the other took {times:.2g} times its updates"
    return text + "."


def escape_verdict(
    a: str, b: str, escape: Ratio | None, reached: tuple[str, ...], updates: int
) -> str:
    """Return which of ``a`` and ``b`` came out of the saturated start sooner.

    ``escape`` is b's updates over a's to 50 %, None where a seed did not get there within
    ``updates``; ``reached`` then says how many did.
    """
    if escape is None:
        return (
            f"{a} reached 50 % with {reached[0]}, {b} with {reached[1]}, "
            f"within {updates:,} updates."
        )
    low, high = escape.low, escape.high
    if low is None or high is None:
        return f"To 50 % {b} took {escape.value:.3g} times the updates of {a}, with one seed."
    if low == escape.value == high == 1:
        return (
            f"{a} and {b} come out of the saturated start alike: to 50 % both took as many "
            f"updates, with each of {escape.n} seeds."
        )
    if low <= 1 <= high:
        return (
            f"{a} and {b} are not distinguishable in their way out of the saturated start: "
            f"to 50 % {b} took {escape.value:.3g} times the updates of {a} "
            f"{_interval(low, high, escape.n)}."
        )
    slower, faster, value = b, a, escape.value
    if value < 1:
        slower, faster, value, low, high = a, b, 1 / value, 1 / high, 1 / low
    return (
        f"{slower} is held back by the saturated start: to 50 % it took {value:.3g} times the "
        f"updates of {faster} {_interval(low, high, escape.n)}."
    )


def _interval(low: float, high: float, n: int) -> str:
    return f"(95 % interval {low:.3g} to {high:.3g}, {n} seeds)"
