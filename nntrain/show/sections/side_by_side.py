"""The sections that show runs side by side, each on the examples of its own dataset."""

from collections.abc import Sequence
from dataclasses import asdict

from nntrain.show.blocks import Axis, Curves, Section, Table
from nntrain.show.formatting import interval, number
from nntrain.show.sections.lines import ACCURACY, EPOCHS, ends_of, of_history
from nntrain.show.sections.run.confidence import BIN_ACCURACY, PERFECT, reliability_line
from nntrain.show.sections.settings import in_words
from nntrain.show.sections.two_runs import compared
from nntrain.show.sections.two_runs import in_words as in_words_of
from nntrain.workflows.evaluate import EvaluatedRun

ORDER = {
    "figures": "side_by_side",
    "answers": "two_runs",
    "changes": "two_runs",
    "pads": "pads",
    "curves": "side_by_side",
    "reliability": "side_by_side",
    "settings": "side_by_side",
}


def lead(runs: Sequence[EvaluatedRun]) -> str:
    """Return what two runs on the same examples answer differently, or the most accurate run."""
    if (of := compared(runs)) is not None:
        return in_words_of(of)
    best = max(runs, key=lambda run: run.evaluation.accuracy.estimate)
    return (
        f"{len(runs)} runs on their test examples; the most accurate is {best.name} with "
        f"{interval(best.evaluation.accuracy)}."
    )


def figures(runs: Sequence[EvaluatedRun]) -> Section:
    """Return the table of the runs."""
    head = (
        *("run", "network", "accuracy (%)", "95 % interval", "cost", "ECE (points)", "Brier"),
        "examples",
    )
    note = (
        "Costs of different outputs are not comparable, nor are figures on different datasets. In "
        "brackets after ECE: 95 % of perfectly calibrated networks are below it."
    )
    table = Table(head, list(map(_row, runs)), left=(0, 1, 7))
    return Section("figures", "Results", [table], note)


def _row(run: EvaluatedRun) -> tuple[str, ...]:
    of = run.evaluation
    return (
        run.name,
        f"{list(run.network.sizes)}, {run.network.output.name}",
        f"{100 * of.accuracy.estimate:.2f}",
        f"{100 * of.accuracy.low:.2f}–{100 * of.accuracy.high:.2f}",
        number(of.cost),
        f"{100 * of.reliability_width.ece:.2f} ({100 * of.reliability_width.noise_floor.p95:.2f})",
        number(of.scores.brier),
        f"{of.n:,} of {run.dataset.title}",
    )


def curves(runs: Sequence[EvaluatedRun]) -> Section | None:
    """Return the accuracies by epoch; None if no run has a history."""
    parts = {"validation": "Validation", "train": "Training"}
    charts = [_chart(runs, part, name) for part, name in parts.items()]
    drawn = [chart for chart in charts if any(line.x for line in chart.lines)]
    return Section("curves", "Learning curves", drawn) if drawn else None


def _chart(runs: Sequence[EvaluatedRun], part: str, name: str) -> Curves:
    """Return a chart with a line for each run, so that a run has one colour in all charts."""
    lines = [of_history(run.name, run.history, f"{part}_accuracy", 100) for run in runs]
    title, words = f"{name} accuracy by epoch", f"{ends_of(lines)}."
    return Curves(f"accuracy-{part}", title, words, EPOCHS, ACCURACY, lines)


def reliability(runs: Sequence[EvaluatedRun]) -> Section:
    """Return the accuracy by confidence of each run."""
    text = "; ".join(f"{run.name}: ECE {run.evaluation.reliability_width.ece:.4f}" for run in runs)
    chart = Curves(
        "reliability-chart",
        "Reliability of the runs",
        f"{text}.",
        Axis("confidence", low=0, high=1),
        BIN_ACCURACY,
        [reliability_line(run.name, run.evaluation.reliability_width) for run in runs],
        [PERFECT],
    )
    note = (
        "Confidence is the largest output: a probability for softmax, only an activation for "
        "sigmoid outputs."
    )
    return Section("reliability", "Confidence and accuracy", [chart], note)


def settings(runs: Sequence[EvaluatedRun]) -> Section | None:
    """Return the table of the settings in which they differ; None if all are the same."""
    given = [asdict(run.settings) for run in runs]
    names = dict.fromkeys(name for one in given for name in one)
    values = {name: [in_words(one.get(name)) for one in given] for name in names}
    rows = [
        (name.replace("_", " "), *words) for name, words in values.items() if len(set(words)) > 1
    ]
    if not rows:
        return None
    head = ("", *(run.name for run in runs))
    return Section("settings", "Where the settings differ", [Table(head, rows)])
