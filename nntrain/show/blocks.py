"""Blocks: what a section of a report is made of.

A section turns a result into blocks once. ``show/terminal`` prints them, ``show/page`` lays the
same blocks out as HTML and SVG. This module knows no renderer and no result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Role = Literal["", "strong", "muted", "right", "wrong", "accent", "warning"]
"""The meaning of a text or a mark; each renderer has a style for each."""
Place = Literal["", "terminal", "page"]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of a section; ``only`` names the only renderer to show it; "" means both."""

    only: Place = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: ``text`` in a ``role``, with a ``bar`` of 0 to 1 beside it or None."""

    text: str
    role: Role = ""
    bar: float | None = None


@dataclass(frozen=True)
class Text(Block):
    """A paragraph."""

    text: str
    role: Role = ""


@dataclass(frozen=True)
class Facts(Block):
    """Names and values in two columns."""

    rows: Sequence[tuple[str, str | Cell]]


@dataclass(frozen=True)
class Tiles(Block):
    """A few large figures, each as (figure, what it is)."""

    tiles: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table(Block):
    """A table with a header.

    ``left``: the left-aligned columns; the others are right-aligned. ``summary``: the page folds
    the table under this line. ``rules``: the rows with a rule above. ``first``: how many rows the
    terminal prints, None for all. ``words``: cells are text that may wrap.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    left: Sequence[int] = (0,)
    caption: str = ""
    summary: str = ""
    rules: Sequence[int] = ()
    first: int | None = None
    words: bool = False


@dataclass(frozen=True)
class Matrix(Block):
    """A confusion matrix: ``counts`` (k, k), rows the true class, columns the predicted one.

    ``linked``: in a page, a cell and the name of a row select their examples. ``change``: the
    counts are those of one run minus another's.
    """

    names: Sequence[str]
    counts: NDArray[np.integer]
    linked: bool = False
    change: bool = False


@dataclass(frozen=True)
class Axis:
    """An axis with its ``label``, unit included.

    ``low`` and ``high`` are its ends; None takes them from the data. ``scale`` is ``linear``,
    ``log`` (decades) or ``counts`` (0, then decades from 1 on). ``whole``: ticks at whole
    numbers only.
    """

    label: str
    low: float | None = None
    high: float | None = None
    scale: Literal["linear", "log", "counts"] = "linear"
    whole: bool = False


@dataclass(frozen=True)
class Line:
    """A named curve through (x, y), with a band from ``low`` to ``high`` or None.

    Without a ``role`` it takes the next colour of the series. ``steps``: it keeps its value until
    the next x. ``filled``: the area below it is tinted. ``dots``: points are marked.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    role: Role = ""
    steps: bool = False
    filled: bool = False
    dots: bool = False


@dataclass(frozen=True)
class Guide:
    """A dotted reference line: at ``x``, at ``y``, or the diagonal if both are None."""

    name: str = ""
    x: float | None = None
    y: float | None = None


@dataclass(frozen=True)
class Curves(Block):
    """A chart of lines. ``description`` says in words what it shows.

    ``name`` is unique in a document. If no line has points, renderers say so.
    """

    name: str
    title: str
    description: str
    x: Axis
    y: Axis
    lines: Sequence[Line]
    guides: Sequence[Guide] = ()


@dataclass(frozen=True)
class Bars(Block):
    """A histogram: ``counts`` (n,) over ``edges`` (n + 1,), in the colour of ``role``."""

    name: str
    title: str
    description: str
    x: Axis
    y: Axis
    edges: Sequence[float]
    counts: Sequence[float]
    role: Role = ""
    guides: Sequence[Guide] = ()


@dataclass(frozen=True)
class Dot:
    """A value in a row of ``Rows``, with its interval or None.

    An infinite value is not drawn, but its series keeps its colour and place in the legend.
    ``series`` is the name in the legend: dots of one series share colour and shape.
    """

    series: str
    value: float
    low: float | None = None
    high: float | None = None
    role: Role = ""


@dataclass(frozen=True)
class Rows(Block):
    """A chart of named rows with dots on one horizontal axis, the first row on top."""

    name: str
    title: str
    description: str
    x: Axis
    rows: Sequence[tuple[str, Sequence[Dot]]]


@dataclass(frozen=True)
class Digit:
    """An image (rows, columns) uint8 with a caption of one or more lines.

    ``outputs`` has one activation per class, if they are shown; ``true`` and ``predicted`` are
    the classes to mark. ``example`` is the image's place in the dataset, if a page with an
    interactive part links it.
    """

    image: Pixels
    caption: str
    outputs: Sequence[float] = ()
    true: int | None = None
    predicted: int | None = None
    example: int | None = None


@dataclass(frozen=True)
class Digits(Block):
    """Images side by side; the terminal draws at most the ``first`` ones, in one row.

    ``classes`` are the names of the outputs. ``caption`` is above a group of images.
    """

    digits: Sequence[Digit]
    classes: Sequence[str] = ()
    first: int | None = None
    caption: str = ""


@dataclass(frozen=True)
class Picture(Block):
    """Values (rows, columns) in [-1, 1] as colours, NaN for none; ``text`` describes it."""

    values: NDArray[np.floating]
    text: str
    caption: str = ""
    only: Place = field(default="page", kw_only=True)


@dataclass(frozen=True)
class Live(Block):
    """An interactive part of the page: ``part`` names its template, ``content`` fills it.

    ``still`` are the blocks to show in its place where scripts cannot run.
    """

    part: str
    content: Mapping[str, Any]
    still: Sequence[Block] = ()
    only: Place = field(default="page", kw_only=True)


@dataclass(frozen=True)
class Beside(Block):
    """Blocks side by side if there is room, else below one another."""

    blocks: Sequence[Block]


@dataclass(frozen=True)
class Section:
    """A heading, a note on how to read it, and blocks. ``name`` is unique in a document."""

    name: str
    title: str
    blocks: Sequence[Block]
    note: str = ""
