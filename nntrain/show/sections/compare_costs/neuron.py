"""The book's demonstration with one neuron: why the quadratic cost starts slowly."""

from collections.abc import Sequence

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.experiment import Experiment
from nntrain.lecture.neuron import (
    EPOCHS,
    GOAL,
    SAME_RATE,
    STARTS,
    Curve,
    demonstrate,
    demonstrate_same_rate,
)
from nntrain.show.blocks import Axis, Beside, Block, Curves, Line, Live, Section, Table, Text
from nntrain.show.formatting import plural
from nntrain.show.sections.lines import EPOCHS as EPOCH_AXIS

HEAD = ("cost", "η", "start w, b", "output\nbefore", "output\nafter",
        "cost −10 %\nafter", f"output {GOAL:g}\nafter")  # fmt: skip
NOTE = (
    "One sigmoid neuron learns to output 0 for the input 1, from a good and from a bad start. "
    "First with the book's learning rates, one for each cost: compare only the shapes."
)
LIVE = (
    "One sigmoid neuron learns to output 0 for the input 1. Choose its start and η, and run it "
    "with both costs."
)
SAME = f"Both costs with the same η = {SAME_RATE:g}: compare the outputs."


def neuron(experiment: Experiment[CompareCosts]) -> Section:
    """Return the demonstration for the page, to be run there; the same for every experiment.

    The terminal shows the book's curves with ``--neuron`` only.
    """
    same_rate = demonstrate_same_rate()
    curves = demonstration(demonstrate(), same_rate)
    live = Live("widget", {"name": "why"}, curves.blocks[:-1])
    verdict = Text(moral(same_rate), "strong", only="page")
    return Section("neuron", "One neuron", [verdict, live], LIVE)


def demonstration(curves: Sequence[Curve], same_rate: Sequence[Curve]) -> Section:
    """Return the costs at the book's rates, the outputs at one rate, a table and the moral."""
    charts = [_costs(name, group) for name, group in _grouped(curves).items()]
    outputs = [_outputs(*start, same_rate) for start in STARTS]
    rows = [_row(curve) for curve in dict.fromkeys([*curves, *same_rate])]
    blocks: list[Block] = [
        Beside(charts),
        Text(SAME, "muted"),
        Beside(outputs),
        Table(HEAD, rows, rules=(len(curves),)),
        Text(moral(same_rate), "strong"),
    ]
    return Section("neuron", "One neuron", blocks, NOTE)


def moral(same_rate: Sequence[Curve]) -> str:
    """Return what the curves with the same η show, in words."""
    needed = {
        name: " and ".join(_epochs(curve) for curve in group)
        for name, group in _grouped(same_rate).items()
    }
    return (
        f"At the same η = {SAME_RATE:g}, cross-entropy brings the output to {GOAL:g} in "
        f"{needed['cross-entropy']} epochs from the two starts; the quadratic cost needs "
        f"{needed['quadratic']}. Its δ = (a − y) σ′(z), and σ′(z) is almost 0 in a saturated "
        f"neuron. With cross-entropy, δ = a − y: the larger the error, the faster it learns."
    )


def _epochs(curve: Curve) -> str:
    epochs = curve.epochs_to_goal()
    return f"more than {EPOCHS}" if epochs is None else f"{epochs}"


def _grouped(curves: Sequence[Curve]) -> dict[str, list[Curve]]:
    groups: dict[str, list[Curve]] = {}
    for curve in curves:
        groups.setdefault(curve.cost_name, []).append(curve)
    return groups


def _costs(cost_name: str, curves: Sequence[Curve]) -> Curves:
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
        EPOCH_AXIS,
        Axis(f"{cost_name} cost", low=0),
        lines,
    )


def _outputs(weight: float, bias: float, same_rate: Sequence[Curve]) -> Curves:
    """Return the output by epoch with each cost, from one start."""
    chosen = [curve for curve in same_rate if (curve.weight, curve.bias) == (weight, bias)]
    lines = [Line(c.cost_name, range(len(c.outputs)), c.outputs) for c in chosen]
    words = "; ".join(f"{c.cost_name}: {_epochs(c)} epochs to {GOAL:g}" for c in chosen)
    return Curves(
        f"neuron-same-{STARTS.index((weight, bias)) + 1}",
        f"From w = {weight:g}, b = {bias:g}",
        f"{words}.",
        EPOCH_AXIS,
        Axis("output a", low=0, high=1),
        lines,
    )


def _row(curve: Curve) -> tuple[str, ...]:
    return (
        curve.cost_name,
        f"{curve.learning_rate:g}",
        f"{curve.weight:g}, {curve.bias:g}",
        f"{curve.outputs[0]:.3f}",
        f"{curve.outputs[-1]:.3f}",
        plural(curve.flat_epochs(), "epoch"),
        "never" if (needed := curve.epochs_to_goal()) is None else plural(needed, "epoch"),
    )
