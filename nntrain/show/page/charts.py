"""Charts as SVG: curves, histograms, and rows of dots, each with its legend.

A chart stands still without a script. With it, what a group of class ``series`` says in its
``data-`` attributes is shown where the pointer is: its points' places, and their values as text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nntrain.show.blocks import Bars, Block, Curves, Guide, Line, Rows
from nntrain.show.page.frame import (
    Frame,
    drawing,
    frame,
    guides,
    horizontal,
    nothing,
    quantity,
    unit,
    vertical,
)
from nntrain.show.page.rows import draw_rows
from nntrain.show.page.scales import has_place, value_text
from nntrain.show.page.series import DASHES, Entry, colour, legend, mark, series
from nntrain.show.page.svg import Svg, shorts, tag

Place = tuple[float, float]


@dataclass(frozen=True)
class Chart:
    """A drawn chart. ``along`` is the axis, x or y, on which the pointer chooses."""

    name: str
    title: str
    svg: Svg
    legend: Sequence[Entry]
    along: str = "x"


def chart(block: Block) -> Chart:
    """Return the chart of a block that is one."""
    return CHARTS[type(block)](block)


def _curves(block: Curves) -> Chart:
    lines = [_with_places(line, block) for line in block.lines]
    xs = [x for line in lines for x in line.x]
    of = frame(
        block.x,
        block.y,
        [*xs, *(g.x for g in block.guides if g.x is not None)] if xs else [],
        [*_heights(lines), *(g.y for g in block.guides if g.y is not None)] if xs else [],
        (0.03, 0.05),
    )
    drawn = [_line(number, line, block, of) for number, line in enumerate(lines)]
    entries = [(line.name, colour(n, line.role), _sample(n, line)) for n, line in enumerate(lines)]
    return _chart(block, of, drawn, entries, empty=not xs)


def _with_places(line: Line, block: Curves) -> Line:
    """Return ``line`` with those of its points that the axes have a place for."""
    kept = [
        i
        for i, (x, y) in enumerate(zip(line.x, line.y, strict=True))
        if has_place(block.x, x) and has_place(block.y, y)
    ]

    def at(values: Sequence[float] | None) -> list[float] | None:
        return None if values is None else [values[i] for i in kept]

    x, y = [line.x[i] for i in kept], [line.y[i] for i in kept]
    low, high = at(line.low), at(line.high)
    return Line(line.name, x, y, low, high, line.role, line.steps, line.filled, line.dots)


def _heights(lines: Sequence[Line]) -> list[float]:
    """Return the y to be in the chart: bands reach beyond lines by half of their range at most.

    Bands of two seeds are so wide that they would make one line of all.
    """
    ys = [y for line in lines for y in line.y]
    edges = [edge for line in lines for edge in (*(line.low or ()), *(line.high or ()))]
    if not ys or not edges:
        return ys
    low, high = min(ys), max(ys)
    reach = (high - low) / 2 or 1.0
    return [*ys, max(min(edges), low - reach), min(max(edges), high + reach)]


def _line(number: int, line: Line, block: Curves, of: Frame) -> Svg:
    places = [(of.x.at(x), of.y.at(y)) for x, y in zip(line.x, line.y, strict=True)]
    paths = _paths(number, line, places, of) if len(places) > 1 else []
    marks = [
        mark(number, *place)
        for place, x, y in zip(places, line.x, line.y, strict=True)
        if (line.dots or len(places) == 1) and of.x.low <= x <= of.x.high
        if of.y.low <= y <= of.y.high
    ]
    parts = [tag("g", *paths, clip_path=f"url(#{block.name}-clip)"), *marks]
    heads, values = _words(line, block)
    if line.steps and len(places) > 1:  # a value belongs to the step, not to where it begins
        places = [((a + b) / 2, y) for (a, y), (b, _) in pairwise(places)]
    return series(number, line.name, line.role, parts, places, heads, values)


def _paths(number: int, line: Line, places: Sequence[Place], of: Frame) -> list[Svg]:
    """Return the band about a line, the area below it, and the line."""
    outline = _outline(places, line.steps)
    paths = []
    if line.low is not None and line.high is not None:
        above = [(x, of.y.at(y)) for (x, _), y in zip(places, line.high, strict=True)]
        below = [(x, of.y.at(y)) for (x, _), y in zip(places, line.low, strict=True)]
        around = f"{_outline(above, line.steps)}{_outline(below[::-1], False, 'L')}Z"
        paths.append(tag("path", class_="band", d=around))
    if line.filled:
        floor = [(places[-1][0], of.y.start), (places[0][0], of.y.start)]
        paths.append(tag("path", class_="band", d=f"{outline}{_outline(floor, False, 'L')}Z"))
    dashes = DASHES[number % len(DASHES)]
    return [*paths, tag("path", class_="line", d=outline, stroke_dasharray=dashes)]


def _outline(places: Sequence[Place], steps: bool, begin: str = "M") -> str:
    if steps:
        first, *rest = places
        return f"{begin}{shorts(first)}" + "".join(f"H{x:.2f}V{y:.2f}" for x, y in rest)
    return begin + "L".join(map(shorts, places))


def _words(line: Line, block: Curves) -> tuple[list[str], list[str]]:
    """Return where each point is and its value, as text."""
    of = unit(block.y.label)
    heads = [value_text(x) for x in line.x]
    values = [value_text(y) + of for y in line.y]
    if line.low is not None and line.high is not None:
        values = [
            f"{value} ({value_text(low)}–{value_text(high)})"
            for value, low, high in zip(values, line.low, line.high, strict=True)
        ]
    if line.steps and len(heads) > 1:
        heads = [f"{a}–{b}" for a, b in pairwise(heads)]
    return heads, values[: len(heads)]


def _sample(number: int, line: Line) -> list[Svg]:
    """Return what the legend shows of a line."""
    parts = [
        tag("path", class_="line", d="M1 6H27", stroke_dasharray=DASHES[number % len(DASHES)])
    ]
    if line.dots:
        parts.append(mark(number, 14, 6))
    return parts


def _bars(block: Bars) -> Chart:
    tops = list(block.counts)
    of = frame(block.x, block.y, list(block.edges), [0, *tops], (0, 0.05))
    parts, places, heads = [], [], []
    for low, high, count in zip(block.edges, block.edges[1:], tops, strict=False):
        left, right, top = of.x.at(low), of.x.at(high), of.y.at(count)
        gap = min(0.5, (right - left) / 8)
        places.append(((left + right) / 2, top))
        heads.append(f"{value_text(low)}–{value_text(high)}")
        if count:
            height = max(0.75, of.y.start - top)
            width = right - left - 2 * gap
            top = of.y.start - height
            parts.append(
                tag("rect", class_="bar", x=left + gap, y=top, width=width, height=height)
            )
    values = [value_text(count) + unit(block.y.label) for count in tops]
    name = quantity(block.y.label)
    drawn = [series(0, name, block.role, parts, places, heads, values)]
    sample = tag("rect", class_="bar", x=8, y=1, width=12, height=10)
    entries = [(name, colour(0, block.role), [sample])]
    return _chart(block, of, drawn, entries, empty=not tops)


def _chart(
    block: Curves | Bars,
    of: Frame,
    drawn: Sequence[Svg],
    entries: Sequence[tuple[str, str, list[Svg]]],
    empty: bool,
) -> Chart:
    left, right, top, bottom = of.area
    body = [nothing(of.area)] if empty else [*drawn, *guides(of, block.guides)]
    parts = [*horizontal(of.x, top, bottom), *vertical(of.y, left, right), *body]
    svg = drawing(block, of.area, parts, quantity(block.x.label))
    return Chart(block.name, block.title, svg, legend(entries, _named(block.guides)))


def _named(lines: Sequence[Guide]) -> list[str]:
    return [line.name for line in lines if line.name]


def _rows(block: Rows) -> Chart:
    svg, entries = draw_rows(block)
    return Chart(block.name, block.title, svg, entries, "y")


CHARTS: dict[type, Callable[..., Chart]] = {Curves: _curves, Bars: _bars, Rows: _rows}
"""How each block that is a chart is drawn."""
