"""The page on several runs side by side: figures, curves, confidence, settings that differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nntrain.analysis.evaluation import Evaluation
from nntrain.nn.network import Network
from nntrain.show.formatting import interval, number
from nntrain.show.page.charts import Line, lines, picture
from nntrain.show.page.page import page
from nntrain.show.page.section import Section
from nntrain.show.page.sections.provenance import in_words
from nntrain.show.page.svg import COLOURS


@dataclass(frozen=True, eq=False)
class Compared:
    """One of the runs, evaluated on the test examples of its own ``dataset``."""

    name: str
    dataset: str
    network: Network
    evaluation: Evaluation
    history: Sequence[Mapping[str, Any]]
    settings: Mapping[str, Any]


def side_by_side(runs: Sequence[Compared]) -> str:
    """Return the page as HTML."""
    best = max(runs, key=lambda run: run.evaluation.accuracy.estimate)
    lead = (
        f"{len(runs)} runs on their test examples; the most accurate is {best.name} with "
        f"{interval(best.evaluation.accuracy)}."
    )
    sections = [_figures(runs), _curves(runs), _reliability(runs), _settings(runs)]
    return page("Runs side by side", lead, sections)


def _figures(runs: Sequence[Compared]) -> Section:
    head = (
        "run", "network", "accuracy (%)", "95 % interval", "cost", "ECE (points)", "Brier",
        "examples",
    )  # fmt: skip
    rows = [
        (
            run.name,
            f"{list(run.network.sizes)}, {run.network.output.name}",
            f"{100 * run.evaluation.accuracy.estimate:.2f}",
            f"{100 * run.evaluation.accuracy.low:.2f}–{100 * run.evaluation.accuracy.high:.2f}",
            number(run.evaluation.cost),
            f"{100 * run.evaluation.reliability_width.ece:.2f}",
            number(run.evaluation.scores.brier),
            f"{run.evaluation.n:,} of {run.dataset}",
        )
        for run in runs
    ]
    note = "Costs of different kinds of output are not comparable; nor are different datasets."
    tables = [{"head": head, "rows": rows, "wide": True}]
    return Section("figures", "The results", "tables", note, {"tables": tables})


def _curves(runs: Sequence[Compared]) -> Section | None:
    charts = []
    for part, word in (("validation", "Validation"), ("train", "Training")):
        series = [line for run in runs if (line := _accuracy(run, part))]
        if not series:
            continue
        ends = "; ".join(f"{name} ends at {ys[-1]:.2f} %" for name, _, ys in series)

        def paint(axes: Any, series: Sequence[Line] = series) -> None:
            lines(axes, series, x="epoch", y="accuracy (%)")

        title = f"{word} accuracy by epoch"
        charts.append((title, picture(f"accuracy-{part}", title, f"{ends}.", paint)))
    if not charts:
        return None
    return Section("curves", "Learning curves", "charts", content={"charts": charts})


def _accuracy(run: Compared, part: str) -> Line | None:
    points = [
        (epoch["epoch"], 100 * epoch[f"{part}_accuracy"])
        for epoch in run.history
        if epoch[f"{part}_accuracy"] is not None
    ]
    if not points:
        return None
    xs, ys = zip(*points, strict=True)
    return run.name, xs, ys


def _reliability(runs: Sequence[Compared]) -> Section:
    series: list[Line] = []
    for run in runs:
        bins = [b for b in run.evaluation.reliability_width.bins if b.confidence is not None]
        series.append(
            (run.name, [b.confidence or 0 for b in bins], [b.accuracy or 0 for b in bins])
        )

    def paint(axes: Any) -> None:
        lines(axes, series, x="confidence", y="accuracy (share right)", whole_x=False)
        axes.axline((0, 0), slope=1, color=COLOURS["muted"], linestyle=":", linewidth=1)

    text = "; ".join(f"{run.name}: ECE {run.evaluation.reliability_width.ece:.4f}" for run in runs)
    chart = picture("reliability-chart", "Reliability of the runs", f"{text}.", paint)
    note = (
        "Confidence is the largest output: a probability for softmax, for sigmoid outputs an "
        "activation only."
    )
    content = {"charts": [("Reliability", chart)]}
    return Section("reliability", "Confidence and accuracy", "charts", note, content)


def _settings(runs: Sequence[Compared]) -> Section | None:
    names = dict.fromkeys(name for run in runs for name in run.settings)
    rows = []
    for name in names:
        values = [in_words(run.settings.get(name)) for run in runs]
        if len(set(values)) > 1:
            rows.append((name.replace("_", " "), *values))
    if not rows:
        return None
    tables = [{"head": ("", *(run.name for run in runs)), "rows": rows}]
    return Section("settings", "Where the settings differ", "tables", content={"tables": tables})
