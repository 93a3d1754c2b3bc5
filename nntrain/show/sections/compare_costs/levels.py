"""How many updates and how much time each output needed to reach each accuracy."""

import math

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.result import LEVELS, Comparison, OutputResult
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Axis, Dot, Rows, Section, Table
from nntrain.show.formatting import reached


def section(experiment: Experiment[CompareCosts]) -> Section:
    """Return the updates, epochs and time to each of ``LEVELS``."""
    result = experiment.read.result
    rows = [
        (one.output, f"{100 * level:.0f} %", *reached(one.reached[level], len(result.seeds)))
        for one in result.outputs
        for level in LEVELS
    ]
    head = ("output", "to", "updates", "epochs", "training time", "seeds")
    rules = range(len(LEVELS), len(rows), len(LEVELS))
    note = (
        "Until the validation accuracy was first seen there: means over the seeds that reached "
        "it. It is checked at update counts spaced about 10 % apart; the time is of training "
        "alone."
    )
    blocks = [_chart(result), Table(head, rows, rules=rules)]
    return Section("levels", "Time to an accuracy", blocks, note)


def _chart(result: Comparison) -> Rows:
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
    words = "; ".join(map(_in_words, result.outputs))
    axis = Axis("updates (logarithmic scale)", scale="log")
    return Rows("levels-chart", "Updates to each accuracy", f"{words}.", axis, rows, only="page")


def _in_words(one: OutputResult) -> str:
    levels = (
        f"{100 * level:.0f} % {'never' if of is None else f'after {of.updates:,.0f}'}"
        for level, of in one.reached.items()
    )
    return f"{one.output}: {', '.join(levels)}"
