"""Bands: curves of several seeds as their mean, with the 95 % interval of the mean about it."""

from collections.abc import Mapping, Sequence

from nntrain.analysis.statistics import Spread, spread
from nntrain.show.page.charts import Band, Line

WHAT = (
    "The bands are Student's 95 % intervals of the mean over the seeds; very wide ones reach "
    "beyond the chart."
)


def band(spreads: Sequence[Spread], scale: float = 100) -> Band | None:
    """Return the low and high edges in %, cut at 0 and 100; None where there is one seed."""
    intervals = [one.interval() for one in spreads]
    edges = [edge for edge in intervals if edge is not None]
    if len(edges) < len(spreads):
        return None
    return [max(0.0, scale * low) for low, _ in edges], [min(scale, scale * h) for _, h in edges]


def banded(
    named: Mapping[str, tuple[Sequence[float], Sequence[Spread]]],
) -> tuple[list[Line], dict[str, Band]]:
    """Return lines in % and their bands, from shares by name: x, and the spread at each."""
    series: list[Line] = [
        (name, xs, [100 * one.mean for one in ys]) for name, (xs, ys) in named.items()
    ]
    bands = {name: edges for name, (_, ys) in named.items() if (edges := band(ys)) is not None}
    return series, bands


def over_seeds(curves: Sequence[Sequence[float | None]]) -> list[Spread]:
    """Return the spread at each epoch that all seeds have, from one curve a seed.

    It ends where the first seed stopped: what goes on with those left would be another mean.
    """
    spreads = []
    for values in zip(*curves, strict=False):
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            break
        spreads.append(spread(known))
    return spreads
