"""The one-neuron demonstration in words: what the terminal and the page say of its curves."""

from collections.abc import Sequence

from nntrain.lecture.neuron import Curve

HEAD = ("cost", "η", "start w, b", "output before", "output after", "cost −10 % after")


def row(curve: Curve) -> tuple[str, ...]:
    """Return a curve's figures, in the order of ``HEAD``."""
    return (
        curve.cost_name,
        f"{curve.learning_rate:g}",
        f"{curve.weight:g}, {curve.bias:g}",
        f"{curve.outputs[0]:.3f}",
        f"{curve.outputs[-1]:.3f}",
        f"{curve.flat_epochs()} epochs",
    )


def by_cost(curves: Sequence[Curve]) -> dict[str, list[Curve]]:
    """Return the curves of each cost, by its name, in the order they come."""
    groups: dict[str, list[Curve]] = {}
    for curve in curves:
        groups.setdefault(curve.cost_name, []).append(curve)
    return groups
