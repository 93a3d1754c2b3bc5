"""Blocks of rows and columns: tables with bars, names and values, the confusion matrix."""

from collections.abc import Sequence
from dataclasses import replace

from rich import box
from rich.cells import cell_len
from rich.console import Group, JustifyMethod, RenderableType
from rich.table import Table as RichTable
from rich.text import Text as RichText

from nntrain.show.blocks import Bars, Block, Cell, Facts, Matrix, Role, Rows, Table, Text, Tiles
from nntrain.show.formatting import bins

STYLES: dict[Role, str] = {
    "": "",
    "strong": "bold",
    "muted": "dim",
    "right": "green",
    "wrong": "red",
    "accent": "cyan",
    "warning": "yellow",
}
"""The terminal's style of each role."""
WIDTH = 80
"""Width of output that is not on a terminal, in columns; no block is wider."""
SHORT_NAME = 5
NARROWEST_BAR, WIDEST_BAR = 4, 24
EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(share: float, width: int, style: str = "") -> RichText:
    """Return a bar of ``share`` (0 to 1) of ``width`` characters, to an eighth of a character.

    Any positive share shows at least the thinnest mark.
    """
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    if share > 0:
        eighths = max(1, eighths)
    full, rest = divmod(eighths, 8)
    text = "█" * full + (EIGHTHS[rest] if rest else "")
    return RichText(text.ljust(width), style=style, no_wrap=True)


def cell_text(of: str | Cell) -> RichText:
    """Return a cell's text in its style; if a bar has the role's colour, the text has none."""
    if isinstance(of, str):
        return RichText(of)
    return RichText(of.text, style=STYLES[of.role] if of.bar is None else "")


def narrowed(of: Table, width: int) -> list[Block]:
    """Return the table with only the first columns that fit, and a line that names the others.

    Its rows do not wrap. A table of words is left as it is: its cells may wrap.
    """
    kept = len(of.head)
    while not of.words and kept > 1 and _least_width(of, kept) > width:
        kept -= 1
    if kept == len(of.head):
        return [of]
    names = ", ".join(name.replace("\n", " ") for name in of.head[kept:])
    fitting = replace(of, head=of.head[:kept], rows=[row[:kept] for row in of.rows])
    return [fitting, Text(f"A wider terminal also shows: {names}", "muted")]


def _least_width(of: Table, kept: int) -> int:
    """Return how wide the first ``kept`` columns are, with the shortest bars."""
    rows = of.rows[: of.first]
    texts = [max([_widest(row[i]) for row in rows], default=0) for i in range(kept)]
    barred = [any(_share(row[i]) is not None for row in rows) for i in range(kept)]
    return _natural_width(of.head[:kept], texts, barred, NARROWEST_BAR)


def table(of: Table, width: int) -> RenderableType:
    """Return a table for ``width`` columns; bars are as long as fits."""
    rows = of.rows[: of.first]
    texts = [max([_widest(row[i]) for row in rows], default=0) for i in range(len(of.head))]
    barred = [any(_share(row[i]) is not None for row in rows) for i in range(len(of.head))]
    lengths = range(WIDEST_BAR, NARROWEST_BAR, -1)
    fits = (n for n in lengths if _natural_width(of.head, texts, barred, n) <= width)
    room = next(fits, NARROWEST_BAR)
    made = RichTable(
        box=box.SIMPLE_HEAD,
        show_header=any(of.head),
        title=RichText(of.caption) if of.caption else None,
        title_justify="left",
        title_style="bold",
        header_style="dim",
        pad_edge=False,
        collapse_padding=_natural_width(of.head, texts, barred, room) > width,
    )
    for index, name in enumerate(of.head):
        justify: JustifyMethod = "left" if index in of.left or barred[index] else "right"
        made.add_column(RichText(name), justify=justify, overflow="fold")
    for number, row in enumerate(rows):
        if number in of.rules:
            made.add_section()
        made.add_row(
            *(
                _with_bar(cell, texts[i], room) if barred[i] else cell_text(cell)
                for i, cell in enumerate(row)
            )
        )
    return made


def _with_bar(cell: str | Cell, width: int, room: int) -> RichText:
    """Return a cell's text, right-aligned in ``width`` columns, and its bar."""
    text = cell_text(cell)
    text.pad_left(width - cell_len(text.plain))
    share = _share(cell)
    if isinstance(cell, Cell) and share is not None:
        text.append(" ")
        text.append_text(bar(share, room, STYLES[cell.role]))
    return text


