"""Accuracy while learning: by epoch, by updates, and the time to an accuracy."""

import math

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.pairs import LEVELS
from nntrain.experiments.compare_costs.result import Comparison, OutputResult, Reached
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Axis, Curves, Dot, Rows, Section, Table
from nntrain.show.formatting import duration, spread
from nntrain.show.sections.lines import EPOCHS, banded, explained

ACCURACY = Axis("validation accuracy (%)")
UPDATES = Axis("updates (logarithmic scale)", scale="log")


def accuracy(experiment: Experiment[CompareCosts]) -> Section:
    """Return validation accuracy by epoch and by updates, with bands over the seeds."""
    result = experiment.read.result
    epochs = _by_epoch(result)
    seeds = len(result.seeds)
    note = "Validation accuracy in %, " + (
        f"mean ± sd of {seeds} seeds." if seeds > 1 else "one seed."
    )
    updates = by_updates(result)
    blocks = [*explained(epochs.lines), epochs, updates, _table(result)]
    return Section("accuracy", "Accuracy by epoch", blocks, note)


def _by_epoch(result: Comparison) -> Curves:
    epochs = range(1, len(result.outputs[0].accuracy) + 1)
    lines = [banded(one.output, epochs, one.accuracy) for one in result.outputs]
    ends = "; ".join(f"{line.name} from {line.y[0]:.2f} to {line.y[-1]:.2f} %" for line in lines)
    title = "Validation accuracy by epoch"
    return Curves("accuracy-epochs", title, f"{ends}.", EPOCHS, ACCURACY, lines, only="page")


def by_updates(result: Comparison, name: str = "accuracy-updates") -> Curves:
    """Return validation accuracy by updates, as a chart called ``name``."""
    lines = [
        banded(one.output, [u for u, _ in one.early], [share for _, share in one.early])
        for one in result.outputs
    ]
    halves = "; ".join(
        f"{one.output} {'never' if half is None else f'after {half.updates:,.0f} updates'}"
        for one in result.outputs
        for half in [one.reached[0.5]]
    )
    title, words = (
        "Validation accuracy from the first update on",
        f"50 % of the validation examples correct: {halves}.",
    )
    return Curves(name, title, words, UPDATES, ACCURACY, lines, only="page")


def _table(result: Comparison) -> Table:
    epochs = len(result.outputs[0].accuracy)
    rows = [
        (f"{epoch + 1}", *(spread(one.accuracy[epoch]) for one in result.outputs))
        for epoch in range(epochs)
    ]
    rows.append(("mean", *(spread(one.mean_accuracy) for one in result.outputs)))
    head = ("epoch", *(one.output.replace("+", "+\n") for one in result.outputs))
    return Table(head, rows, rules=(epochs,), summary="All epochs")


def levels(experiment: Experiment[CompareCosts]) -> Section:
    """Return the updates, epochs and time that each output needed to reach each of ``LEVELS``."""
    result = experiment.read.result
    rows = [
        (one.output, f"{100 * level:.0f} %", *_reached(one.reached[level], len(result.seeds)))
        for one in result.outputs
        for level in LEVELS
    ]
    head = ("output", "accuracy", "updates", "epochs", "training time", "seeds")
    rules = range(len(LEVELS), len(rows), len(LEVELS))
    note = (
        "Until the validation accuracy first reached the level: means over the seeds that reached "
        "it. It is checked after every update until 100, on 1,000 examples, then at update counts "
        "about 10 % apart; the time is training time only."
    )
    blocks = [_dots(result), Table(head, rows, rules=rules)]
    return Section("levels", "Time to an accuracy", blocks, note)


def _reached(of: Reached | None, seeds: int) -> tuple[str, str, str, str]:
    """Return updates, epochs, seconds and how many of the seeds reached an accuracy."""
    if of is None:
        return "never", "–", "–", f"0 of {seeds}"
    time = duration(of.seconds)
    return f"{of.updates:,.0f}", f"{of.epochs:.2f}", time, f"{of.n} of {of.of}"


def _dots(result: Comparison) -> Rows:
    rows = [
        (
            f"{100 * level:.0f} %",
            [
                Dot(one.output, math.inf if of is None else of.updates)
                for one in result.outputs
                for of in [one.reached[level]]
            ],
        )
        for level in reversed(LEVELS)
    ]
    words, title = "; ".join(map(_in_words, result.outputs)), "Updates to each accuracy"
    return Rows("levels-chart", title, f"{words}.", UPDATES, rows, only="page")


def _in_words(one: OutputResult) -> str:
    reached = (
        f"{100 * level:.0f} % {'never' if of is None else f'after {of.updates:,.0f}'}"
        for level, of in one.reached.items()
    )
    return f"{one.output}: {', '.join(reached)}"
