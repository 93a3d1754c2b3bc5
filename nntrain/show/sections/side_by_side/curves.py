"""The learning curves of runs side by side."""

from collections.abc import Sequence

from nntrain.show.blocks import Axis, Curves, Line, Section
from nntrain.show.sections.bands import ends_of
from nntrain.workflows.evaluate import EvaluatedRun

PARTS = {"validation": "Validation", "train": "Training"}


def section(runs: Sequence[EvaluatedRun]) -> Section | None:
    """Return the accuracies by epoch; None where no run has a history."""
    charts = [chart for part in PARTS if (chart := _chart(runs, part)).lines]
    return Section("curves", "Learning curves", charts) if charts else None


def _chart(runs: Sequence[EvaluatedRun], part: str) -> Curves:
    lines = [line for run in runs if (line := _line(run, part)).x]
    return Curves(
        f"accuracy-{part}",
        f"{PARTS[part]} accuracy by epoch",
        f"{ends_of(lines)}.",
        Axis("epoch", whole=True),
        Axis("accuracy (%)"),
        lines,
    )


def _line(run: EvaluatedRun, part: str) -> Line:
    points = [
        (epoch["epoch"], 100 * epoch[f"{part}_accuracy"])
        for epoch in run.history
        if epoch[f"{part}_accuracy"] is not None
    ]
    return Line(run.name, [x for x, _ in points], [y for _, y in points])
