"""The notation of the texts -> HTML: paragraphs, emphasis, formulas, and numbers by name."""

import re
from collections.abc import Mapping
from html import escape

from nntrain.show.page.lecture.mathml import mathml
from nntrain.show.page.svg import Svg

PART = re.compile(
    r"\$\$(?P<display>.+?)\$\$|\$(?P<formula>.+?)\$|\*(?P<strong>.+?)\*|@(?P<slot>\w+)", re.DOTALL
)
NUMBER_NAME = re.compile(r"@(\w+)")
CLOSING = re.compile(r"[.,:;?!)“”]+")


class Marker:
    """Writes texts as HTML; ``numbers`` are those known now, as text by name.

    Any other ``@name`` becomes an element with ``data-value="name"``, which the script fills.
    """

    def __init__(self, numbers: Mapping[str, str]) -> None:
        self.numbers = numbers

    def inline(self, text: str) -> Svg:
        """Return a text without paragraphs."""
        known = NUMBER_NAME.sub(lambda name: self.numbers.get(name[1], name[0]), text.strip())
        parts, end = [], 0
        for found in PART.finditer(known):
            parts += [escape(known[end : found.start()], quote=False), _part(found)]
            end = found.end()
            if found["formula"] and (mark := CLOSING.match(known, end)):
                # a browser may break a line between a formula and the mark after it
                parts[-1] = f'<span class="whole">{parts[-1]}{mark[0]}</span>'
                end = mark.end()
        return Svg("".join([*parts, escape(known[end:], quote=False)]))

    def paragraphs(self, text: str) -> Svg:
        """Return paragraphs; a blank line ends one, and a lone ``$$…$$`` is a line of its own."""
        made = []
        for part in filter(None, (part.strip() for part in text.split("\n\n"))):
            alone = part.startswith("$$") and part.endswith("$$")
            name = 'div class="formula scroll"' if alone else "p"
            made.append(f"<{name}>{self.inline(part)}</{name.split()[0]}>")
        return Svg("\n".join(made))

    def formula(self, text: str) -> Svg:
        """Return a formula in a line."""
        return self.inline(f"${text}$") if text else Svg()


def _part(found: re.Match[str]) -> str:
    kind = found.lastgroup
    text = found[kind] if kind else ""
    if kind == "strong":
        return f"<strong>{escape(text, quote=False)}</strong>"
    if kind == "slot":
        return f'<span data-value="{text}"></span>'
    return mathml(text, display=kind == "display")
