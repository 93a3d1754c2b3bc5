"""The curves of presets that were trained again, with the published accuracy as a line."""

from collections.abc import Sequence

from nntrain.experiments.experiment import Experiment
from nntrain.experiments.reproduce.result import Judged, Reproduction
from nntrain.experiments.reproduce.train import Measured
from nntrain.show.blocks import Axis, Curves, Guide, Section
from nntrain.show.sections.bands import banded, ends_of, explained, over_seeds

PARTS = {"train": "training", "validation": "validation", "test": "test"}


def section(experiment: Experiment[Reproduction]) -> Section | None:
    """Return each preset's curves on its sets; None where every training diverged."""
    read = experiment.read
    charts = [
        _chart(number, one, read.epochs[one.preset.name])
        for number, one in enumerate(read.judged)
        if one.preset.name in read.epochs
    ]
    if not charts:
        return None
    note = "The test set is only looked at: it chooses nothing."
    lines = [line for chart in charts for line in chart.lines]
    return Section("curves", "Accuracy by epoch", [*explained(lines), *charts], note)


def _chart(number: int, one: Judged, histories: Sequence[Sequence[Measured]]) -> Curves:
    lines = []
    for part, name in PARTS.items():
        means = over_seeds([[getattr(epoch, part) for epoch in h] for h in histories])
        if means:
            lines.append(banded(name, range(1, len(means) + 1), means))
    expected = one.preset.expected
    return Curves(
        f"preset-{number}",
        f"Accuracy of {one.preset.name} by epoch",
        f"{ends_of(lines)}. Published: {expected.accuracy:.2f} % ({expected.figure}).",
        Axis("epoch", whole=True),
        Axis("accuracy (%)"),
        lines,
        [Guide("published", y=expected.accuracy)],
        only="page",
    )
