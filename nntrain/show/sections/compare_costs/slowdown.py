"""The learning slowdown by epoch: how much of the output error reaches δ."""

from collections.abc import Callable, Sequence

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.result import Comparison
from nntrain.experiments.compare_costs.slowdown import Slowdown
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Axis, Curves, Line, Place, Section, Table
from nntrain.show.formatting import short_output

NOTE = (
    "At the output layer, over 1,000 training examples, means over the seeds; epoch 0 is before "
    "training. With a sigmoid and the quadratic cost δ = (a − ỹ) σ′(z), where σ′(z) = a(1 − a): "
    "if the neuron is saturated, σ′(z) and δ are near 0, however wrong the neuron is. With a "
    "softmax and this cost δ = J (a − ỹ), with its Jacobian J, which is near 0 too. Cross-entropy "
    "and log-likelihood have δ = a − ỹ. An output neuron is saturated and wrong if |a − ỹ| ≥ 0.9. "
    "Gradients of different costs are not comparable: compare the layers of one output."
)


def share_of_error(of: Slowdown) -> float:
    """Return ‖δ‖ / ‖a − ỹ‖."""
    return of.delta_norm / max(of.error_norm, 1e-300)


def _saturated(of: Slowdown) -> float:
    return 100 * of.saturated_wrong


CHARTS: Sequence[tuple[str, str, str, Callable[[Slowdown], float]]] = (
    ("share", "Share of the error that reaches δ", "‖δ‖ / ‖a − ỹ‖", share_of_error),
    ("delta", "Backpropagated error", "‖δ‖", lambda of: of.delta_norm),
    ("error", "Output error", "‖a − ỹ‖", lambda of: of.error_norm),
    ("saturated", "Saturated and wrong", "output neurons (%)", _saturated),
)
"""The charts' names, titles, units and figures."""


def slowdown(experiment: Experiment[CompareCosts]) -> Section:
    """Return a chart of each figure, and tables of the figures and of the gradients.

    The terminal shows a few epochs, the page all of them.
    """
    result = experiment.read.result
    epochs = len(result.outputs[0].slowdown)
    few = sorted({0, 1, 2, epochs // 2, epochs - 1} & set(range(epochs)))
    blocks = [
        *(_chart(result, *chart) for chart in CHARTS),
        *_tables(result, few, "terminal"),
        *_tables(result, range(epochs), "page"),
    ]
    return Section("slowdown", "Learning slowdown", blocks, NOTE)


def _chart(
    result: Comparison, name: str, title: str, unit: str, figure: Callable[[Slowdown], float]
) -> Curves:
    lines = [
        Line(one.output, range(len(one.slowdown)), [figure(moment) for moment in one.slowdown])
        for one in result.outputs
    ]
    ends = "; ".join(f"{line.name} from {line.y[0]:.3g} to {line.y[-1]:.3g}" for line in lines)
    x, y = Axis("epoch (0: before training)", whole=True), Axis(unit, low=0)
    return Curves(f"slowdown-{name}", title, f"{unit}: {ends}.", x, y, lines, only="page")


def _tables(result: Comparison, epochs: Sequence[int], place: Place) -> list[Table]:
    """Return the figures and the norms of the gradients, one row per epoch and output."""
    chosen = [(epoch, one) for epoch in epochs for one in result.outputs]
    figures = [
        (
            f"{epoch}",
            short_output(one.output),
            *(f"{n:.3g}" for n in (of.delta_norm, of.error_norm, share_of_error(of), of.slope)),
            f"{_saturated(of):.1f}",
        )
        for epoch, one in chosen
        for of in [one.slowdown[epoch]]
    ]
    gradients = [
        (f"{epoch}", one.output, *(f"{norm:.4g}" for norm in one.gradient_norms[epoch]))
        for epoch, one in chosen
    ]
    layers = range(1, len(result.outputs[0].gradient_norms[0]) + 1)
    columns = ("‖δ‖", "‖a − ỹ‖", "‖δ‖/‖a − ỹ‖", "a(1 − a)", "saturated,\nwrong (%)")
    return [
        Table(
            ("epoch", "output", *head),
            rows,
            left=(0, 1),
            caption=title if place == "terminal" else "",
            summary=f"{title}, all epochs",
            rules=range(len(result.outputs), len(rows), len(result.outputs)),
            only=place,
        )
        for title, head, rows in (
            ("Figures", columns, figures),
            ("Gradient norms", [f"layer {number}" for number in layers], gradients),
        )
    ]
