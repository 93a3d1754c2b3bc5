"""The figures of runs side by side, each on the examples of its own dataset."""

from collections.abc import Sequence

from nntrain.show.blocks import Section, Table
from nntrain.show.formatting import interval, number
from nntrain.workflows.evaluate import EvaluatedRun


def lead(runs: Sequence[EvaluatedRun]) -> str:
    """Return the most accurate run in one line."""
    best = max(runs, key=lambda run: run.evaluation.accuracy.estimate)
    return (
        f"{len(runs)} runs on their test examples; the most accurate is {best.name} with "
        f"{interval(best.evaluation.accuracy)}."
    )


def section(runs: Sequence[EvaluatedRun]) -> Section:
    """Return the table of the runs."""
    head = (
        "run", "network", "accuracy (%)", "95 % interval", "cost", "ECE (points)", "Brier",
        "examples",
    )  # fmt: skip
    note = "Costs of different kinds of output are not comparable; nor are different datasets."
    table = Table(head, list(map(_row, runs)), left=(0, 1, 7))
    return Section("figures", "The results", [table], note)


def _row(run: EvaluatedRun) -> tuple[str, ...]:
    of = run.evaluation
    return (
        run.name,
        f"{list(run.network.sizes)}, {run.network.output.name}",
        f"{100 * of.accuracy.estimate:.2f}",
        f"{100 * of.accuracy.low:.2f}–{100 * of.accuracy.high:.2f}",
        number(of.cost),
        f"{100 * of.reliability_width.ece:.2f}",
        number(of.scores.brier),
        f"{of.n:,} of {run.dataset.title}",
    )
