"""Series: their colours, dashes and marks, what a legend shows, and what the pointer reads."""

from collections.abc import Sequence
from dataclasses import dataclass

from nntrain.show.blocks import Role
from nntrain.show.page.svg import Svg, plain, shorts, tag

COLOURS = 6
DASHES = (None, "7 3", "7 3 2 3", "2 2.5", "12 3", "12 3 2 3 2 3")
"""Dashes of lines, so that series differ without colour too."""
MARKS = (
    "M{at}m-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0",  # a disc
    "M{at}m-4 -4l8 8m0 -8l-8 8",  # a cross
    "M{at}m-3.3 -3.3h6.6v6.6h-6.6z",
    "M{at}m0 -4.6l4.6 4.6l-4.6 4.6l-4.6 -4.6z",
    "M{at}m0 -4.2l4.4 7.6h-8.8z",
    "M{at}m0 4.2l4.4 -7.6h-8.8z",
)


@dataclass(frozen=True)
class Entry:
    """A line of a legend: a ``sample`` of the series, or of a guide, which has no ``number``."""

    name: str
    sample: Svg
    number: int | None = None


def colour(number: int, role: Role) -> str:
    """Return the class that colours a series: its role's, else the next in turn."""
    return f"role-{role}" if role else f"series-{number % COLOURS + 1}"


def mark(number: int, x: float, y: float) -> Svg:
    """Return the mark of a series at a point."""
    outline = MARKS[number % len(MARKS)].format(at=shorts((x, y)))
    return tag("path", class_="mark", d=outline)


def series(
    number: int,
    name: str,
    role: Role,
    parts: Sequence[Svg],
    places: Sequence[tuple[float, float]],
    heads: Sequence[str],
    values: Sequence[str],
) -> Svg:
    """Return what is drawn of a series, with what the pointer reads of it.

    Point by point: its place, where that is in words, and its value in words.
    """
    return tag(
        "g",
        *parts,
        class_=f"series {colour(number, role)}",
        data_series=f"{number}",
        data_name=name,
        data_x=shorts(x for x, _ in places),
        data_y=shorts(y for _, y in places),
        data_heads=listed(heads),
        data_values=listed(values),
    )


def listed(texts: Sequence[str]) -> str:
    """Return texts as one, with bars between them."""
    return "|".join(plain(text).replace("|", "¦") for text in texts)


def legend(
    entries: Sequence[tuple[str, str, list[Svg]]], guides: Sequence[str]
) -> Sequence[Entry]:
    """Return a legend of (name, class, sample) and named guides; none for a single series."""
    if len(entries) + len(guides) < 2:
        return ()
    line = tag("line", class_="guide", x1=1, x2=27, y1=6, y2=6)
    return (
        *(Entry(plain(n), sample(of, *parts), i) for i, (n, of, parts) in enumerate(entries)),
        *(Entry(plain(name), sample("", line)) for name in guides),
    )


def sample(of: str, *parts: Svg) -> Svg:
    """Return ``parts`` in the colour of the class ``of``, as a legend shows them."""
    kind = f"sample {of}".strip()
    return tag("svg", *parts, class_=kind, viewBox="0 0 28 12", aria_hidden="true")
