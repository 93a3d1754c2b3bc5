"""A line chart in the terminal: dots of a braille grid, two across and four down a character."""

from collections.abc import Sequence

from rich.text import Text

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
BRAILLE = 0x2800
CROSS = "×"


def line_chart(
    values: Sequence[float],
    *,
    title: str,
    unit: str,
    width: int = 36,
    height: int = 8,
    top: float | None = None,
    bottom: float = 0.0,
    first: int = 0,
    points: Sequence[float] = (),
    style: str = "",
) -> Text:
    """Return a curve of ``values`` over their index, from ``bottom`` to ``top``.

    The default ``top`` is their maximum. ``unit`` names the horizontal axis, on which the first
    value stands at ``first``. ``points``, as many as there are values, are drawn as crosses: a
    second curve that is another without colour too.
    """
    highest = max(values) if top is None else top
    grid = [[0] * width for _ in range(height)]
    for column in range(2 * width):
        value = _between(values, column / (2 * width - 1))
        row = _row(value, bottom, highest, 4 * height)
        grid[row // 4][column // 2] |= DOTS[row % 4][column % 2]
    cells = [[chr(BRAILLE + cell) for cell in row] for row in grid]
    for index, value in enumerate(points):
        column = round(index * (width - 1) / max(1, len(points) - 1))
        cells[_row(value, bottom, highest, 4 * height) // 4][column] = CROSS
    chart = Text(title, style="bold", no_wrap=True)
    upper, lower = _told_apart(highest, bottom)
    for number, row_of_cells in enumerate(cells):
        label = {0: upper, height - 1: lower}.get(number, "")
        chart.append(f"\n{label:>6} │", style="not bold dim")
        chart.append("".join(row_of_cells), style=f"not bold {style}")
    last = f"{first + len(values) - 1} {unit}"
    axis = f"{first}{last:>{width - len(str(first))}}"
    chart.append(f"\n{'':>6} └{'─' * width}\n{'':>8}{axis}", style="not bold dim")
    return chart


def _told_apart(top: float, bottom: float) -> tuple[str, str]:
    """Return both as words of three digits, or of up to five where those would be the same."""
    for digits in (3, 4, 5):
        words = f"{top:.{digits}g}", f"{bottom:.{digits}g}"
        if words[0] != words[1]:
            break
    return words


def _between(values: Sequence[float], share: float) -> float:
    """Return the value at ``share`` (0 to 1) of the way along, on a straight line between two."""
    place = share * (len(values) - 1)
    before = min(int(place), max(0, len(values) - 2))
    after = min(before + 1, len(values) - 1)
    return values[before] + (place - before) * (values[after] - values[before])


def _row(value: float, bottom: float, top: float, rows: int) -> int:
    """Return the row of a grid, counted from above, that ``value`` falls in."""
    share = min(1.0, max(0.0, (value - bottom) / (top - bottom))) if top > bottom else 0.0
    return round((1 - share) * (rows - 1))
