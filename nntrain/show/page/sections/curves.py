"""Learning curves: cost and accuracy by epoch, apart, training and validation together."""

from collections.abc import Mapping, Sequence
from typing import Any

from nntrain.show.formatting import number, percent, plural
from nntrain.show.page.charts import Line, lines, picture
from nntrain.show.page.section import Section
from nntrain.show.page.subject import RunSubject
from nntrain.show.page.svg import COLOURS

Epochs = Sequence[Mapping[str, Any]]


def curves(subject: RunSubject) -> Section | None:
    """Return the section; None for a network that was not trained here."""
    history = subject.history
    if not history:
        return None
    best = [epoch["epoch"] for epoch in history if epoch["best"]]
    charts = [
        ("Cost", _chart("cost", "cost (mean per example)", history, best, 1)),
        ("Accuracy", _chart("accuracy", "accuracy (%)", history, best, 100)),
    ]
    note = "Both sets are measured at the same moment, after each epoch, with fixed weights."
    if best:
        note += f" The dotted line marks the best epoch on validation, {best[-1]}."
    content = {"charts": charts, "tables": [_table(history)]}
    return Section("curves", "Learning curves", "charts", note, content)


def _chart(figure: str, y: str, history: Epochs, best: Sequence[int], scale: float) -> Any:
    series = [
        line
        for name in ("train", "validation")
        if (line := _line(history, name, figure, scale)) is not None
    ]
    ends = "; ".join(f"{name} from {ys[0]:.4g} to {ys[-1]:.4g}" for name, _, ys in series)

    def paint(axes: Any) -> None:
        lines(axes, series, x="epoch", y=y)
        if best:
            axes.axvline(best[-1], color=COLOURS["muted"], linestyle=":", linewidth=1.5)

    description = f"{y} by epoch over {plural(len(history), 'epoch')}: {ends}."
    return picture(f"curve-{figure}", f"{figure.capitalize()} by epoch", description, paint)


def _line(history: Epochs, part: str, figure: str, scale: float) -> Line | None:
    points = [
        (epoch["epoch"], scale * epoch[f"{part}_{figure}"])
        for epoch in history
        if epoch[f"{part}_{figure}"] is not None
    ]
    if not points:
        return None
    xs, ys = zip(*points, strict=True)
    return ("training" if part == "train" else part, xs, ys)


def _table(history: Epochs) -> dict[str, Any]:
    head = ("epoch", "cost, training", "validation", "accuracy, training", "validation", "seconds")
    rows = [
        (
            epoch["epoch"],
            number(epoch["train_cost"]),
            number(epoch["validation_cost"]),
            percent(epoch["train_accuracy"]),
            percent(epoch["validation_accuracy"]),
            f"{epoch['seconds']:.2f}",
        )
        for epoch in history
    ]
    return {"summary": "Every epoch in figures", "head": head, "rows": rows}
