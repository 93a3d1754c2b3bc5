"""The sections of a sweep: the winner, the ranking, and the learning curves."""

from collections.abc import Sequence

from nntrain.analysis.statistics import SIGNIFICANT, Spread
from nntrain.experiments.experiment import Experiment
from nntrain.experiments.sweep.ranking import Ranked
from nntrain.experiments.sweep.result import Sweep
from nntrain.experiments.sweep.train import Point, Trained, shown
from nntrain.show.blocks import Axis, Block, Curves, Dot, Facts, Rows, Section, Table, Text, Tiles
from nntrain.show.formatting import (
    duration,
    interval,
    interval_over_seeds,
    percent,
    plural,
    spread,
)
from nntrain.show.sections.lines import ACCURACY, EPOCHS, banded, ends_of, explained, over_seeds

ORDER = {
    "summary": "sweep",
    "result": "sweep",
    "ranking": "sweep",
    "curves": "sweep",
    "settings": "settings",
}

BRIEF_ROWS = 15
"""Points in the summary's ranking."""

LEVEL = "="
"""Marks the rank of a point that is not distinguishable from the winner."""
DRAWN = 30
"""Points in the charts, a limit on the size of the page; the table has all."""
TOGETHER = 6
"""Points in one chart of curves."""
LONGEST_ROW, LONGEST_LINE = 28, 36
"""Characters of a point's name in the charts."""


def lead(experiment: Experiment[Sweep]) -> str:
    """Return the winner in one line."""
    read = experiment.read
    first = read.ranked[0]
    if read.tested is None or first.accuracy is None:
        return "Every training run diverged."
    return (
        f"{_name(first)} is best on validation with {spread(first.accuracy)} %, and classifies "
        f"{percent(read.tested.accuracy.mean)} of the test examples correctly "
        f"({plural(read.tested.accuracy.n, 'network')}, one per seed).{_distinguished(read)}"
    )


def _distinguished(read: Sweep) -> str:
    """Say from how many other points the winner is distinguishable."""
    if len(read.ranked) == 1:
        return ""
    if len(read.seeds) == 1:
        return " One seed cannot distinguish it from the others: use --seeds 3 or more."
    count = sum(one.behind is not None and one.behind.distinguishable for one in read.ranked)
    others = plural(len(read.ranked) - 1, "other setting")
    return f" It is distinguishable from {count} of {others}."


def summary(experiment: Experiment[Sweep]) -> Section:
    """Return the winner in words, and the first points of the ranking."""
    ranked = experiment.read.ranked
    blocks: list[Block] = [Text(lead(experiment), "strong"), _table(ranked[:BRIEF_ROWS])]
    if any(one.level for one in ranked):
        blocks.append(Text(f"{LEVEL}: not distinguishable from the winner.", "muted"))
    if len(ranked) > BRIEF_ROWS:
        blocks.append(Text(f"The first {BRIEF_ROWS} of {len(ranked)} points.", "muted"))
    return Section("summary", "Result", blocks)


def result(experiment: Experiment[Sweep]) -> Section:
    """Return the winner's figures on the test set, and what was swept."""
    read = experiment.read
    first, tested = read.ranked[0], read.tested
    trainings = len(read.ranked) * len(read.seeds)
    diverged = sum(one.diverged for one in read.ranked)
    tiles = [(f"{len(read.ranked):,}", "settings tried"), (f"{trainings:,}", "training runs")]
    facts = list(experiment.about.items())
    if diverged:
        facts.append(("diverged", f"{diverged:,} of {plural(trainings, 'training run')}"))
    if tested is not None and first.accuracy is not None:
        tiles = [
            (percent(tested.accuracy.mean), "test accuracy of the winner"),
            (percent(first.accuracy.mean), "its validation accuracy"),
            *tiles,
        ]
        networks = plural(tested.accuracy.n, "network")
        facts = [
            ("winner", _name(first)),
            ("test accuracy", f"{spread(tested.accuracy)} %  ({networks}, one per seed)"),
            ("over examples", interval(tested.interval)),
            ("over seeds", f"95 % interval {interval_over_seeds(tested.accuracy)}"),
            *facts,
        ]
    return Section("result", "Result", [Tiles(tiles, only="page"), Facts(facts)])


def ranking(experiment: Experiment[Sweep]) -> Section:
    """Return the points by mean validation accuracy, as a table and a chart."""
    ranked = experiment.read.ranked
    drawn = [one for one in ranked if one.accuracy is not None][:DRAWN]
    note = (
        "Mean validation accuracy in % after the best epoch, ± sd over n seeds, the same for all. "
        "The test set is used for the winner only."
    )
    if any(one.level for one in ranked):
        note += (
            f" {LEVEL}: not distinguishable from the winner (paired by seed, p ≥ "
            f"{SIGNIFICANT:g} after Holm's correction)."
        )
    blocks = [_dots(drawn), _table(ranked)] if len(drawn) > 1 else [_table(ranked)]
    return Section("ranking", "Ranking", blocks, note)


def _table(ranked: Sequence[Ranked]) -> Table:
    names = list(ranked[0].point.values)
    diverged = any(one.diverged for one in ranked)
    rows = [
        (
            f"{LEVEL if one.level else ''} {rank}".strip(),
            *(shown(one.point.values[name]) for name in names),
            spread(one.accuracy),
            f"{one.accuracy.n if one.accuracy else 0}",
            *([f"{one.diverged or ''}"] if diverged else []),
            _best_epochs(one),
            _mean_time(one),
        )
        for rank, one in enumerate(ranked, start=1)
    ]
    more = ("diverged",) if diverged else ()
    return Table(("", *names, "validation", "n", *more, "best epoch", "time"), rows, left=())


