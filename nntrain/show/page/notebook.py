"""Notebook: sections -> a piece of static HTML for the output of a notebook's cell.

It has no script, and an id only where SVG needs one, made from the content. Its colours stand out
from a light and from a dark background, and text has the colour of its surroundings. Where a
viewer removes the style sheet, charts keep theirs as attributes; where it removes SVG too, the
tables remain.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from html import escape

from nntrain.show.blocks import Section
from nntrain.show.page.page import laid_out, rendered

COLOURS = {
    "right": "#397cbc",
    "wrong": "#b56526",
    "warning": "#b56526",
    "accent": "#397cbc",
    "series-1": "#397cbc",
    "series-2": "#b56526",
    "series-3": "#2b8867",
    "series-4": "#9d60b9",
    "series-5": "#91770d",
    "series-6": "#7b7b7b",
}
"""By role and series: each has a contrast of 4.3 to white and to almost black."""

DRAWN = {
    "chart": 'width="420" fill="currentColor" font-size="12.5" font-family="sans-serif"',
    "sample": 'width="28" height="12"',
    "share": 'width="80" height="10" fill="currentColor"',
    "grid": 'stroke="currentColor" stroke-opacity=".15"',
    "axis": 'stroke="currentColor" stroke-opacity=".6"',
    "guide": 'stroke="currentColor" stroke-opacity=".6" stroke-dasharray="2 3"',
    "line": 'fill="none" stroke="currentColor" stroke-width="2"',
    "band": 'fill="currentColor" fill-opacity=".17"',
    "bar": 'fill="currentColor"',
    "mark": 'fill="currentColor" stroke="currentColor" stroke-width="1.5"',
    "interval": 'stroke="currentColor" stroke-width="3" stroke-opacity=".5"',
    "tick": 'fill-opacity=".7" font-size="12"',
    **{name: f'color="{colour}"' for name, colour in COLOURS.items()},
    **{f"role-{name}": f'color="{colour}"' for name, colour in COLOURS.items()},
}
"""Attributes of SVG elements by class, in place of the style sheet's declarations, which win."""

SVG_CLASS = re.compile(r'(<(?:svg|g|path|line|rect|text)\b[^>]*?) class="([^"]*)"')
SVG_ID = re.compile(r'(?<=\bid=")[^"]*(?=")|(?<=url\(#)[^)]*(?=\))|(?<=labelledby=")[^"]*(?=")')
FOR_SCRIPTS = re.compile(r' data-[a-z]+="[^"]*"')
PAGE_HEIGHT = 640
"""Height of a page in a frame, in pixels."""


def fragment(
    title: str, lead: str, sections: Sequence[Section], warning: str | None = None
) -> str:
    """Return the sections as HTML to put into any page; the same sections give the same text."""
    html = rendered(
        "notebook.html",
        styles=("page", "notebook"),
        scripts=(),
        title=title,
        lead=lead,
        sections=[section for section in sections if laid_out(section.blocks)],
        warning=warning,
        colours=COLOURS,
        static=True,
    )
    digest = sha256(html.encode()).hexdigest()[:8]
    html = SVG_CLASS.sub(_with_attributes, FOR_SCRIPTS.sub("", html))
    return SVG_ID.sub(lambda found: _made_unique(found[0], digest), html)


def _with_attributes(found: re.Match[str]) -> str:
    """Return the start of an SVG element with the attributes of its classes."""
    drawn = " ".join(DRAWN[name] for name in found[2].split() if name in DRAWN)
    return f'{found[1]} class="{found[2]}"{drawn and f" {drawn}"}'


def _made_unique(ids: str, digest: str) -> str:
    """Return ids, separated by spaces, that no other piece of HTML has."""
    return " ".join(f"{name}-{digest}" for name in ids.split())


def framed(page: str) -> str:
    """Return a whole page as HTML in a frame, in which its scripts reach nothing outside."""
    return (
        f'<iframe sandbox="allow-scripts" title="Report" width="100%" height="{PAGE_HEIGHT}" '
        f'style="border: 1px solid #8888" srcdoc="{escape(page)}"></iframe>'
    )
