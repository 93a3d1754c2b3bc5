"""Blocks in the terminal: the rich renderable of each."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text as RichText

from nntrain.show import blocks
from nntrain.show.blocks import Beside, Block, Section
from nntrain.show.terminal import tables
from nntrain.show.terminal.charts import chart
from nntrain.show.terminal.digits import digits
from nntrain.show.terminal.tables import STYLES, WIDTH

GAP = 2
WIDEST_CHART = 64


def rendered(of: Section | Block, width: int = WIDTH) -> RenderableType | None:
    """Return a section with its heading, or a block; None if a terminal shows nothing.

    The layout is ``width`` columns wide, at most ``WIDTH``.
    """
    width = min(width, WIDTH)
    parts = of.blocks if isinstance(of, Section) else [of]
    parts = [block for block in parts if _is_shown(block)]
    if width < WIDTH:
        parts = _narrowed(parts, width)
    if not parts:
        return None
    if not isinstance(of, Section):
        return Group(*_spaced(parts, width))
    heading = RichText(f"\n{of.title}", style="bold cyan")
    if of.note:
        heading.append(f"\n{of.note}", style="not bold dim")
    return Group(*([heading] if of.title else []), *_spaced(parts, width))


def _narrowed(parts: Sequence[Block], width: int) -> list[Block]:
    """Return the blocks for a narrow terminal: below one another, tables without some columns."""
    inside = (one for block in parts for one in _inside(block) if _is_shown(one))
    return [
        fitting
        for one in inside
        for fitting in (tables.narrowed(one, width) if isinstance(one, blocks.Table) else [one])
    ]


def _is_shown(block: Block) -> bool:
    """Return whether a terminal shows the block."""
    return block.only != "page" and any(one.only != "page" for one in _inside(block))


def _spaced(parts: Sequence[Block], width: int) -> Iterator[RenderableType]:
    """Yield blocks below one another with an empty line between; some bring their own."""
    above: Sequence[Block] = ()
    for block in parts:
        below = _inside(block)
        own = any(isinstance(one, blocks.Table | blocks.Digits) for one in above)
        bare = any(isinstance(one, blocks.Table) and not one.caption for one in below)
        if above and not own and not bare:
            yield RichText("")
        yield RENDERERS[type(block)](block, width)
        above = below


def _inside(block: Block) -> Sequence[Block]:
    return block.blocks if isinstance(block, Beside) else (block,)


def _beside(of: Beside, width: int) -> RenderableType:
    parts = [block for block in of.blocks if _is_shown(block)]
    share = (width - GAP * (len(parts) - 1)) // max(1, len(parts))
    return _Beside([RENDERERS[type(block)](block, share) for block in parts])


class _Beside:
    """A renderable: parts side by side if they fit, else below one another."""

    def __init__(self, parts: Sequence[RenderableType]) -> None:
        self.parts = parts

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the parts in one row of a grid, or one by one."""
        widths = [Measurement.get(console, options, part).maximum for part in self.parts]
        if sum(widths) + GAP * (len(widths) - 1) > options.max_width:
            yield from self.parts
            return
        grid = RichTable.grid(padding=(0, GAP))
        grid.add_row(*self.parts)
        yield grid


RENDERERS: dict[type[Block], Callable[[Any, int], RenderableType]] = {
    blocks.Text: lambda of, _: RichText(of.text, style=STYLES[of.role]),
    blocks.Facts: tables.facts,
    blocks.Tiles: tables.tiles,
    blocks.Table: tables.table,
    blocks.Matrix: tables.matrix,
    blocks.Curves: lambda of, width: chart(of, min(width, WIDEST_CHART)),
    blocks.Bars: tables.bars,
    blocks.Rows: tables.rows,
    blocks.Digits: digits,
    blocks.Beside: _beside,
}
