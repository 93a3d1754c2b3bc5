"""A sweep's result: the winner on the test set, every point by rank, and their accuracies."""

from typing import Any

from nntrain.experiments.experiment import Experiment
from nntrain.experiments.sweep.files import Sweep
from nntrain.experiments.sweep.grid import shown
from nntrain.experiments.sweep.rank import Ranked
from nntrain.show.formatting import best_epochs, interval, mean_time, percent, plural, spread
from nntrain.show.page.bands import band
from nntrain.show.page.charts import SERIES, named_rows, picture, room_for
from nntrain.show.page.section import Section
from nntrain.show.page.svg import Svg

DRAWN = 30
"""Points in the chart; the table has all."""


def name_of(one: Ranked) -> str:
    """Return the varied settings in words."""
    return one.point.label or "the settings below"


def swept_lead(experiment: Experiment[Sweep]) -> str:
    """Return the winner in one line."""
    read = experiment.read
    first = read.ranked[0]
    if read.tested is None or first.accuracy is None:
        return "Every training diverged."
    return (
        f"{name_of(first)} is best on validation with {spread(first.accuracy)} %, and answers "
        f"{percent(read.tested.accuracy.mean)} of the test examples rightly "
        f"({plural(read.tested.accuracy.n, 'network')}, one a seed)."
    )


def winner(experiment: Experiment[Sweep]) -> Section:
    """Return the winner's figures, and what was swept."""
    read = experiment.read
    trainings = len(read.ranked) * len(read.seeds)
    diverged = sum(one.diverged for one in read.ranked)
    tiles = [(f"{len(read.ranked):,}", "settings tried"), (f"{trainings:,}", "trainings")]
    rows = list(experiment.about.items())
    if read.tested is not None and read.ranked[0].accuracy is not None:
        tiles = [
            (percent(read.tested.accuracy.mean), "test accuracy of the winner"),
            (percent(read.ranked[0].accuracy.mean), "its validation accuracy"),
            *tiles,
        ]
        rows = [
            ("winner", name_of(read.ranked[0])),
            ("test accuracy", f"{spread(read.tested.accuracy)} %, mean ± sd over the seeds"),
            ("of their mean", interval(read.tested.interval)),
            *rows,
        ]
    if diverged:
        rows.append(("diverged", plural(diverged, "training")))
    table = {"head": ("", ""), "rows": rows, "words": True}
    return Section("result", "Result", "result", content={"tiles": tiles, "table": table})


def ranking(experiment: Experiment[Sweep]) -> Section:
    """Return all points by rank, drawn and as a table."""
    ranked = experiment.read.ranked
    names = list(ranked[0].point.values)
    head = ("rank", *names, "validation (%)", "n", "diverged", "best epoch", "time")
    rows = [
        (
            rank,
            *(shown(one.point.values[name]) for name in names),
            spread(one.accuracy),
            one.accuracy.n if one.accuracy else 0,
            one.diverged or "",
            best_epochs(one),
            mean_time(one),
        )
        for rank, one in enumerate(ranked, start=1)
    ]
    sound = [one for one in ranked if one.accuracy is not None][:DRAWN]
    charts = [("Validation accuracy by rank", _chart(sound))] if len(sound) > 1 else []
    note = (
        "Mean validation accuracy after the best epoch, ± sd over n seeds, the same for all. "
        "The test set is read for the winner alone."
    )
    if charts and any(one.accuracy and one.accuracy.n > 1 for one in sound):
        note += " Bars: 95 % intervals of the mean."
    if charts and _behind(sound):
        note += " An arrow: further to the left."
    content = {"charts": charts, "tables": [{"head": head, "rows": rows}]}
    return Section("ranking", "Ranking", "charts", note, content)


def _chart(ranked: list[Ranked]) -> Svg:
    accuracies = [one.accuracy for one in ranked if one.accuracy is not None]
    means = [100 * one.mean for one in accuracies]
    low, high = _range(means)
    names = [_short(rank, one) for rank, one in enumerate(ranked, start=1)]
    places = range(len(means))

    def paint(axes: Any) -> None:
        for place, one in enumerate(accuracies):
            if (edges := band([one])) is not None:  # seeds that diverged may leave one
                axes.hlines(place, *edges, color=SERIES[0], alpha=0.5, linewidth=2)
        axes.plot(means, places, color=SERIES[0], marker="o", linestyle="")
        axes.set_xlim(low, high)
        far = _behind(ranked)
        axes.plot([low] * len(far), far, color=SERIES[0], marker="<", linestyle="", clip_on=False)
        named_rows(axes, names)
        axes.set_xlabel("validation accuracy (%)")

    first, last = ranked[0], ranked[-1]
    text = (
        f"From {name_of(first)} with {means[0]:.2f} % to {name_of(last)} with {means[-1]:.2f} %."
    )
    size, title = (480, 60 + 24 * len(means)), "Validation accuracy by rank"
    return picture("ranking-chart", title, text, paint, size, left=room_for(names))


def _range(means: list[float]) -> tuple[float, float]:
    """Return the axis' ends: settings far behind are left out of it, so that the rest differ."""
    best, middle = means[0], means[len(means) // 2]
    low = max(means[-1], best - 3 * (best - middle))
    margin = 0.08 * (best - low) or 0.5
    return max(0.0, low - margin), best + margin


def _behind(ranked: list[Ranked]) -> list[int]:
    """Return the places of the settings that the axis leaves out."""
    means = [100 * one.accuracy.mean for one in ranked if one.accuracy is not None]
    low, _ = _range(means)
    return [place for place, mean in enumerate(means) if mean < low]


def _short(rank: int, one: Ranked) -> str:
    """Return the point as a label of a chart: its rank alone where its settings are too long."""
    values = ", ".join(shown(value) for value in one.point.values.values())
    return f"{rank}.  {values}" if values and len(values) <= 28 else f"{rank}."
