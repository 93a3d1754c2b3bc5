"""The book's demonstration with one neuron: why the quadratic cost starts slowly."""

from collections.abc import Sequence
from dataclasses import replace

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.experiment import Experiment
from nntrain.lecture.neuron import Curve, demonstrate
from nntrain.show.blocks import Axis, Beside, Curves, Line, Section, Table
from nntrain.show.sections.lines import EPOCHS

HEAD = ("cost", "η", "start w, b", "output before", "output after", "cost −10 % after")
NOTE = (
    "One sigmoid neuron learns to output 0 for the input 1, from a good and from a bad start. "
    "Each cost has its own axis and learning rate: compare only the shapes."
)


def neuron(experiment: Experiment[CompareCosts]) -> Section:
    """Return the demonstration for the page; it is the same for every experiment.

    The terminal shows it with ``--neuron`` only.
    """
    shown = demonstration(demonstrate())
    return replace(shown, blocks=[replace(block, only="page") for block in shown.blocks])


def demonstration(curves: Sequence[Curve]) -> Section:
    """Return the curves of each cost, and a table of what they show."""
    groups: dict[str, list[Curve]] = {}
    for curve in curves:
        groups.setdefault(curve.cost_name, []).append(curve)
    charts = [_chart(name, group) for name, group in groups.items()]
    table = Table(HEAD, [_row(curve) for curve in curves])
    return Section("neuron", "One neuron", [Beside(charts), table], NOTE)


def _chart(cost_name: str, curves: Sequence[Curve]) -> Curves:
    lines = [
        Line(f"w = {curve.weight:g}, b = {curve.bias:g}", range(len(curve.costs)), curve.costs)
        for curve in curves
    ]
    words = "; ".join(
        f"from {line.name} the cost first falls by 10 % after {curve.flat_epochs()} epochs"
        for line, curve in zip(lines, curves, strict=True)
    )
    return Curves(
        f"neuron-{cost_name}",
        f"The {cost_name} cost",
        f"{words[:1].upper()}{words[1:]}.",
        EPOCHS,
        Axis(f"{cost_name} cost", low=0),
        lines,
    )


def _row(curve: Curve) -> tuple[str, ...]:
    return (
        curve.cost_name,
        f"{curve.learning_rate:g}",
        f"{curve.weight:g}, {curve.bias:g}",
        f"{curve.outputs[0]:.3f}",
        f"{curve.outputs[-1]:.3f}",
        f"{curve.flat_epochs()} epochs",
    )
