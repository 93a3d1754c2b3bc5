"""How accurate the outputs were while they learnt: by epoch, and from the first update on."""

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.result import Comparison
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Axis, Curves, Section, Table
from nntrain.show.formatting import spread
from nntrain.show.sections.bands import banded, explained

ACCURACY = Axis("validation accuracy (%)")


def section(experiment: Experiment[CompareCosts]) -> Section:
    """Return validation accuracy by epoch and by updates, with bands over the seeds."""
    result = experiment.read.result
    epochs = _by_epoch(result)
    seeds = len(result.seeds)
    note = "Validation accuracy in %, " + (
        f"mean ± sd of {seeds} seeds." if seeds > 1 else "one seed."
    )
    blocks = [*explained(epochs.lines), epochs, _by_updates(result), _table(result)]
    return Section("accuracy", "Accuracy by epoch", blocks, note)


def _by_epoch(result: Comparison) -> Curves:
    epochs = range(1, len(result.outputs[0].accuracy) + 1)
    lines = [banded(one.output, epochs, one.accuracy) for one in result.outputs]
    ends = "; ".join(f"{line.name} from {line.y[0]:.2f} to {line.y[-1]:.2f} %" for line in lines)
    return Curves(
        "accuracy-epochs",
        "Validation accuracy by epoch",
        f"{ends}.",
        Axis("epoch", whole=True),
        ACCURACY,
        lines,
        only="page",
    )


def _by_updates(result: Comparison) -> Curves:
    lines = [
        banded(one.output, [u for u, _ in one.early], [share for _, share in one.early])
        for one in result.outputs
    ]
    halves = "; ".join(
        f"{one.output} {'never' if half is None else f'after {half.updates:,.0f} updates'}"
        for one in result.outputs
        for half in [one.reached[0.5]]
    )
    return Curves(
        "accuracy-updates",
        "Validation accuracy from the first update on",
        f"50 % of the digits correct: {halves}.",
        Axis("updates (logarithmic scale)", scale="log"),
        ACCURACY,
        lines,
        only="page",
    )


def _table(result: Comparison) -> Table:
    epochs = len(result.outputs[0].accuracy)
    rows = [
        (f"{epoch + 1}", *(spread(one.accuracy[epoch]) for one in result.outputs))
        for epoch in range(epochs)
    ]
    rows.append(("mean", *(spread(one.mean_accuracy) for one in result.outputs)))
    head = ("epoch", *(one.output for one in result.outputs))
    return Table(head, rows, rules=(epochs,), summary="Every epoch in figures")
