"""The page of a folder: its runs and experiments in a table that sorts, with their curves."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from nntrain.experiments.listed import PAGE, Listed
from nntrain.show.formatting import duration, plural
from nntrain.show.page.frame import COLOURS
from nntrain.show.page.page import rendered
from nntrain.show.page.svg import Svg, short, stroke, tag

MARK = '<meta name="generator" content="nntrain report --index">'
"""Stands near the beginning of every file that ``nntrain report --index`` wrote."""
SCRIPTS = ("index",)
WIDTH, HEIGHT = 132, 42
NINES = 3
"""A sparkline reaches from 0 to 99.9 %: as many nines as this."""
MOST_CURVES = 12
"""A sparkline shows at most so many curves of an experiment."""
HEADS = (
    ("name", "name", "text"),
    ("validation (%)", "validation", "number"),
    ("test (%)", "test", "number"),
    ("curves", "", ""),
    ("network or experiment", "what", "text"),
    ("dataset", "dataset", "text"),
    ("made by", "made", "text"),
    ("training time", "seconds", "number"),
    ("started", "started", "text"),
)
"""The columns: heading, key to sort by, and how; the curves are not sorted."""


@dataclass(frozen=True)
class Figure:
    """A figure as text, with the value to sort by, "" if there is none."""

    text: str
    value: str


def index_page(runs_dir: str, entries: Sequence[Listed], side_by_side: str | None) -> str:
    """Return the page of the folder ``runs_dir`` as HTML; ``side_by_side`` is its other page."""
    damaged = sum(1 for one in entries if one.state == "damaged")
    return rendered(
        "index.html",
        styles=("page", "index"),
        scripts=SCRIPTS,
        mark=Svg(MARK),
        title=f"Runs in {runs_dir}",
        counted=_counted(entries) + (f", {damaged} damaged" if damaged else ""),
        heads=HEADS,
        entries=entries,
        side_by_side=side_by_side,
        share=_share,
        time=_time,
        sparkline=sparkline,
        address=address,
    )


def _counted(entries: Sequence[Listed]) -> str:
    runs = sum(1 for one in entries if one.made in ("fit", "import"))
    return f"{plural(runs, 'run')}, {plural(len(entries) - runs, 'experiment')}"


def was_written_here(path: Path) -> bool:
    """Return whether ``nntrain report --index`` wrote the file at ``path``."""
    with path.open("rb") as file:
        return MARK.encode() in file.read(2000)


def address(name: str) -> str:
    """Return the address of the report in the directory ``name``, relative to the page."""
    return f"./{quote(os.fsencode(name))}/{PAGE}"  # without ./ a colon would end a scheme


def _share(share: float | None) -> Figure:
    return Figure("–", "") if share is None else Figure(f"{100 * share:.2f}", repr(share))


def _time(seconds: float | None) -> Figure:
    return Figure("–", "") if seconds is None else Figure(duration(seconds), repr(seconds))


def sparkline(curves: Sequence[Sequence[float]], span: str) -> Svg:
    """Return ``Listed.curves`` as a picture; 0, 90, 99 and 99.9 % are evenly spaced on it."""
    drawn = [curve for curve in curves if curve][:MOST_CURVES]
    levels = [_height(1 - 10**-power) for power in range(NINES + 1)]
    lines = [tag("g", *_line(curve), class_=_colour(i)) for i, curve in enumerate(drawn)]
    return tag(
        "svg",
        *(stroke("grid", 0, WIDTH, y, y) for y in levels),
        *lines,
        class_="spark",
        viewBox=f"-3 -3 {WIDTH + 6} {HEIGHT + 6}",
        role="img",
        aria_label=_in_words(drawn, len(curves), span),
    )


def _line(curve: Sequence[float]) -> list[Svg]:
    step = WIDTH / max(1, len(curve) - 1)
    places = [(i * step, _height(accuracy)) for i, accuracy in enumerate(curve)]
    if len(places) == 1:
        places = [(WIDTH, places[0][1])]
    outline = "M" + "L".join(f"{short(x)} {short(y)}" for x, y in places)
    x, y = places[-1]
    return [tag("path", class_="line", d=outline), tag("circle", class_="end", cx=x, cy=y, r=2.5)]


def _height(accuracy: float) -> float:
    """Return the place of an accuracy, −log₁₀ of the error from 0 to NINES, 0 on top."""
    error = min(1.0, max(10.0**-NINES, 1 - accuracy))
    return HEIGHT * (1 + math.log10(error) / NINES)


def _colour(place: int) -> str:
    return f"series-{place % COLOURS + 1}"


def _in_words(drawn: Sequence[Sequence[float]], curves: int, span: str) -> str:
    """Return each curve's ends and length."""
    if not drawn:
        return "no finished epoch"
    words = (
        f"{100 * one[0]:.1f} % to {100 * one[-1]:.1f} % in {span or plural(len(one), 'epoch')}"
        for one in drawn
    )
    more = f"; and {curves - len(drawn)} more" if curves > len(drawn) else ""
    return "; ".join(words) + more
