"""Charts that stand still: numbers -> SVG elements; the only user of matplotlib.

The figures are drawn in the roles of ``svg.COLOURS``. No pyplot: nothing global is touched, and
half the time to import is saved.
"""

import io
import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from nntrain.errors import in_a_line
from nntrain.show.page.svg import COLOURS, Svg, themed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (420, 270)
"""Width and height of a chart in CSS pixels: as wide as a telephone."""
LEFT, BELOW = 66, 48
"""The margins that hold an axis' ticks and its label, in CSS pixels."""
SERIES = tuple(COLOURS[f"series-{number}"] for number in range(1, 7))
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 2)))
"""Styles of lines, so that series differ without colour too."""

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "nntrain",
    "text.parse_math": False,
    "font.size": 12,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": COLOURS["muted"],
    "axes.labelcolor": COLOURS["ink"],
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 1,
    "grid.color": COLOURS["line"],
    "grid.linewidth": 1,
    "text.color": COLOURS["ink"],
    "xtick.color": COLOURS["muted"],
    "ytick.color": COLOURS["muted"],
    "xtick.labelcolor": COLOURS["ink"],
    "ytick.labelcolor": COLOURS["ink"],
    "lines.linewidth": 2,
    "legend.frameon": False,
    "legend.fontsize": 11,
}

Band = tuple[Sequence[float], Sequence[float]]
"""The low and the high edge of a band about a line, at the line's x."""
Line = tuple[str, Sequence[float], Sequence[float]]
"""A line of a chart: its name, and its points' x and y."""


def picture(
    name: str,
    title: str,
    description: str,
    paint: "Callable[[Axes], None]",
    size: tuple[int, int] = SIZE,
    *,
    left: int = LEFT,
    top: int = 10,
) -> Svg:
    """Return the chart that ``paint`` draws; ``title`` and ``description`` are its text.

    ``left`` and ``top`` are the margins for names of rows and for a legend above, in CSS pixels.
    Margins are given because matplotlib's own layouts draw every chart three times.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # no word about caches and fonts
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name's letters that matplotlib's font lacks
        width, height = size
        figure = Figure(figsize=(width / 72, height / 72))
        FigureCanvasSVG(figure)
        figure.subplots_adjust(
            left=left / width, right=1 - 14 / width, top=1 - top / height, bottom=BELOW / height
        )
        paint(figure.add_subplot())
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return themed(file.getvalue(), name, title, description)


def label(text: str) -> str:
    """Return ``text``, which a user may have chosen, as a chart can have it."""
    plain = in_a_line(text.encode(errors="backslashreplace").decode())
    return f"\u200b{plain}" if plain.startswith("_") else plain  # matplotlib hides _names


def lines(
    axes: "Axes",
    series: Sequence[Line],
    *,
    x: str,
    y: str,
    bands: Mapping[str, Band] | None = None,
    whole_x: bool = True,
) -> None:
    """Draw named lines, each with its own colour and style, and ``bands`` (low, high) about them.

    ``x`` and ``y`` are the axes' labels with their units; ``whole_x`` ticks whole numbers only.
    """
    for number, (name, xs, ys) in enumerate(series):
        colour, style = SERIES[number % len(SERIES)], LINES[number % len(LINES)]
        marker = "o" if len(xs) == 1 else None
        axes.plot(xs, ys, color=colour, linestyle=style, label=label(name), marker=marker)
        if bands and name in bands:
            axes.fill_between(xs, *bands[name], color=colour, alpha=0.18, linewidth=0)
    if bands:
        _keep_the_lines_apart(axes, series, bands)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    if whole_x:
        # two ticks, the default's least, would be fractions where there is one epoch
        axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1))
    if len(series) > 1:
        axes.legend()


def _keep_the_lines_apart(axes: "Axes", series: Sequence[Line], bands: Mapping[str, Band]) -> None:
    """Let bands reach beyond the lines by half of the lines' range at most.

    Those of two seeds are so wide that they would make one line of all.
    """
    heights = [y for _, _, ys in series for y in ys]
    edges = [edge for sides in bands.values() for side in sides for edge in side]
    low, high = min(heights), max(heights)
    reach = 0.5 * (high - low) or 1.0
    low, high = max(min([low, *edges]), low - reach), min(max([high, *edges]), high + reach)
    margin = 0.05 * (high - low)
    axes.set_ylim(low - margin, high + margin)


def counts_on(axes: "Axes") -> None:
    """Make the horizontal axis one of counts on a logarithmic scale."""
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def named_rows(axes: "Axes", names: Sequence[str]) -> None:
    """Make the vertical axis one of rows with these names, the first on top."""
    axes.set_yticks(range(len(names)), [label(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)


def room_for(names: Sequence[str]) -> int:
    """Return the left margin that these names of rows need, in CSS pixels."""
    return 20 + round(7.5 * max(map(len, names)))
