"""The frame of a chart: axes with ticks and labels, the grid, and the element around it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nntrain.show.blocks import Axis, Bars, Curves, Guide, Rows
from nntrain.show.page.scales import Scale, scale
from nntrain.show.page.svg import CHARACTER, Svg, cut, shorts, tag

WIDTH, HEIGHT = 420, 270
"""Size of a chart in the units of its viewBox: as wide as a telephone in CSS pixels."""
TOP, RIGHT, BELOW = 28, 14, 46
"""Margins: for the label of the vertical axis, half a tick, and the horizontal axis' words."""


@dataclass(frozen=True)
class Frame:
    """The plot area of a chart: an x and a y scale."""

    x: Scale
    y: Scale

    @property
    def area(self) -> tuple[float, float, float, float]:
        """The plot's left, right, top and bottom."""
        return self.x.start, self.x.end, self.y.end, self.y.start


def frame(
    x: Axis, y: Axis, xs: Sequence[float], ys: Sequence[float], margins: tuple[float, float]
) -> Frame:
    """Return the frame for points at ``xs`` and ``ys``.

    ``margins`` are the shares of the values' range that x and y leave free at the ends.
    """
    bottom = HEIGHT - BELOW
    y_scale = scale(y, ys, bottom, TOP, _fits_upright, margins[1])
    longest = max((len(text) for _, text in y_scale.labelled()), default=0)
    return Frame(x_scale(x, xs, 16 + CHARACTER * longest, margins[0]), y_scale)


def x_scale(axis: Axis, values: Sequence[float], left: float, margin: float) -> Scale:
    """Return the horizontal scale, with ticks whose texts do not touch."""
    return scale(axis, values, left, WIDTH - RIGHT, _fits, margin)


def _fits(of: Scale) -> bool:
    """Return whether the texts of the ticks have room beside one another."""
    places = [(of.at(tick), CHARACTER * len(text) / 2) for tick, text in of.labelled()]
    return all(a + half + 8 <= b - other for (a, half), (b, other) in pairwise(places))


def _fits_upright(of: Scale) -> bool:
    """Return whether the texts of the ticks have room above one another."""
    return all(of.at(a) - of.at(b) >= 24 for a, b in pairwise(of.ticks))


def horizontal(of: Scale, top: float, bottom: float) -> list[Svg]:
    """Return the horizontal axis below the plot, with grid lines, ticks and its label."""
    parts = []
    for tick, text in of.labelled():
        at = of.at(tick)
        parts.append(tag("line", class_="grid", x1=at, x2=at, y1=top, y2=bottom))
        parts.append(
            tag("text", text=text, class_="tick", x=at, y=bottom + 17, text_anchor="middle")
        )
    parts.append(tag("line", class_="axis", x1=of.start, x2=of.end, y1=bottom, y2=bottom))
    middle = (of.start + of.end) / 2
    label = cut(of.axis.label, int((of.end - of.start) / CHARACTER * 1.1))
    parts.append(tag("text", text=label, x=middle, y=bottom + 36, text_anchor="middle"))
    return parts


def vertical(of: Scale, left: float, right: float) -> list[Svg]:
    """Return the vertical axis at the left, with grid lines, ticks, and its label above."""
    parts = []
    for tick, text in of.labelled():
        at = of.at(tick)
        parts.append(tag("line", class_="grid", x1=left, x2=right, y1=at, y2=at))
        parts.append(
            tag("text", text=text, class_="tick", x=left - 7, y=at + 4, text_anchor="end")
        )
    parts.append(tag("line", class_="axis", x1=left, x2=left, y1=of.start, y2=of.end))
    parts.append(tag("text", text=cut(of.axis.label, int(WIDTH / CHARACTER)), x=4, y=14))
    return parts


def guides(of: Frame, lines: Sequence[Guide]) -> list[Svg]:
    """Return dotted lines to compare with."""
    (left, right), (bottom, top) = (of.x.start, of.x.end), (of.y.start, of.y.end)
    parts = []
    for line in lines:
        x1, x2, y1, y2 = left, right, bottom, top
        if line.x is not None:
            x1 = x2 = of.x.at(line.x)
        elif line.y is not None:
            y1 = y2 = of.y.at(line.y)
        else:
            low, high = max(of.x.low, of.y.low), min(of.x.high, of.y.high)
            x1, x2, y1, y2 = of.x.at(low), of.x.at(high), of.y.at(low), of.y.at(high)
        parts.append(tag("line", class_="guide", x1=x1, x2=x2, y1=y1, y2=y2))
    return parts


def drawing(
    of: Curves | Bars | Rows,
    area: tuple[float, float, float, float],
    parts: Sequence[Svg],
    head: str = "",
) -> Svg:
    """Return the chart's element, whose title and description are its text alternative.

    Its ids begin with the block's name, unique in the page. ``area`` is the plot's left, right,
    top and bottom, to which ``#<name>-clip`` cuts; ``head`` stands before a point's place in
    words.
    """
    left, right, top, bottom = area
    width, height = right - left + 4, bottom - top + 4  # half a line on each side
    shape = tag("rect", x=left - 2, y=top - 2, width=width, height=height)
    return tag(
        "svg",
        tag("title", text=of.title, id=f"{of.name}-title"),
        tag("desc", text=of.description, id=f"{of.name}-text"),
        tag("clipPath", shape, id=f"{of.name}-clip"),
        *parts,
        viewBox=f"0 0 {WIDTH} {bottom + BELOW:g}",
        role="img",
        aria_labelledby=f"{of.name}-title {of.name}-text",
        class_="chart",
        data_area=shorts(area),
        data_head=head,
    )


def nothing(area: tuple[float, float, float, float]) -> Svg:
    """Return the words for a chart without a point."""
    x, y = (area[0] + area[1]) / 2, (area[2] + area[3]) / 2
    return tag("text", text="no points", class_="tick", x=x, y=y, text_anchor="middle")


def unit(label: str) -> str:
    """Return an axis' unit as it follows a value, or nothing: `` %`` for ``accuracy (%)``."""
    _, _, rest = label.rpartition(" (")
    inside = rest.removesuffix(")")
    return f" {inside}" if rest.endswith(")") and len(inside) <= 3 else ""


def quantity(label: str) -> str:
    """Return an axis' label without what stands in brackets after it."""
    return label.partition(" (")[0]
