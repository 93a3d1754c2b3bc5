"""The parts of a chart: axes with ticks and a grid, series, guides, a legend, the frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nntrain.show.blocks import Axis, Bars, Curves, Guide, Role, Rows
from nntrain.show.page.scales import Scale, scale
from nntrain.show.page.svg import CHARACTER, Svg, cut, plain, shorts, stroke, tag, words

WIDTH, HEIGHT = 420, 270
"""Size of a chart in the units of its viewBox: about as wide as a phone in CSS pixels."""
TOP, RIGHT, BELOW = 28, 14, 46
"""Margins: for the label of the vertical axis, half a tick, and the horizontal axis's text."""

COLOURS = 6
DASHES = (None, "7 3", "7 3 2 3", "2 2.5", "12 3", "12 3 2 3 2 3")
"""Dashes of lines, so that series differ without colour too."""
MARKS = (
    "M{at}m-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0",  # a disc
    "M{at}m-4 -4l8 8m0 -8l-8 8",  # a cross
    "M{at}m-3.3 -3.3h6.6v6.6h-6.6z",
    "M{at}m0 -4.6l4.6 4.6l-4.6 4.6l-4.6 -4.6z",
    "M{at}m0 -4.2l4.4 7.6h-8.8z",
    "M{at}m0 4.2l4.4 -7.6h-8.8z",
)

Area = tuple[float, float, float, float]
"""The plot's left, right, top and bottom."""


@dataclass(frozen=True)
class Entry:
    """A line of a legend: a ``sample`` of the series, or of a guide, which has no ``number``."""

    name: str
    sample: Svg
    number: int | None = None


@dataclass(frozen=True)
class Series:
    """A drawn series, a ``sample`` of it for the legend, and the texts for the pointer.

    These are, for each point: its place, the place in words (``heads``) and its value in words.
    """

    number: int
    name: str
    role: Role
    parts: Sequence[Svg]
    sample: Sequence[Svg]
    places: Sequence[tuple[float, float]]
    heads: Sequence[str]
    values: Sequence[str]

    @property
    def colour(self) -> str:
        """The CSS class of its colour: its role's, else the next series colour."""
        return f"role-{self.role}" if self.role else f"series-{self.number % COLOURS + 1}"

    @property
    def drawn(self) -> Svg:
        """The group of its parts, with the texts for the pointer as attributes."""
        return tag(
            "g",
            *self.parts,
            class_=f"series {self.colour}",
            data_series=f"{self.number}",
            data_name=self.name,
            data_x=shorts(x for x, _ in self.places),
            data_y=shorts(y for _, y in self.places),
            data_heads=_listed(self.heads),
            data_values=_listed(self.values),
        )

    @property
    def entry(self) -> Entry:
        """Its line of the legend."""
        return entry(self.name, self.colour, *self.sample, number=self.number)


def entry(name: str, colour: str, *sample: Svg, number: int | None = None) -> Entry:
    """Return a line of a legend, with ``sample`` in the colour of that class."""
    kind = f"sample {colour}".strip()
    box = tag("svg", *sample, class_=kind, viewBox="0 0 28 12", aria_hidden="true")
    return Entry(plain(name), box, number)


def mark(number: int, x: float, y: float) -> Svg:
    """Return the mark of a series at a point."""
    outline = MARKS[number % len(MARKS)].format(at=shorts((x, y)))
    return tag("path", class_="mark", d=outline)


def _listed(texts: Sequence[str]) -> str:
    """Return texts as one, with bars between them."""
    return "|".join(plain(text).replace("|", "¦") for text in texts)


@dataclass(frozen=True)
class Chart:
    """A drawn chart. ``along`` is the axis, x or y, along which the pointer selects."""

    title: str
    svg: Svg
    legend: Sequence[Entry]
    along: str


def x_scale(axis: Axis, values: Sequence[float], left: float, margin: float) -> Scale:
    """Return the horizontal scale, with tick labels that do not touch."""
    return scale(axis, values, left, WIDTH - RIGHT, _fits, margin)


