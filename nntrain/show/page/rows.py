"""Charts of named rows with dots on one horizontal axis, the first row on top."""

from collections.abc import Sequence

from nntrain.show.blocks import Dot, Role, Rows
from nntrain.show.page.frame import Chart, framed, horizontal, x_scale
from nntrain.show.page.scales import Scale, has_place, in_words
from nntrain.show.page.series import Series, entry, mark
from nntrain.show.page.svg import CHARACTER, Svg, cut, stroke, tag, words

TOP = 10
ROW, APART = 26, 9
"""Height of a row in which one dot stands, and how far dots of one row stand apart."""
LONGEST = 26
"""Characters of a row's name; a longer one is cut."""

Placed = tuple[str, float, Dot]
"""The name of a row, a height, and the dot there."""


def draw_rows(block: Rows) -> Chart:
    """Return the chart of rows, with a legend of its series, even of one, and of arrows."""
    names = list(dict.fromkeys(dot.series for _, dots in block.rows for dot in dots))
    step = max(ROW, APART * (len(names) + 1))
    bottom = TOP + step * max(1, len(block.rows))
    x = _scale(block)
    placed: dict[str, list[Placed]] = {name: [] for name in names}
    axes = horizontal(x, TOP, bottom)
    for place, (row, dots) in enumerate(block.rows):
        middle = TOP + step * (place + 0.5)
        axes.append(_name(row, x.start, middle))
        axes.append(stroke("grid", x.start, x.end, middle, middle))
        for dot in dots:
            apart = APART * (names.index(dot.series) - (len(names) - 1) / 2)
            if has_place(block.x, dot.value):
                placed[dot.series].append((row, middle + apart, dot))
    series = [_series(number, name, placed[name], x) for number, name in enumerate(names)]
    beyond = any(not x.holds(dot.value) for dots in placed.values() for _, _, dot in dots)
    others = [entry("beyond the axis", "role-muted", _arrow(-1, 10, 6))] if beyond else []
    return framed(block, (x.start, x.end, TOP, bottom), axes, series, others=others)


def _scale(block: Rows) -> Scale:
    dots = [dot for _, dots in block.rows for dot in dots]
    edges = [edge for dot in dots for edge in (dot.low, dot.high) if edge is not None]
    longest = max((min(LONGEST, len(name)) for name, _ in block.rows), default=0)
    left = 20 + CHARACTER * longest
    return x_scale(block.x, [*(dot.value for dot in dots), *edges], left, 0.06)


def _name(name: str, left: float, middle: float) -> Svg:
    whole = tag("title", text=name) if len(name) > LONGEST else Svg()
    return words(cut(name, LONGEST), left - 8, middle + 4, "end", None, whole)


def _series(number: int, name: str, placed: Sequence[Placed], x: Scale) -> Series:
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
