"""The book's demonstration with one neuron: why the quadratic cost starts slowly."""

from typing import Any

from nntrain.lecture.neuron import Curve, demonstrate
from nntrain.show.descriptions import HEAD, by_cost, row
from nntrain.show.page.charts import Line, lines, picture
from nntrain.show.page.section import Section


def neuron() -> Section:
    """Return the demonstration; it is the same each time, and done in milliseconds."""
    curves = demonstrate()
    groups = by_cost(curves).items()
    charts = [(f"With the {name} cost", _chart(name, group)) for name, group in groups]
    note = (
        "One sigmoid neuron learns the output 0 from the input 1, from a good and from a bad "
        "start. Each cost has its own axis and learning rate: only the shapes can be compared."
    )
    content = {
        "charts": charts,
        "tables": [{"head": HEAD, "rows": [row(curve) for curve in curves]}],
    }
    return Section("neuron", "One neuron", "charts", note, content)


def _chart(cost_name: str, curves: list[Curve]) -> Any:
    series: list[Line] = [
        (f"w = {curve.weight:g}, b = {curve.bias:g}", range(len(curve.costs)), curve.costs)
        for curve in curves
    ]
    flat = "; ".join(
        f"from {name} the cost first falls by a tenth after {curve.flat_epochs()} epochs"
        for (name, _, _), curve in zip(series, curves, strict=True)
    )

    def paint(axes: Any) -> None:
        lines(axes, series, x="epoch", y=f"{cost_name} cost")
        axes.set_ylim(bottom=0)

    title = f"One neuron with the {cost_name} cost"
    return picture(f"neuron-{cost_name}", title, f"{flat[0].upper()}{flat[1:]}.", paint)
