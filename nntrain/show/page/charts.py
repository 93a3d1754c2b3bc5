"""Charts as SVG: curves, histograms, and rows of dots, each with its legend.

Without the script a chart is static. With it, the pointer shows the values of points near it, from
the ``data-`` attributes of groups of class ``series``: the points' positions and values as text.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import compress, pairwise

from nntrain.show.blocks import Bars, Block, Curves, Dot, Line, Role, Rows
from nntrain.show.page.frame import (
    DASHES,
    Chart,
    Series,
    entry,
    framed,
    guide,
    horizontal,
    left_of,
    mark,
    vertical,
    x_scale,
    y_scale,
)
from nntrain.show.page.scales import Scale, has_place, in_words, value_text
from nntrain.show.page.svg import CHARACTER, Svg, cut, shorts, stroke, tag, words

ROWS_TOP = 10
ROW, APART = 26, 9
"""Height of a row with one dot, and the distance between dots of one row."""
LONGEST = 26
"""Characters of a row's name; a longer one is cut."""

Placed = tuple[str, float, Dot]
"""The name of a row, a height, and the dot there."""
Place = tuple[float, float]


def chart(block: Block) -> Chart:
    """Return the chart of a block of a type in ``CHARTS``."""
    return CHARTS[type(block)](block)


def _curves(block: Curves) -> Chart:
    lines = [_with_places(line, block) for line in block.lines]
    xs, ys = [x for line in lines for x in line.x], _heights(lines)
    if xs:
        xs += [line.x for line in block.guides if line.x is not None]
        ys += [line.y for line in block.guides if line.y is not None]
    y = y_scale(block.y, ys)
    x = x_scale(block.x, xs, left_of(y), 0.03)
    clip = f"url(#{block.name}-clip)"
    return _framed(block, x, y, [_line(n, line, x, y, clip) for n, line in enumerate(lines)])


def _bars(block: Bars) -> Chart:
    y = y_scale(block.y, [0, *block.counts])
    x = x_scale(block.x, block.edges, left_of(y), 0)
    parts, places = [], []
    for (low, high), count in zip(pairwise(block.edges), block.counts, strict=False):
        left, right, top = x.at(low), x.at(high), y.at(count)
        gap = min(0.5, (right - left) / 8)
        places.append(((left + right) / 2, top))
        if count:
            width, height = right - left - 2 * gap, max(0.75, y.start - top)
            parts.append(_bar(left + gap, y.start - height, width, height))
    name, sample = block.y.label.partition(" (")[0], [_bar(8, 1, 12, 10)]
    values = [in_words(block.y, count, None, None) for count in block.counts]
    heads = _spans(block.edges)
    bars = Series(0, name, block.role, parts, sample, places, heads, values)
    return _framed(block, x, y, [bars])


def _bar(x: float, y: float, width: float, height: float) -> Svg:
    return tag("rect", class_="bar", x=x, y=y, width=width, height=height)


def _framed(block: Curves | Bars, x: Scale, y: Scale, series: Sequence[Series]) -> Chart:
    axes = [*horizontal(x, y.end, y.start), *vertical(y, x.start, x.end)]
    dotted = stroke("guide", 1, 27, 6, 6)
    named = [entry(one.name, "", dotted) for one in block.guides if one.name]
    lines = [guide(one, x, y) for one in block.guides]
    return framed(block, (x.start, x.end, y.end, y.start), axes, series, lines, named)


def _with_places(line: Line, block: Curves) -> Line:
    """Return ``line`` with only the points that the axes can show."""
    points = zip(line.x, line.y, strict=True)
    kept = [has_place(block.x, x) and has_place(block.y, y) for x, y in points]
    x, y = list(compress(line.x, kept)), list(compress(line.y, kept))
    low, high = (edge and list(compress(edge, kept)) for edge in (line.low, line.high))
    return replace(line, x=x, y=y, low=low, high=high)


def _heights(lines: Sequence[Line]) -> list[float]:
    """Return the y that the chart must show: bands extend the lines' range by half at most.

    Bands of two seeds are so wide that the lines would look like one.
    """
    ys = [y for line in lines for y in line.y]
    edges = [edge for line in lines for edge in (*(line.low or ()), *(line.high or ()))]
    if not ys or not edges:
        return ys
    low, high = min(ys), max(ys)
    reach = (high - low) / 2 or 1.0
    return [*ys, max(min(edges), low - reach), min(max(edges), high + reach)]


def _line(number: int, line: Line, x: Scale, y: Scale, clip: str) -> Series:
    places = [(x.at(a), y.at(b)) for a, b in zip(line.x, line.y, strict=True)]
    inside = [x.holds(a) and y.holds(b) for a, b in zip(line.x, line.y, strict=True)]
    dashes = DASHES[number % len(DASHES)]
    alone, parts = len(places) == 1, []
    sample = [] if alone else [_path("line", "M1 6H27", dashes)]
    if len(places) > 1:
        bands = [_path("band", outline) for outline in _bands(line, places, y)]
        shape = _path("line", _outline(places, line.steps), dashes)
        parts.append(tag("g", *bands, shape, clip_path=clip))
    if line.dots or alone:
        parts += [mark(number, *at) for at, seen in zip(places, inside, strict=True) if seen]
        sample.append(mark(number, 14, 6))
    none = [None] * len(places)
    points = zip(line.y, line.low or none, line.high or none, strict=True)
    heads, values = list(map(value_text, line.x)), [in_words(y.axis, *point) for point in points]
    if line.steps and len(places) > 1:  # a value belongs to the step, not to its start
        places = [((a + b) / 2, top) for (a, top), (b, _) in pairwise(places)]
        heads, values = _spans(line.x), values[:-1]
    return Series(number, line.name, line.role, parts, sample, places, heads, values)


