"""A line chart in the terminal: dots of a braille grid, two across and four down a character."""

from collections.abc import Sequence

from rich.text import Text

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
BRAILLE = 0x2800


def line_chart(
    values: Sequence[float],
    *,
    title: str,
    unit: str,
    width: int = 36,
    height: int = 8,
    top: float | None = None,
    style: str = "",
) -> Text:
    """Return a curve of ``values`` over their index, from 0 to ``top`` (default: their maximum).

    ``unit`` names the horizontal axis.
    """
    highest = max(values) if top is None else top
    grid = [[0] * width for _ in range(height)]
    for column in range(2 * width):
        index = round(column * (len(values) - 1) / (2 * width - 1))
        share = min(1.0, max(0.0, values[index] / highest)) if highest > 0 else 0.0
        row = round((1 - share) * (4 * height - 1))
        grid[row // 4][column // 2] |= DOTS[row % 4][column % 2]
    chart = Text(title, style="bold", no_wrap=True)
    for number, cells in enumerate(grid):
        label = f"{highest:.3g}" if number == 0 else "0" if number == height - 1 else ""
        chart.append(f"\n{label:>6} │", style="not bold dim")
        chart.append("".join(chr(BRAILLE + cell) for cell in cells), style=f"not bold {style}")
    axis = f"0{f'{len(values) - 1} {unit}':>{width - 1}}"
    chart.append(f"\n{'':>6} └{'─' * width}\n{'':>8}{axis}", style="not bold dim")
    return chart
