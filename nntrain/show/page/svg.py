"""SVG as text: elements with escaped text, short numbers and no inline styles.

The page forbids inline styles (Content-Security-Policy): colours and fonts come from its style
sheet through classes, and differ between light and dark mode.
"""

import re
from collections.abc import Iterable
from html import escape

CHARACTER = 7.2
"""Approximate width of a character in a chart's text, in the units of its viewBox."""


class Svg(str):
    """Markup that a template does not escape."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return the markup."""
        return str(self)


def tag(name: str, *children: Svg, text: str = "", **attributes: str | float | None) -> Svg:
    """Return an element with ``text`` and ``children``.

    In an attribute's name a trailing ``_`` is dropped and every other ``_`` becomes ``-``. An
    attribute that is None is left out; numbers are rounded to 2 decimals.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}="
        f'"{escape(plain(value)) if isinstance(value, str) else short(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = escape(plain(text), quote=False) + "".join(children)
    return Svg(f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>")


def stroke(kind: str, x1: float, x2: float, y1: float, y2: float) -> Svg:
    """Return a straight line of the class ``kind``."""
    return tag("line", class_=kind, x1=x1, x2=x2, y1=y1, y2=y2)


def words(
    text: str, x: float, y: float, anchor: str | None = None, kind: str | None = None, *inside: Svg
) -> Svg:
    """Return ``text`` at a place, of the class ``kind``."""
    return tag("text", *inside, text=text, class_=kind, x=x, y=y, text_anchor=anchor)


def plain(text: str) -> str:
    """Return ``text`` without the characters that XML and UTF-8 forbid."""
    encodable = text.encode(errors="backslashreplace").decode()
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]", " ", encodable)


def short(number: float) -> str:
    """Return ``number`` with at most 2 decimals."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def shorts(numbers: Iterable[float]) -> str:
    """Return the numbers with spaces between them."""
    return " ".join(map(short, numbers))


def cut(text: str, characters: int) -> str:
    """Return ``text``, cut to ``characters`` including an ellipsis at its end."""
    text = plain(text)
    return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"
