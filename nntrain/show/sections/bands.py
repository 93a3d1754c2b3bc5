"""Bands: curves of several seeds as their mean, with the 95 % interval of the mean about it."""

from collections.abc import Sequence

from nntrain.analysis.statistics import Spread, spread
from nntrain.show.blocks import Line, Text

WHAT = (
    "The bands are Student's 95 % intervals of the mean over the seeds; very wide ones reach "
    "beyond the chart."
)


def banded(name: str, xs: Sequence[float], shares: Sequence[Spread]) -> Line:
    """Return a line in % through the means of ``shares``, one an x, and its band.

    The band is cut at 0 and 100. Where one of the spreads has one seed only, there is none.
    """
    means = [100 * one.mean for one in shares]
    intervals = [edges for one in shares if (edges := one.interval()) is not None]
    if len(intervals) < len(shares):
        return Line(name, xs, means)
    lows = [max(0.0, 100 * low) for low, _ in intervals]
    highs = [min(100.0, 100 * high) for _, high in intervals]
    return Line(name, xs, means, lows, highs)


def explained(lines: Sequence[Line]) -> list[Text]:
    """Return what the bands of a page's charts are; nothing where there are none."""
    if all(line.low is None for line in lines):
        return []
    return [Text(WHAT, role="muted", only="page")]


def over_seeds(curves: Sequence[Sequence[float | None]]) -> list[Spread]:
    """Return the spread at each epoch that all seeds have, from one curve a seed.

    It ends where the first seed stopped: the mean of the others would be another mean.
    """
    spreads = []
    for values in zip(*curves, strict=False):
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            break
        spreads.append(spread(known))
    return spreads


def ends_of(lines: Sequence[Line]) -> str:
    """Return in words where each line ends."""
    return "; ".join(f"{line.name} ends at {line.y[-1]:.2f} %" for line in lines if len(line.y))
