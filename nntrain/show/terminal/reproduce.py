"""Presets reproduced, in the terminal: published beside ours, with a verdict."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from nntrain.experiments.reproduce.judge import Judged
from nntrain.experiments.reproduce.train import Reproduced
from nntrain.settings.presets import FIGURES, Preset
from nntrain.show.formatting import duration, percent, spread
from nntrain.show.terminal.tables import heading, table

STYLES = {"reproduced": "green", "better": "bold green", "worse": "bold red"}


def training_line(key: str, training: Reproduced) -> str:
    """Return the line of a finished training."""
    if training.diverged is not None:
        return f"{key}  diverged"
    return f"{key}  test {percent(training.test)}"


def reproduced(judged: Sequence[Judged], dataset: str) -> RenderableType:
    """Return the table of all presets, and what its figures are of."""
    rows = table("preset", "figure", "published", "ours", "verdict", left=(0, 1, 4))
    more = table("preset", "95 % interval of ours", "test", "n", "time")
    for one in judged:
        name, expected = one.preset.name, one.preset.expected
        figure = expected.figure + ("*" if one.preset.settings.train_on == "all" else "")
        verdict = Text(one.verdict, style=STYLES.get(one.verdict, "yellow"))
        published = f"{expected.accuracy:.2f}"
        rows.add_row(name, figure, published, spread(one.ours, 1), verdict)
        interval = "–" if one.low is None else f"{one.low:.2f}–{one.high:.2f}"
        seconds = sum(training.seconds for training in one.trainings) / len(one.trainings)
        n = f"{len(one.trainings)}"
        more.add_row(name, interval, spread(one.test, 1), n, duration(seconds))
    used = {one.preset.expected.figure for one in judged}
    notes = [f"{name}: {FIGURES[name]}" for name in FIGURES if name in used | {"test"}]
    if any(one.preset.settings.train_on == "all" for one in judged):
        notes += ["* trained on the validation examples too: the last epoch's weights"]
    head = heading("Reproduced", f"accuracies in % on {dataset}, mean ± sd over n seeds")
    return Group(head, rows, more, Text("\n".join(notes), style="dim"))


def presets(known: Sequence[Preset]) -> RenderableType:
    """Return the list of presets."""
    rows = table("preset", "hidden", "figure", "%", "by", left=(0, 1, 2, 4))
    rows.collapse_padding = True  # or it would not fit in 80 columns
    for column in rows.columns:
        column.no_wrap = True
    for one in known:
        expected = one.expected
        sizes = ",".join(map(str, one.settings.hidden))
        accuracy = f"{expected.accuracy:.2f}"
        rows.add_row(one.name, sizes, expected.figure, accuracy, expected.source)
    return rows
