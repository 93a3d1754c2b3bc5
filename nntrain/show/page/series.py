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


@dataclass(frozen=True)
class Series:
    """What is drawn of a series, a ``sample`` of it, and what the pointer reads.

    That is, of each point: its place, ``heads``, where that is in words, and its value in words.
    """

    number: int
    name: str
    role: Role
    parts: Sequence[Svg]
    sample: Sequence[Svg]
    places: Sequence[tuple[float, float]]
    heads: Sequence[str]
    values: Sequence[str]

    @property
    def colour(self) -> str:
        """The class that colours it: its role's, else the next in turn."""
        return f"role-{self.role}" if self.role else f"series-{self.number % COLOURS + 1}"

    @property
    def drawn(self) -> Svg:
        """The group of what is drawn, with what the pointer reads as its attributes."""
        return tag(
            "g",
            *self.parts,
            class_=f"series {self.colour}",
            data_series=f"{self.number}",
            data_name=self.name,
            data_x=shorts(x for x, _ in self.places),
            data_y=shorts(y for _, y in self.places),
            data_heads=_listed(self.heads),
            data_values=_listed(self.values),
        )

    @property
    def entry(self) -> Entry:
        """Its line of the legend."""
        return entry(self.name, self.colour, *self.sample, number=self.number)


def entry(name: str, colour: str, *sample: Svg, number: int | None = None) -> Entry:
    """Return a line of a legend, with ``sample`` in the colour of that class."""
    kind = f"sample {colour}".strip()
    box = tag("svg", *sample, class_=kind, viewBox="0 0 28 12", aria_hidden="true")
    return Entry(plain(name), box, number)


def mark(number: int, x: float, y: float) -> Svg:
    """Return the mark of a series at a point."""
    outline = MARKS[number % len(MARKS)].format(at=shorts((x, y)))
    return tag("path", class_="mark", d=outline)


def _listed(texts: Sequence[str]) -> str:
    """Return texts as one, with bars between them."""
    return "|".join(plain(text).replace("|", "¦") for text in texts)
