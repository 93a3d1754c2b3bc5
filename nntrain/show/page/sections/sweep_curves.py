"""The learning curves of a sweep's points, six a chart in the order of their ranks."""

from collections.abc import Mapping, Sequence
from typing import Any

from nntrain.analysis.statistics import Spread
from nntrain.experiments.experiment import Experiment
from nntrain.experiments.sweep.files import Sweep
from nntrain.experiments.sweep.rank import Ranked
from nntrain.nn.training import EpochResult
from nntrain.show.page.bands import WHAT, banded, over_seeds
from nntrain.show.page.charts import SERIES, Line, lines, picture
from nntrain.show.page.section import Section
from nntrain.show.page.sections.ranking import name_of

TOGETHER = len(SERIES)
MOST = 5 * TOGETHER
"""Points whose curves are drawn, a limit on the size of the page."""
LONGEST = 36

Curves = Mapping[str, tuple[Sequence[float], Sequence[Spread]]]


def sweep_curves(experiment: Experiment[Sweep]) -> Section | None:
    """Return the curves on validation and training; None where every training diverged."""
    read = experiment.read
    ranked = [(rank, one) for rank, one in enumerate(read.ranked, start=1) if one.accuracy]
    charts = []
    for start in range(0, min(len(ranked), MOST), TOGETHER):
        group = ranked[start : start + TOGETHER]
        ranks = f"ranks {group[0][0]} to {group[-1][0]}" if len(group) > 1 else "one setting"
        for part, word in (("validation", "Validation"), ("train", "Training")):
            curves = {
                _line_name(rank, one): _mean(read.epochs[one.point.label], part)
                for rank, one in group
            }
            title = f"{word} accuracy, {ranks}"
            charts.append((title, _chart(f"curves-{part}-{start}", title, curves)))
    if not charts:
        return None
    seeds = len(read.seeds)
    note = f"Accuracy by epoch, mean of {seeds} seeds. {WHAT}" if seeds > 1 else "One seed."
    note += " Where a training stopped early, the mean ends there."
    if len(ranked) > MOST:
        note += f" The first {MOST} of {len(ranked)} settings are drawn."
    return Section("curves", "Learning curves", "charts", note, {"charts": charts})


def _line_name(rank: int, one: Ranked) -> str:
    name = name_of(one)
    return f"{rank}. {name}" if len(name) <= LONGEST else f"rank {rank}"


def _mean(
    histories: Sequence[Sequence[EpochResult]], part: str
) -> tuple[Sequence[float], Sequence[Spread]]:
    means = over_seeds(
        [[getattr(epoch, f"{part}_accuracy") for epoch in history] for history in histories]
    )
    return range(1, len(means) + 1), means


def _chart(name: str, title: str, curves: Curves) -> Any:
    series, bands = banded({key: curve for key, curve in curves.items() if curve[1]})

    def paint(axes: Any) -> None:
        lines(axes, series, x="epoch", y="accuracy (%)", bands=bands)

    return picture(name, title, f"{ends_of(series)}.", paint)


def ends_of(series: Sequence[Line]) -> str:
    """Return in words where each line ends."""
    return "; ".join(f"{name} ends at {ys[-1]:.2f} %" for name, _, ys in series)
