"""The learning curves of a sweep's points, six a chart in the order of their ranks."""

from collections.abc import Sequence

from nntrain.experiments.experiment import Experiment
from nntrain.experiments.sweep.result import Ranked, Sweep
from nntrain.nn.training import EpochResult
from nntrain.show.blocks import Axis, Curves, Line, Section
from nntrain.show.formatting import plural
from nntrain.show.sections.bands import banded, ends_of, explained, over_seeds
from nntrain.show.sections.sweep.result import name_of

TOGETHER = 6
MOST = 5 * TOGETHER
"""Points whose curves are drawn, a limit on the size of the page."""
LONGEST = 36
"""Characters of a line's name."""
PARTS = {"validation": "Validation", "train": "Training"}


def section(experiment: Experiment[Sweep]) -> Section | None:
    """Return the curves on validation and training; None where every training diverged."""
    read = experiment.read
    ranked = [(rank, one) for rank, one in enumerate(read.ranked, start=1) if one.accuracy]
    charts = [
        _chart(read, part, ranked[start : start + TOGETHER])
        for start in range(0, min(len(ranked), MOST), TOGETHER)
        for part in PARTS
    ]
    if not charts:
        return None
    note = f"Accuracy by epoch, mean of {plural(len(read.seeds), 'seed')}."
    note += " Where a training stopped early, the mean ends there."
    if len(ranked) > MOST:
        note += f" The first {MOST} of {len(ranked)} settings are drawn."
    lines = [line for chart in charts for line in chart.lines]
    return Section("curves", "Learning curves", [*explained(lines), *charts], note)


def _chart(read: Sweep, part: str, group: Sequence[tuple[int, Ranked]]) -> Curves:
    first, last = group[0][0], group[-1][0]
    which = f"ranks {first} to {last}" if last > first else "one setting"
    lines = [
        line
        for rank, one in group
        if (line := _line(_name(rank, one), part, read.epochs[one.point.label])).x
    ]
    return Curves(
        f"curves-{part}-{first}",
        f"{PARTS[part]} accuracy, {which}",
        f"{ends_of(lines)}.",
        Axis("epoch", whole=True),
        Axis("accuracy (%)"),
        lines,
        only="page",
    )


def _line(name: str, part: str, histories: Sequence[Sequence[EpochResult]]) -> Line:
    means = over_seeds(
        [[getattr(epoch, f"{part}_accuracy") for epoch in history] for history in histories]
    )
    return banded(name, range(1, len(means) + 1), means)


def _name(rank: int, one: Ranked) -> str:
    name = name_of(one)
    return f"{rank}. {name}" if len(name) <= LONGEST else f"rank {rank}"