def _share(cell: str | Cell) -> float | None:
    return cell.bar if isinstance(cell, Cell) else None


def _widest(cell: str | Cell) -> int:
    return max(map(cell_len, cell_text(cell).plain.split("\n")))


def _natural_width(
    head: Sequence[str], texts: Sequence[int], barred: Sequence[bool], room: int
) -> int:
    """Return the width of a table with unwrapped cells and bars of ``room`` columns."""
    return (
        3 * len(head)
        - 1
        + sum(
            max(_widest(name), text + (1 + room if has_bar else 0))
            for name, text, has_bar in zip(head, texts, barred, strict=True)
        )
    )


def facts(of: Facts, width: int) -> RenderableType:
    """Return dimmed names and their values in two columns."""
    grid = RichTable.grid(padding=(0, 2))
    grid.add_column(style="dim", overflow="fold")
    grid.add_column(overflow="fold")
    for name, value in of.rows:
        grid.add_row(RichText(name), cell_text(value))
    return grid


def tiles(of: Tiles, width: int) -> RenderableType:
    """Return one figure per line, each followed by what it is."""
    grid = RichTable.grid(padding=(0, 2))
    for figure, what in of.tiles:
        grid.add_row(RichText(figure, style="bold"), RichText(what))
    return grid


def bars(of: Bars, width: int) -> RenderableType:
    """Return a histogram as a table; its bins are [low, high), the last [low, high]."""
    largest = max([*of.counts, 1])
    cells = [Cell(f"{count:,g}", of.role, bar=count / largest) for count in of.counts]
    rows = list(zip(bins(of.edges, "g"), cells, strict=True))
    return table(Table((of.x.label, of.y.label), rows, caption=of.title), width)


def rows(of: Rows, width: int) -> RenderableType:
    """Return named rows of dots as a table: one column per series, values with their intervals."""
    series = list(dict.fromkeys(dot.series for _, dots in of.rows for dot in dots))
    lines = []
    for name, dots in of.rows:
        values = {dot.series: f"{dot.value:.4g}" for dot in dots if dot.value < float("inf")}
        for dot in dots:
            if dot.series in values and dot.low is not None and dot.high is not None:
                values[dot.series] += f"  ({dot.low:.4g}–{dot.high:.4g})"
        lines.append((name, *(values.get(one, "") for one in series)))
    return table(Table(("", *series), lines, caption=f"{of.title}: {of.x.label}"), width)


def matrix(of: Matrix, width: int) -> RenderableType:
    """Return the confusion matrix: counts, then, unless it is a change, the shares of each row.

    If the classes do not fit in ``width`` columns, a message says where to find the matrix.
    """
    column = 1 + max(SHORT_NAME, len(str(of.counts.max(initial=0))))
    if SHORT_NAME + column * len(of.names) > width:
        return RichText(
            f"{len(of.names)} classes do not fit in {width} columns. The report page and --json "
            f"have the whole matrix."
        )
    rows = of.counts.tolist()
    counts = [[f"{n:{'+' if of.change else ''},}" if n else "·" for n in row] for row in rows]
    if of.change:
        return _grid(of, counts, width)
    shares = [
        [f"{100 * n / sum(row):.1f}" if n else "·" if any(row) else "–" for n in row]
        for row in rows
    ]
    return Group(
        RichText("counts", style="dim"),
        _grid(of, counts, width),
        RichText("shares of each row, in %", style="dim"),
        _grid(of, shares, width),
    )


def _grid(of: Matrix, texts: Sequence[Sequence[str]], width: int) -> RichTable:
    names = [name[:SHORT_NAME] for name in of.names]
    grid = RichTable.grid(padding=(0, 1))
    grid.add_column(style="dim")
    for _ in names:
        grid.add_column(justify="right", min_width=SHORT_NAME if width == WIDTH else None)
    grid.add_row("", *(RichText(name, style="dim") for name in names))
    for true, row in enumerate(texts):
        cells = []
        for predicted, text in enumerate(row):
            empty = of.counts[true, predicted] == 0
            style = "green" if true == predicted else "dim" if empty else "red"
            cells.append(RichText(text, style=style))
        grid.add_row(RichText(names[true]), *cells)
    return grid
