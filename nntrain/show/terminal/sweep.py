"""A sweep in the terminal: a line for each training, then the points by rank, then the winner."""

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from nntrain.experiments.sweep.grid import shown
from nntrain.experiments.sweep.rank import Ranked, Tested
from nntrain.experiments.sweep.train import Trained
from nntrain.show.formatting import best_epochs, interval, mean_time, percent, plural, spread
from nntrain.show.terminal.tables import heading, pairs, table


def training_line(key: str, training: Trained) -> str:
    """Return the line of a finished training."""
    if training.diverged is not None:
        return f"{key}  diverged"
    return f"{key}  validation {percent(training.validation_accuracy)}"


def sweep(
    ranked: Sequence[Ranked], tested: Tested | None, about: Mapping[str, str]
) -> RenderableType:
    """Return what was swept, the ranking, and the winner's test figure."""
    parts: list[RenderableType] = [heading("Sweep"), pairs(about.items()), _ranking(ranked)]
    if tested is not None:
        parts.append(_winner(ranked[0], tested))
    return Group(*parts)


def _ranking(ranked: Sequence[Ranked]) -> RenderableType:
    names = list(ranked[0].point.values)
    rows = table("", *names, "validation", "n", "best epoch", "time", left=())
    for rank, one in enumerate(ranked, start=1):
        accuracy = spread(one.accuracy)
        rows.add_row(
            f"{rank}",
            *(Text(shown(one.point.values[name]), overflow="fold") for name in names),
            accuracy,
            f"{one.accuracy.n if one.accuracy else 0}",
            best_epochs(one),
            mean_time(one),
        )
        if one.diverged:
            rows.add_row("", *("" for _ in names), f"{one.diverged} diverged", "", "", "")
    note = "validation accuracy in % after the best epoch, mean ± sd over n seeds"
    return Group(heading("Ranking", note), rows)


def _winner(winner: Ranked, tested: Tested) -> RenderableType:
    networks = plural(tested.accuracy.n, "network")
    rows = [
        ("settings", winner.point.label or "those above"),
        ("test accuracy", f"{spread(tested.accuracy)} %  ({networks}, one a seed)"),
        ("of their mean", interval(tested.interval)),
    ]
    return Group(heading("Winner", "the test set is read for this one alone"), pairs(rows))