def _spans(edges: Sequence[float]) -> list[str]:
    """Return the ranges between neighbouring edges as text."""
    return [f"{value_text(a)}–{value_text(b)}" for a, b in pairwise(edges)]


def _bands(line: Line, places: Sequence[Place], y: Scale) -> list[str]:
    """Return the outlines of the band around a line, and of the area below it."""
    xs = [x for x, _ in places]
    outlines = []
    if line.low is not None and line.high is not None:
        high, low = (list(zip(xs, map(y.at, ys), strict=True)) for ys in (line.high, line.low))
        outlines.append(f"{_outline(high, line.steps)}L{_joined(low[::-1])}Z")
    if line.filled:
        floor = [(xs[-1], y.start), (xs[0], y.start)]
        outlines.append(f"{_outline(places, line.steps)}L{_joined(floor)}Z")
    return outlines


def _path(kind: str, outline: str, dashes: str | None = None) -> Svg:
    return tag("path", class_=kind, d=outline, stroke_dasharray=dashes)


def _outline(places: Sequence[Place], steps: bool) -> str:
    if steps:
        return f"M{shorts(places[0])}" + "".join(f"H{x:.2f}V{y:.2f}" for x, y in places[1:])
    return f"M{_joined(places)}"


def _joined(places: Sequence[Place]) -> str:
    return "L".join(map(shorts, places))


def _rows(block: Rows) -> Chart:
    """Return the chart of rows, with a legend of its series and of any arrows."""
    names = list(dict.fromkeys(dot.series for _, dots in block.rows for dot in dots))
    step = max(ROW, APART * (len(names) + 1))
    bottom = ROWS_TOP + step * max(1, len(block.rows))
    x = _row_scale(block)
    placed: dict[str, list[Placed]] = {name: [] for name in names}
    axes = horizontal(x, ROWS_TOP, bottom)
    for place, (row, dots) in enumerate(block.rows):
        middle = ROWS_TOP + step * (place + 0.5)
        axes.append(_name(row, x.start, middle))
        axes.append(stroke("grid", x.start, x.end, middle, middle))
        for dot in dots:
            apart = APART * (names.index(dot.series) - (len(names) - 1) / 2)
            if has_place(block.x, dot.value):
                placed[dot.series].append((row, middle + apart, dot))
    series = [_row_series(number, name, placed[name], x) for number, name in enumerate(names)]
    beyond = any(not x.holds(dot.value) for dots in placed.values() for _, _, dot in dots)
    others = [entry("beyond the axis", "role-muted", _arrow(-1, 10, 6))] if beyond else []
    return framed(block, (x.start, x.end, ROWS_TOP, bottom), axes, series, others=others)


def _row_scale(block: Rows) -> Scale:
    dots = [dot for _, dots in block.rows for dot in dots]
    edges = [edge for dot in dots for edge in (dot.low, dot.high) if edge is not None]
    longest = max((min(LONGEST, len(name)) for name, _ in block.rows), default=0)
    left = 20 + CHARACTER * longest
    return x_scale(block.x, [*(dot.value for dot in dots), *edges], left, 0.06)


def _name(name: str, left: float, middle: float) -> Svg:
    whole = tag("title", text=name) if len(name) > LONGEST else Svg()
    return words(cut(name, LONGEST), left - 8, middle + 4, "end", None, whole)


def _row_series(number: int, name: str, placed: Sequence[Placed], x: Scale) -> Series:
    roles = {dot.role for _, _, dot in placed}
    role: Role = roles.pop() if len(roles) == 1 else "muted" if roles else ""
    sample = [mark(number, 14, 6)]
    if any(dot.low is not None for _, _, dot in placed):
        sample.insert(0, stroke("interval", 2, 26, 6, 6))
    return Series(
        number,
        name,
        role,
        [_dot(number, dot, y, x) for _, y, dot in placed],
        sample,
        [(x.within(dot.value), y) for _, y, dot in placed],
        [row for row, _, _ in placed],
        [in_words(x.axis, dot.value, dot.low, dot.high) for _, _, dot in placed],
    )


def _dot(number: int, dot: Dot, y: float, x: Scale) -> Svg:
    """Return the mark and its interval, or an arrow at the edge that the value lies beyond."""
    at = x.within(dot.value)
    parts = [mark(number, at, y)]
    if not x.holds(dot.value):
        parts = [_arrow(-1 if dot.value < x.low else 1, at, y)]
    if dot.low is not None and dot.high is not None:
        parts.insert(0, stroke("interval", x.within(dot.low), x.within(dot.high), y, y))
    return tag("g", *parts, class_=f"role-{dot.role}" if dot.role else None)


def _arrow(direction: int, x: float, y: float) -> Svg:
    """Return an arrow whose tip is at (x, y)."""
    outline = f"M{x - 8 * direction:.2f} {y - 5:.2f}l{8 * direction} 5l{-8 * direction} 5z"
    return tag("path", class_="mark", d=outline)


CHARTS: dict[type, Callable[..., Chart]] = {Curves: _curves, Bars: _bars, Rows: _rows}
"""The function that draws each type of chart."""
