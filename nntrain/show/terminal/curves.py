"""Learning curves in the terminal: cost and accuracy by epoch, training beside validation."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from nntrain.analysis.evaluation import Evaluation
from nntrain.show.terminal.charts import CROSS, line_chart
from nntrain.show.terminal.subject import Subject
from nntrain.show.terminal.tables import heading

WIDTH = 29
"""Columns of a chart: two stand side by side in 80."""


def curves(evaluation: Evaluation, subject: Subject) -> RenderableType:
    """Return two charts, each on its own axis; a line where there is no curve to draw."""
    if len(subject.history) < 2:
        text = "No curves: the network was trained for less than two epochs here."
        return Group(heading("Learning curves"), Text(text))
    row = Table.grid(padding=(0, 2))
    row.add_row(
        _chart(subject.history, "cost", "cost (mean per example)", 1),
        _chart(subject.history, "accuracy", "accuracy (%)", 100),
    )
    validated = subject.history[0]["validation_cost"] is not None
    note = f"line: training; {CROSS}: validation" if validated else "training"
    return Group(heading("Learning curves", f"{note}; each chart has an axis of its own"), row)


def _chart(history: Sequence[Mapping[str, Any]], figure: str, title: str, scale: float) -> Text:
    training = [scale * epoch[f"train_{figure}"] for epoch in history]
    validation = [
        scale * epoch[f"validation_{figure}"]
        for epoch in history
        if epoch[f"validation_{figure}"] is not None
    ]
    values = [*training, *validation]
    return line_chart(
        training,
        title=title,
        unit="epochs",
        width=WIDTH,
        top=max(values),
        bottom=min(values),
        first=1,
        points=validation,
        style="cyan",
    )
