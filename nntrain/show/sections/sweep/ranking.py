"""Every point of a sweep by rank, as a table and drawn."""

from collections.abc import Sequence

from nntrain.analysis.statistics import Spread
from nntrain.experiments.experiment import Experiment
from nntrain.experiments.sweep.result import Ranked, Sweep
from nntrain.experiments.sweep.train import shown
from nntrain.show.blocks import Axis, Dot, Rows, Section, Table
from nntrain.show.formatting import best_epochs, mean_time, spread
from nntrain.show.sections.sweep.result import name_of

DRAWN = 30
"""Points in the chart; the table has all."""
LONGEST = 28
"""Characters of a row's name in the chart."""


def section(experiment: Experiment[Sweep]) -> Section:
    """Return the points by mean validation accuracy."""
    ranked = experiment.read.ranked
    drawn = [one for one in ranked if one.accuracy is not None][:DRAWN]
    note = (
        "Mean validation accuracy in % after the best epoch, ± sd over n seeds, the same for all. "
        "The test set is read for the winner alone."
    )
    blocks = [_chart(drawn), _table(ranked)] if len(drawn) > 1 else [_table(ranked)]
    return Section("ranking", "Ranking", blocks, note)


def _table(ranked: Sequence[Ranked]) -> Table:
    names = list(ranked[0].point.values)
    diverged = any(one.diverged for one in ranked)
    rows = [
        (
            f"{rank}",
            *(shown(one.point.values[name]) for name in names),
            spread(one.accuracy),
            f"{one.accuracy.n if one.accuracy else 0}",
            *([f"{one.diverged or ''}"] if diverged else []),
            best_epochs(one),
            mean_time(one),
        )
        for rank, one in enumerate(ranked, start=1)
    ]
    more = ("diverged",) if diverged else ()
    return Table(("", *names, "validation", "n", *more, "best epoch", "time"), rows, left=())


def _chart(ranked: Sequence[Ranked]) -> Rows:
    """Return the accuracies as dots; settings far behind lie beyond the axis' low end."""
    accuracies = [one.accuracy for one in ranked if one.accuracy is not None]
    means = [100 * one.mean for one in accuracies]
    low, high = _ends(means)
    rows = [
        (_short(rank, one), [_dot(accuracy)])
        for rank, (one, accuracy) in enumerate(zip(ranked, accuracies, strict=True), start=1)
    ]
    text = (
        f"From {name_of(ranked[0])} with {means[0]:.2f} % to {name_of(ranked[-1])} with "
        f"{means[-1]:.2f} %."
    )
    axis = Axis("validation accuracy (%)", low=low, high=high)
    title = "Validation accuracy by rank"
    return Rows("ranking-chart", title, text, axis, rows, only="page")


def _dot(accuracy: Spread) -> Dot:
    edges = accuracy.interval()  # None for one seed, which is what diverged ones may leave
    if edges is None:
        return Dot("mean", 100 * accuracy.mean)
    low, high = max(0.0, 100 * edges[0]), min(100.0, 100 * edges[1])
    return Dot("mean and its 95 % interval", 100 * accuracy.mean, low, high)


def _ends(means: Sequence[float]) -> tuple[float, float]:
    """Return the axis' ends, which leave out settings far behind to tell the others apart."""
    best, middle = means[0], means[len(means) // 2]
    low = max(means[-1], best - 3 * (best - middle))
    margin = 0.08 * (best - low) or 0.5
    return max(0.0, low - margin), best + margin


def _short(rank: int, one: Ranked) -> str:
    """Return the point as a label of a chart: its rank alone where its settings are too long."""
    values = ", ".join(shown(value) for value in one.point.values.values())
    return f"{rank}.  {values}" if values and len(values) <= LONGEST else f"{rank}."
