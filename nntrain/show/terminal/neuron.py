"""The book's one-neuron demonstration: four curves, each cost on an axis of its own."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from nntrain.lecture.neuron import Curve
from nntrain.show.descriptions import HEAD, by_cost, row
from nntrain.show.terminal.charts import line_chart
from nntrain.show.terminal.tables import heading, table


def demonstration(curves: list[Curve]) -> RenderableType:
    """Return the curves of cost, a table of what they show, and the moral."""
    parts: list[RenderableType] = [
        heading(
            "One neuron learns the output 0 from the input 1",
            "the book's demonstration; every chart has its own axis, for costs are not comparable",
        )
    ]
    for group in by_cost(curves).values():
        charts = Table.grid(padding=(0, 2))
        charts.add_row(*(_chart(curve) for curve in group))
        parts += [Text(""), charts]
    figures = table(*HEAD, left=(0,))
    for curve in curves:
        figures.add_row(*row(curve))
    return Group(*parts, Text(""), figures)


def _chart(curve: Curve) -> Text:
    title = f"{curve.cost_name}, w = {curve.weight:g}, b = {curve.bias:g}"
    style = "red" if curve.cost_name == "quadratic" else "green"
    return line_chart(curve.costs, title=title, unit="epochs", width=30, style=style)
