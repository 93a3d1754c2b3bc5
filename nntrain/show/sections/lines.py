"""Lines of charts: a run's history, and the mean of several seeds with a band.

A band is the 95 % interval of the mean.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from nntrain.analysis.statistics import Spread, spread
from nntrain.show.blocks import Axis, Line, Text

EPOCHS = Axis("epoch", whole=True)
ACCURACY = Axis("accuracy (%)")
WHAT = (
    "The bands are Student's 95 % intervals of the mean over the seeds; very wide ones extend "
    "beyond the chart."
)


def of_history(name: str, history: Sequence[Mapping[str, Any]], figure: str, scale: float) -> Line:
    """Return a line through ``scale`` times a figure at each epoch that has it."""
    known = [epoch for epoch in history if epoch[figure] is not None]
    return Line(name, [e["epoch"] for e in known], [scale * e[figure] for e in known])


def banded(name: str, xs: Sequence[float], shares: Sequence[Spread]) -> Line:
    """Return a line in % through the means of ``shares``, one per x, and its band.

    The band is cut at 0 and 100. There is none if one of the spreads has only one seed.
    """
    means = [100 * one.mean for one in shares]
    intervals = [edges for one in shares if (edges := one.interval()) is not None]
    if len(intervals) < len(shares):
        return Line(name, xs, means)
    lows = [max(0.0, 100 * low) for low, _ in intervals]
    highs = [min(100.0, 100 * high) for _, high in intervals]
    return Line(name, xs, means, lows, highs)


def over_seeds(name: str, curves: Sequence[Sequence[float | None]]) -> Line:
    """Return the banded line over the epochs that all seeds have, from one curve per seed.

    It ends where the first seed stopped: a mean over fewer seeds is not comparable.
    """
    spreads = []
    for values in zip(*curves, strict=False):
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            break
        spreads.append(spread(known))
    return banded(name, range(1, len(spreads) + 1), spreads)


def explained(lines: Sequence[Line]) -> list[Text]:
    """Return an explanation of the bands in a page's charts; nothing if there are none."""
    if all(line.low is None for line in lines):
        return []
    return [Text(WHAT, role="muted", only="page")]


def ends_of(lines: Sequence[Line]) -> str:
    """Return in words where each line ends."""
    return "; ".join(f"{line.name} ends at {line.y[-1]:.2f} %" for line in lines if len(line.y))
