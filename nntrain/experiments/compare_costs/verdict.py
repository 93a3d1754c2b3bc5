"""A comparison in plain words: which output is ahead, by how much, or that nobody can tell."""

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
    """Return which of ``a`` and ``b`` is ahead, by the accuracy averaged over the epochs.

    ``speed`` is a − b; ``ratio`` is b's updates over a's to the accuracy ``level``.
    """
    if speed.low is None or speed.high is None:
        return f"One seed cannot tell which of {a} and {b} is ahead. Use --seeds 2 or more."
    when = f"on average over the first {epochs} epochs" if epochs > 1 else "after the first epoch"
    if not speed.distinguishable:
        return (
            f"{a} and {b} are not distinguishable with {speed.n} seeds: {when} their validation "
            f"accuracies differ by {100 * speed.mean:+.2f} points "
            f"(95 % interval {100 * speed.low:+.2f} to {100 * speed.high:+.2f})."
        )
    ahead, other, sign = (a, b, 1) if speed.mean > 0 else (b, a, -1)
    low, high = sorted((100 * sign * speed.low, 100 * sign * speed.high))
    text = (
        f"{ahead} is ahead of {other} {when}: its validation accuracy is "
        f"{100 * sign * speed.mean:.2f} points higher "
        f"(95 % interval {low:.2f} to {high:.2f}, {speed.n} seeds)."
    )
    if level is not None and ratio is not None:
        times = ratio if sign > 0 else 1 / ratio
        if times >= 1.05:  # or it would read "1×"
            text += f" {other} needs {times:.2g}× as many updates to reach {100 * level:.0f} %."
    return text


def escape_verdict(
    a: str, b: str, escape: Ratio | None, reached: tuple[str, ...], updates: int
) -> str:
    """Return which of ``a`` and ``b`` left the saturated start sooner.

    ``escape`` is b's updates over a's to 50 %, None where a seed did not get there within
    ``updates``; ``reached`` then says how many did.
    """
    if escape is None:
        return (
            f"From the saturated start, {a} reached 50 % with {reached[0]}, {b} with "
            f"{reached[1]}, within {updates:,} updates."
        )
    value, low, high = escape.value, escape.low, escape.high
    if low == value == high == 1:
        return (
            f"{a} and {b} leave saturation equally fast: with each of {escape.n} seeds, both "
            f"reach 50 % at the same check."
        )
    slower, faster = b, a
    if value < 1:
        slower, faster, value = a, b, 1 / value
        low, high = (None, None) if low is None or high is None else (1 / high, 1 / low)
    needs = f"{slower} needs {value:.3g}× as many updates as {faster} to reach 50 %"
    if low is None or high is None:
        return f"From the saturated start, {needs} (with one seed)."
    interval = f"(95 % interval {low:.3g} to {high:.3g}, {escape.n} seeds)"
    if low <= 1:
        needs = f"{a} and {b} are not distinguishable: {needs}"
    return f"From the saturated start, {needs} {interval}."
