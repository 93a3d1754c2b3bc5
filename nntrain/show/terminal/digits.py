"""Digits drawn in the terminal: half blocks where there are colours, shades where not."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.text import Text

Image = NDArray[np.uint8]

SHADES = " ░▒▓█"
ASCII_SHADES = " .:+#"
GAP = 2
MARGIN = 2
"""MNIST leaves four empty pixels on each side of a digit's box; we draw two of them."""


class Digits:
    """A renderable: ``images`` (n, rows, columns) uint8 in rows, each above its caption.

    A caption may have several lines; all images have one shape.
    """

    def __init__(
        self, images: Sequence[Image] | NDArray[np.uint8], captions: Sequence[str]
    ) -> None:
        self.images = [_cropped(np.asarray(image)) for image in images]
        self.captions = list(captions)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the rows of digits that fit side by side, one text line at a time."""
        if not self.images:
            return
        lines = [line for caption in self.captions for line in caption.split("\n")]
        width = max(self.images[0].shape[1], *map(len, lines))
        across = max(1, (options.max_width + GAP) // (width + GAP))
        for start in range(0, len(self.images), across):
            images = self.images[start : start + across]
            captions = self.captions[start : start + across]
            drawn = [list(_lines(image, console)) for image in images]
            for cells in zip(*drawn, strict=True):
                yield _side_by_side(cells, width)
            for line in zip_longest(*(c.split("\n") for c in captions), fillvalue=""):
                yield _side_by_side([Text(part) for part in line], width)
            yield Text("")


def _cropped(image: Image) -> Image:
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


def _lines(image: Image, console: Console) -> Iterator[Text]:
    """Yield one text line for each two rows of pixels."""
    rows = image if len(image) % 2 == 0 else np.vstack([image, np.zeros_like(image[:1])])
    coloured = console.color_system in ("256", "truecolor", "windows") and not console.no_color
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        yield _half_blocks(upper, lower) if coloured else _shades(upper, lower, console)


def _half_blocks(upper: Image, lower: Image) -> Text:
    line = Text(no_wrap=True)
    for top, bottom in zip(upper.tolist(), lower.tolist(), strict=True):
        colours = Style(
            color=f"rgb({top},{top},{top})", bgcolor=f"rgb({bottom},{bottom},{bottom})"
        )
        line.append("▀", colours)
    return line


def _shades(upper: Image, lower: Image, console: Console) -> Text:
    shades = ASCII_SHADES if console.options.ascii_only else SHADES
    mean = (upper.astype(np.float64) + lower) / 2
    levels = np.ceil(mean / 255 * (len(shades) - 1)).astype(int)
    return Text("".join(shades[level] for level in levels), no_wrap=True)