def _best_epochs(of: Ranked) -> str:
    """Return the best epochs of a point's training runs, as ``4`` or ``4–6``."""
    epochs = sorted({t.best_epoch for t in of.trainings if t.best_epoch is not None})
    return "–".join(map(str, dict.fromkeys([epochs[0], epochs[-1]]))) if epochs else "–"


def _mean_time(of: Ranked) -> str:
    seconds = [t.seconds for t in of.trainings if t.seconds is not None]
    return duration(sum(seconds) / len(seconds)) if seconds else "–"


def _dots(ranked: Sequence[Ranked]) -> Rows:
    """Return the accuracies as dots; settings far behind are beyond the axis's low end."""
    accuracies = [one.accuracy for one in ranked if one.accuracy is not None]
    means = [100 * one.mean for one in accuracies]
    low, high = _ends(means)
    rows = [
        (_short(rank, one), [_dot(accuracy)])
        for rank, (one, accuracy) in enumerate(zip(ranked, accuracies, strict=True), start=1)
    ]
    text = (
        f"From {_name(ranked[0])} with {means[0]:.2f} % to {_name(ranked[-1])} with "
        f"{means[-1]:.2f} %."
    )
    axis = Axis("validation accuracy (%)", low=low, high=high)
    title = "Validation accuracy by rank"
    return Rows("ranking-chart", title, text, axis, rows, only="page")


def _dot(accuracy: Spread) -> Dot:
    line = banded("", [0], [accuracy])
    if line.low is None or line.high is None:  # one seed; the others may have diverged
        return Dot("mean", line.y[0])
    return Dot("mean and its 95 % interval", line.y[0], line.low[0], line.high[0])


def _ends(means: Sequence[float]) -> tuple[float, float]:
    """Return the axis's ends, which leave out settings far behind to show the others apart."""
    best, middle = means[0], means[len(means) // 2]
    low = max(means[-1], best - 3 * (best - middle))
    margin = 0.08 * (best - low) or 0.5
    return max(0.0, low - margin), best + margin


def curves(experiment: Experiment[Sweep]) -> Section | None:
    """Return the curves of the first points; None if every training run diverged."""
    read = experiment.read
    ranked = [(rank, one) for rank, one in enumerate(read.ranked, start=1) if one.accuracy]
    charts = [
        _chart(read, part, ranked[start : start + TOGETHER])
        for start in range(0, min(len(ranked), DRAWN), TOGETHER)
        for part in ("validation", "train")
    ]
    if not charts:
        return None
    note = f"Accuracy by epoch, mean of {plural(len(read.seeds), 'seed')}."
    note += " If a training run stopped early, the mean ends there."
    if len(ranked) > DRAWN:
        note += f" The first {DRAWN} of {len(ranked)} settings are drawn."
    lines = [line for chart in charts for line in chart.lines]
    return Section("curves", "Learning curves", [*explained(lines), *charts], note)


def _chart(read: Sweep, part: str, group: Sequence[tuple[int, Ranked]]) -> Curves:
    first, last = group[0][0], group[-1][0]
    which = f"ranks {first} to {last}" if last > first else "one setting"
    histories = [(_label(rank, one), read.epochs[one.point.label]) for rank, one in group]
    figure = f"{part}_accuracy"
    drawn = [
        over_seeds(name, [[getattr(e, figure) for e in h] for h in of]) for name, of in histories
    ]
    lines = [line for line in drawn if line.x]
    title = f"{'Training' if part == 'train' else 'Validation'} accuracy, {which}"
    words = f"{ends_of(lines)}."
    return Curves(f"curves-{part}-{first}", title, words, EPOCHS, ACCURACY, lines, only="page")


def _name(one: Ranked) -> str:
    """Return the varied settings in words."""
    return one.point.label or "the settings below"


def _label(rank: int, one: Ranked) -> str:
    """Return the point as a line's name: only its rank if its settings are too long."""
    name = _name(one)
    return f"{rank}. {name}" if len(name) <= LONGEST_LINE else f"rank {rank}"


def _short(rank: int, one: Ranked) -> str:
    """Return the point as a row's name: only its rank if its settings are too long."""
    values = ", ".join(shown(value) for value in one.point.values.values())
    return f"{rank}.  {values}" if values and len(values) <= LONGEST_ROW else f"{rank}."


def swept(points: Sequence[Point], seeds: Sequence[int], dataset: str) -> dict[str, str]:
    """Return what was swept, and what stayed the same."""
    one = points[0].settings
    fixed = {
        "hidden": f"hidden layers {list(one.hidden)}" if one.hidden else "no hidden layer",
        "learning_rate": f"η = {one.rate:g}",
        "momentum": f"μ = {one.momentum:g}",
        "weight_decay": f"λ = {one.weight_decay:g}",
        "epochs": plural(one.epochs, "epoch"),
        "batch_size": f"mini-batches of {one.batch_size}",
    }
    return {
        "dataset": dataset,
        "varied": ", ".join(points[0].values) or "nothing",
        "fixed": ", ".join(t for name, t in fixed.items() if name not in points[0].values),
        "seeds": ", ".join(map(str, seeds)) + ", the same for every point",
    }


def training_line(key: str, training: Trained) -> str:
    """Return the line of a finished training run."""
    if training.diverged is not None:
        return f"{key}  diverged"
    return f"{key}  validation {percent(training.validation_accuracy)}"