def y_scale(axis: Axis, values: Sequence[float]) -> Scale:
    """Return the vertical scale."""
    return scale(axis, values, HEIGHT - BELOW, TOP, _fits_upright, 0.05)


def left_of(y: Scale) -> float:
    """Return the left edge of the plot, right of the tick labels of ``y``."""
    return 16 + CHARACTER * max((len(text) for _, text in y.labelled()), default=0)


def _fits(of: Scale) -> bool:
    """Return whether the tick labels fit side by side."""
    spans = [(at, CHARACTER * len(text) / 2) for at, text in of.labelled()]
    return all(a + half + 8 <= b - other for (a, half), (b, other) in pairwise(spans))


def _fits_upright(of: Scale) -> bool:
    """Return whether the tick labels fit above one another."""
    return all(a - b >= 24 for (a, _), (b, _) in pairwise(of.labelled()))


def horizontal(of: Scale, top: float, bottom: float) -> list[Svg]:
    """Return the horizontal axis below the plot, with grid lines, ticks and its label."""
    parts = []
    for at, text in of.labelled():
        parts.append(stroke("grid", at, at, top, bottom))
        parts.append(words(text, at, bottom + 17, "middle", "tick"))
    parts.append(stroke("axis", of.start, of.end, bottom, bottom))
    label = cut(of.axis.label, int((of.end - of.start) / CHARACTER * 1.1))
    return [*parts, words(label, (of.start + of.end) / 2, bottom + 36, "middle")]


def vertical(of: Scale, left: float, right: float) -> list[Svg]:
    """Return the vertical axis at the left, with grid lines, ticks, and its label above."""
    parts = []
    for at, text in of.labelled():
        parts.append(stroke("grid", left, right, at, at))
        parts.append(words(text, left - 7, at + 4, "end", "tick"))
    parts.append(stroke("axis", left, left, of.start, of.end))
    return [*parts, words(cut(of.axis.label, int(WIDTH / CHARACTER)), 4, 14)]


def guide(of: Guide, x: Scale, y: Scale) -> Svg:
    """Return a dotted reference line."""
    if of.x is not None:
        return stroke("guide", x.at(of.x), x.at(of.x), y.start, y.end)
    if of.y is not None:
        return stroke("guide", x.start, x.end, y.at(of.y), y.at(of.y))
    low, high = max(x.low, y.low), min(x.high, y.high)
    return stroke("guide", x.at(low), x.at(high), y.at(low), y.at(high))


def framed(
    block: Curves | Bars | Rows,
    area: Area,
    axes: Sequence[Svg],
    series: Sequence[Series],
    guides: Sequence[Svg] = (),
    others: Sequence[Entry] = (),
) -> Chart:
    """Return the whole chart; ``others`` come last in its legend.

    Its title and description are its text alternative. Its ids begin with the block's name,
    unique in the page; ``#<name>-clip`` clips to the area.
    """
    left, right, top, bottom = area
    width, height = right - left + 4, bottom - top + 4  # half a line on each side
    name, upright = block.name, isinstance(block, Rows)
    body = [*(one.drawn for one in series), *guides]
    if not any(one.places for one in series):
        body = [words("no points", (left + right) / 2, (top + bottom) / 2, "middle", "tick")]
    shape = tag("rect", x=left - 2, y=top - 2, width=width, height=height)
    svg = tag(
        "svg",
        tag("title", text=block.title, id=f"{name}-title"),
        tag("desc", text=block.description, id=f"{name}-text"),
        tag("clipPath", shape, id=f"{name}-clip"),
        *axes,
        *body,
        viewBox=f"0 0 {WIDTH} {bottom + BELOW:g}",
        role="img",
        aria_labelledby=f"{name}-title {name}-text",
        class_="chart",
        data_area=shorts(area),
        data_head="" if upright else block.x.label.partition(" (")[0],
    )
    legend = [*(one.entry for one in series), *others]
    needed = upright or len(legend) > 1
    return Chart(block.title, svg, legend if needed else (), "y" if upright else "x")
