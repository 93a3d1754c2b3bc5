"""Curves in the terminal: the first line in braille dots, 2 × 4 per character.

Every other line is drawn as marks, one per point, so that lines differ without colour too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.text import Text

from nntrain.show.blocks import Axis, Curves, Line
from nntrain.show.terminal.tables import STYLES

HEIGHT = 8
LABEL = 6
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
BRAILLE = 0x2800
LINE = chr(BRAILLE + 0x12)
"""The first line's sign in the legend."""
MARKS = "×+o*#%"
SERIES = ("cyan", "yellow", "magenta", "green", "blue", "red")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Scale:
    """An axis with its ends, ``low`` and ``high`` in the axis's unit."""

    axis: Axis
    low: float
    high: float

    def share(self, values: ArrayLike) -> Floats:
        """Return the positions of ``values``, 0 to 1, as an array of their shape."""
        # halves: the whole length may exceed the largest float
        low, high, at = (_on(self.axis, v) / 2 for v in (self.low, self.high, values))
        length = high - low
        return np.clip((at - low) / length, 0.0, 1.0) if length > 0 else np.zeros_like(at)

    def place(self, value: float | None) -> float | None:
        """Return the position of one value; None for None and values not on the axis."""
        shown = value is not None and np.isfinite(_on(self.axis, value))
        return float(self.share(value)) if value is not None and shown else None

    def ends(self) -> tuple[str, str]:
        """Return both ends with three digits, or up to five if they would look the same."""
        for digits in (3, 4, 5):
            low, high = (_number(value, digits) for value in (self.low, self.high))
            if low != high:
                break
        return low, high


def chart(curves: Curves, width: int) -> Text:
    """Return a chart, at most ``width`` columns wide, under its title and the y axis's label."""
    drawn = Text(curves.title, style="bold", no_wrap=True)
    drawn.append(f"\n{curves.y.label}", style="not bold dim")
    lines = [(line, points) for line in curves.lines if len((points := _points(line, curves))[0])]
    if not lines:
        return drawn.append("\nno points", style="not bold dim")
    x = _scale(curves.x, [points[0] for _, points in lines])
    y = _scale(curves.y, [points[1] for _, points in lines])
    bottom, top = y.ends()
    label = max(LABEL, len(bottom), len(top))
    columns = width - label - 2
    grid = _Grid(columns)
    for guide in curves.guides:
        grid.guide(x.place(guide.x), y.place(guide.y))
    keys = []
    for (line, points), colour, mark in zip(lines, cycle(SERIES), cycle(f"{LINE}{MARKS}")):
        style = STYLES[line.role] or colour
        shares = x.share(points[0]), y.share(points[1])
        if mark == LINE:
            grid.dots(*shares, line.steps, style)
        else:
            grid.marks(*shares, mark, style)
        if line.name:
            keys.append((f"{mark} {line.name}", style))
    for number, row in enumerate(grid.cells):
        name = {0: top, HEIGHT - 1: bottom}.get(number, "")
        drawn.append(f"\n{name:>{label}} │", style="not bold dim")
        for character, style in row:
            drawn.append(character, style=f"not bold {style}")
    drawn.append(f"\n{'':{label}} └{'─' * columns}\n", style="not bold dim")
    drawn.append(f"{'':{label + 2}}{_below(x, columns)}", style="not bold dim")
    for text, style in _legend(keys, width - label - 2):
        drawn.append(text if text != "\n" else f"\n{'':{label + 2}}", style=f"not bold {style}")
    return drawn


class _Grid:
    """The cells of a chart, ``HEIGHT`` rows of (character, style)."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.cells = [[(chr(BRAILLE), "")] * columns for _ in range(HEIGHT)]

    def guide(self, x: float | None, y: float | None) -> None:
        """Draw a dotted line at a share of the width, or of the height."""
        if x is not None:
            for row in self.cells:
                row[round(x * (self.columns - 1))] = ("┊", "dim")
        if y is not None:
            self.cells[round((1 - y) * (HEIGHT - 1))] = [("┈", "dim")] * self.columns

    def dots(self, xs: Floats, ys: Floats, steps: bool, style: str) -> None:
        """Draw a line through points with increasing ``xs``, one dot per column of dots."""
        last = 2 * self.columns - 1
        bits = np.zeros((HEIGHT, self.columns), int)
        for column in range(round(xs[0] * last), round(xs[-1] * last) + 1):
            at = column / last
            before = max(0, int(np.searchsorted(xs, at, side="right")) - 1)
            value = ys[before] if steps else np.interp(at, xs, ys)
            row = round((1 - float(value)) * (4 * HEIGHT - 1))
            bits[row // 4, column // 2] |= DOTS[row % 4][column % 2]
        for row, column in np.argwhere(bits):
            self.cells[row][column] = (chr(BRAILLE + int(bits[row, column])), style)

    def marks(self, xs: Floats, ys: Floats, mark: str, style: str) -> None:
        """Draw one mark per point."""
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
            row, column = round((1 - y) * (HEIGHT - 1)), round(x * (self.columns - 1))
            self.cells[row][column] = (mark, style)


def _points(line: Line, curves: Curves) -> tuple[Floats, Floats]:
    """Return the points that both axes can show: a logarithmic axis has no 0."""
    xs, ys = np.asarray(line.x, np.float64), np.asarray(line.y, np.float64)
    fits = np.isfinite(_on(curves.x, xs)) & np.isfinite(_on(curves.y, ys))
    return xs[fits], ys[fits]


def _on(axis: Axis, values: ArrayLike) -> Floats:
    """Return ``values`` in linear coordinates; not finite if not on the axis."""
    numbers = np.asarray(values, np.float64)
    if axis.scale == "linear":
        return numbers
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(numbers + (axis.scale == "counts"))


def _scale(axis: Axis, values: Sequence[Floats]) -> _Scale:
    """Return the axis from its own ends, or from those of ``values``."""
    low = min(float(one.min()) for one in values)
    high = max(float(one.max()) for one in values)
    if axis.low is not None and np.isfinite(_on(axis, axis.low)):
        low = axis.low
    return _Scale(axis, low, high if axis.high is None else axis.high)


def _number(value: float, digits: int) -> str:
    if value == round(value) and abs(value) < 1e7:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def _below(x: _Scale, columns: int) -> str:
    """Return the line below the horizontal axis: its ends, and its label between them."""
    low, high = x.ends()
    room = columns - len(low) - len(high)
    return f"{low}{x.axis.label[: max(0, room - 2)]:^{max(1, room)}}{high}"


def _legend(keys: Sequence[tuple[str, str]], width: int) -> Iterator[tuple[str, str]]:
    """Yield the legend as (text, style), with line breaks; ``keys`` are (text, style) too."""
    used = width
    for key, style in keys:
        text = key[:width]
        if used + len(text) > width:
            yield "\n", ""
            used = 0
        yield text, style
        used += len(text)
        if used + 2 <= width:
            yield "  ", ""
            used += 2
