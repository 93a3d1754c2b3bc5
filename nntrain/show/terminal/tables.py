"""Small building blocks of tables and bars."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

EIGHTHS = " ▏▎▍▌▋▊▉"


def table(*columns: str, title: str | None = None, left: Sequence[int] = (0,)) -> Table:
    """Return an empty table; columns are right-aligned but for the indices in ``left``."""
    made = Table(
        box=box.SIMPLE_HEAD,
        title=Text(title) if title else None,
        title_justify="left",
        title_style="bold",
        header_style="dim",
        pad_edge=False,
    )
    for index, column in enumerate(columns):
        made.add_column(Text(column), justify="left" if index in left else "right")
    return made


def pairs(rows: Iterable[tuple[str, RenderableType]]) -> Table:
    """Return names and values in two columns, without rules."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column()
    for name, value in rows:
        grid.add_row(Text(name), Text(value) if isinstance(value, str) else value)
    return grid


def bar(share: float, width: int, style: str = "") -> Text:
    """Return a bar of ``share`` (0 to 1) of ``width`` characters, to an eighth of a character.

    Anything above nothing shows at least the thinnest mark.
    """
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    if share > 0:
        eighths = max(1, eighths)
    full, rest = divmod(eighths, 8)
    text = "█" * full + (EIGHTHS[rest] if rest else "")
    return Text(text.ljust(width), style=style, no_wrap=True)


def heading(text: str, note: str = "") -> Text:
    """Return a section's heading, with a note in a quieter voice."""
    line = Text("\n" + text, style="bold cyan")
    if note:
        line.append(f"\n{note}", style="not bold dim")
    return line
