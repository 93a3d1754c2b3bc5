"""Charts of named rows with dots on one horizontal axis, the first row on top."""

from collections.abc import Sequence

from nntrain.show.blocks import Dot, Role, Rows
from nntrain.show.page.frame import drawing, horizontal, nothing, unit, x_scale
from nntrain.show.page.scales import Scale, has_place, value_text
from nntrain.show.page.series import Entry, colour, mark, sample, series
from nntrain.show.page.svg import CHARACTER, Svg, cut, plain, tag

TOP = 10
ROW, APART = 26, 9
"""Height of a row in which one dot stands, and how far dots of one row stand apart."""
LONGEST = 26
"""Characters of a row's name; a longer one is cut."""

Placed = tuple[str, float, Dot]


def draw_rows(block: Rows) -> tuple[Svg, Sequence[Entry]]:
    """Return the chart and its legend."""
    names = list(dict.fromkeys(dot.series for _, dots in block.rows for dot in dots))
    step = max(ROW, APART * (len(names) + 1))
    bottom = TOP + step * max(1, len(block.rows))
    x = _scale(block)
    area = (x.start, x.end, TOP, bottom)
    placed: dict[str, list[Placed]] = {name: [] for name in names}
    parts = horizontal(x, TOP, bottom)
    for place, (row, dots) in enumerate(block.rows):
        middle = TOP + step * (place + 0.5)
        parts.append(_name(row, x.start, middle))
        parts.append(tag("line", class_="grid", x1=x.start, x2=x.end, y1=middle, y2=middle))
        for dot in dots:
            apart = APART * (names.index(dot.series) - (len(names) - 1) / 2)
            if has_place(block.x, dot.value):
                placed[dot.series].append((row, middle + apart, dot))
    drawn = [_series(n, name, placed[name], x, block) for n, name in enumerate(names)]
    if not any(placed.values()):
        drawn = [nothing(area)]
    svg = drawing(block, area, [*parts, *drawn])
    return svg, _legend(placed, x)


def _legend(placed: dict[str, list[Placed]], x: Scale) -> list[Entry]:
    """Return an entry a series, even of one, and one for the arrows where there are any."""
    entries = [
        Entry(plain(name), sample(colour(number, _role(dots)), mark(number, 14, 6)), number)
        for number, (name, dots) in enumerate(placed.items())
    ]
    if any(not x.low <= dot.value <= x.high for dots in placed.values() for _, _, dot in dots):
        entries.append(Entry("beyond the axis", sample("role-muted", _arrow(-1, 14, 6))))
    return entries


def _role(placed: Sequence[Placed]) -> Role:
    """Return the role of a series in the legend: that of its dots, where they have one."""
    roles = {dot.role for _, _, dot in placed}
    return roles.pop() if len(roles) == 1 else "muted" if roles else ""


def _scale(block: Rows) -> Scale:
    dots = [dot for _, dots in block.rows for dot in dots]
    edges = [edge for dot in dots for edge in (dot.low, dot.high) if edge is not None]
    longest = max((min(LONGEST, len(name)) for name, _ in block.rows), default=0)
    left = 20 + CHARACTER * longest
    return x_scale(block.x, [*(dot.value for dot in dots), *edges], left, 0.06)


def _name(name: str, left: float, middle: float) -> Svg:
    whole = tag("title", text=name) if len(name) > LONGEST else Svg()
    at = {"x": left - 8, "y": middle + 4}
    return tag("text", whole, text=cut(name, LONGEST), text_anchor="end", **at)


def _series(number: int, name: str, placed: Sequence[Placed], x: Scale, block: Rows) -> Svg:
    parts, places, heads, values = [], [], [], []
    of = unit(block.x.label)
    for row, y, dot in placed:
        at = min(max(x.at(dot.value), x.start), x.end)
        words = value_text(dot.value) + of
        role = f"role-{dot.role}" if dot.role else None
        inside = []
        if dot.low is not None and dot.high is not None:
            words += f" ({value_text(dot.low)}–{value_text(dot.high)})"
            low, high = (min(max(x.at(edge), x.start), x.end) for edge in (dot.low, dot.high))
            inside.append(tag("line", class_="interval", x1=low, x2=high, y1=y, y2=y))
        inside.append(_dot(number, dot.value, at, y, x))
        parts.append(tag("g", *inside, class_=role))
        places.append((at, y))
        heads.append(row)
        values.append(words)
    return series(number, name, _role(placed), parts, places, heads, values)


def _dot(number: int, value: float, at: float, y: float, x: Scale) -> Svg:
    """Return the mark, or an arrow at the edge where ``value`` lies beyond it."""
    if x.low <= value <= x.high:
        return mark(number, at, y)
    return _arrow(-1 if value < x.low else 1, at, y)


def _arrow(direction: int, x: float, y: float) -> Svg:
    outline = f"M{x - 4 * direction:.2f} {y - 5:.2f}l{8 * direction} 5l{-8 * direction} 5z"
    return tag("path", class_="mark", d=outline)
