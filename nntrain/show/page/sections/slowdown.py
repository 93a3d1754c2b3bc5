"""The learning slowdown by epoch: how much of the error reaches the weights, and what is stuck."""

from collections.abc import Callable
from typing import Any

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.result import Comparison
from nntrain.experiments.compare_costs.slowdown import Slowdown
from nntrain.experiments.experiment import Experiment
from nntrain.show.page.charts import lines, picture
from nntrain.show.page.section import Section


def slowdown(experiment: Experiment[CompareCosts]) -> Section:
    """Return what reaches the weights of the error, by epoch: the learning slowdown itself."""
    outputs = experiment.read.result.outputs
    moments = range(len(outputs[0].slowdown))
    kinds: tuple[tuple[str, str, str, Callable[[Slowdown], float]], ...] = (
        ("share", "Share of the error that reaches δ", "‖δ‖ / ‖a − ỹ‖",
         lambda s: s.delta_norm / max(s.error_norm, 1e-300)),
        ("delta", "The error that goes back", "‖δ‖ at the output", lambda s: s.delta_norm),
        ("error", "The error itself", "‖a − ỹ‖", lambda s: s.error_norm),
        ("stuck", "Stuck: saturated and wrong", "output neurons (%)",
         lambda s: 100 * s.saturated_wrong),
    )  # fmt: skip
    charts = []
    for name, title, unit, figure in kinds:
        series = [(one.output, moments, [figure(s) for s in one.slowdown]) for one in outputs]
        ends = "; ".join(f"{o} from {ys[0]:.3g} to {ys[-1]:.3g}" for o, _, ys in series)

        def paint(axes: Any, series: Any = series, unit: str = unit) -> None:
            lines(axes, series, x="epoch (0: before training)", y=unit)
            axes.set_ylim(bottom=0)

        charts.append((title, picture(f"slowdown-{name}", title, f"{unit}: {ends}.", paint)))
    note = (
        "At the output layer, over 1,000 training examples, means over the seeds. With a sigmoid "
        "and the quadratic cost δ = (a − ỹ) σ′(z): where the neuron is saturated, σ′(z) is near 0 "
        "and so is δ, however wrong it is. The other two outputs have δ = a − ỹ. Stuck is an "
        "output neuron with |a − ỹ| ≥ 0.9."
    )
    content = {"charts": charts, "tables": [_slowdown_table(experiment.read.result)]}
    return Section("slowdown", "The slowdown measured", "charts", note, content)


def _slowdown_table(result: Comparison) -> dict[str, Any]:
    layers = range(1, len(result.outputs[0].gradient_norms[0]) + 1)
    head = (
        "epoch", "output", "‖δ‖", "‖a − ỹ‖", "a(1 − a)", "stuck (%)",
        *(f"gradient, layer {layer}" for layer in layers),
    )  # fmt: skip
    rows = [
        (
            epoch,
            one.output,
            f"{one.slowdown[epoch].delta_norm:.3g}",
            f"{one.slowdown[epoch].error_norm:.3g}",
            f"{one.slowdown[epoch].slope:.3g}",
            f"{100 * one.slowdown[epoch].saturated_wrong:.1f}",
            *(f"{norm:.3g}" for norm in one.gradient_norms[epoch]),
        )
        for epoch in range(len(result.outputs[0].slowdown))
        for one in result.outputs
    ]
    caption = "Gradients are norms, of costs of different kinds: compare the layers of an output."
    return {"summary": "Every epoch in figures", "head": head, "rows": rows, "caption": caption}
