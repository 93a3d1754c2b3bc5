"""Digits drawn in the terminal: half blocks with colours, shades without."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

import numpy as np
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.style import Style
from rich.text import Text

from nntrain.show.blocks import Digit, Digits, Pixels

SHADES = " ░▒▓█"
ASCII_SHADES = " .:+#"
GAP = 2
MARGIN = 2
"""MNIST leaves four empty pixels on each side of a digit's box; we draw two of them."""


def digits(of: Digits, width: int) -> RenderableType:
    """Return images above their captions: all, or the first that fit side by side."""
    drawn = _Drawn(of.digits[: of.first])
    if of.first is not None:
        drawn = _Drawn(of.digits[: min(of.first, drawn.across(width))])
    return Group(Text(f"{of.caption}\n"), drawn) if of.caption else drawn


class _Drawn:
    """A renderable: images of one shape, as many side by side as fit."""

    def __init__(self, digits: Sequence[Digit]) -> None:
        self.images = [_cropped(digit.image) for digit in digits]
        self.captions = [digit.caption for digit in digits]
        lines = [line for caption in self.captions for line in caption.split("\n")]
        widths = [image.shape[1] for image in self.images]
        self.width = max([*widths, *map(len, lines)], default=0)

    def across(self, width: int) -> int:
        """Return how many images fit side by side, at least one."""
        return max(1, (width + GAP) // (self.width + GAP))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return the width of one image, and of all side by side."""
        widest = len(self.images) * (self.width + GAP) - GAP
        return Measurement(self.width, max(0, widest)).with_maximum(options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the rows of digits that fit side by side, one text line at a time."""
        width = min(self.width, options.max_width)  # wider images are cropped
        across = self.across(options.max_width)
        for start in range(0, len(self.images), across):
            images = self.images[start : start + across]
            captions = self.captions[start : start + across]
            drawn = [list(_lines(image[:, :width], console)) for image in images]
            for cells in zip(*drawn, strict=True):
                yield _side_by_side(cells, width)
            for line in zip_longest(*(c.split("\n") for c in captions), fillvalue=""):
                yield _side_by_side([Text(part) for part in line], width)
            yield Text("")


def _cropped(image: Pixels) -> Pixels:
    if image.shape != (28, 28):
        return image
    return image[MARGIN:-MARGIN, MARGIN:-MARGIN]


def _side_by_side(cells: Sequence[Text], width: int) -> Text:
    line = Text(no_wrap=True, overflow="crop")
    for cell in cells:
        cell.pad_right(width + GAP - cell.cell_len)
        line.append_text(cell)
    line.rstrip()
    return line


def _lines(image: Pixels, console: Console) -> Iterator[Text]:
    """Yield one text line for every two rows of pixels."""
    rows = image if len(image) % 2 == 0 else np.vstack([image, np.zeros_like(image[:1])])
    coloured = console.color_system in ("256", "truecolor", "windows") and not console.no_color
    coloured = coloured and not console.options.ascii_only
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        yield _half_blocks(upper, lower) if coloured else _shades(upper, lower, console)


def _half_blocks(upper: Pixels, lower: Pixels) -> Text:
    line = Text(no_wrap=True)
    for top, bottom in zip(upper.tolist(), lower.tolist(), strict=True):
        colours = Style(
            color=f"rgb({top},{top},{top})", bgcolor=f"rgb({bottom},{bottom},{bottom})"
        )
        line.append("▀", colours)
    return line


def _shades(upper: Pixels, lower: Pixels, console: Console) -> Text:
    shades = ASCII_SHADES if console.options.ascii_only else SHADES
    mean = (upper.astype(np.float64) + lower) / 2
    levels = np.ceil(mean / 255 * (len(shades) - 1)).astype(int)
    return Text("".join(shades[level] for level in levels), no_wrap=True)
