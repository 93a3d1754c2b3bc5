"""A page: sections -> one self-contained HTML file; the only user of Jinja2.

Its Content-Security-Policy allows its style and its script, by their hashes, and embedded
pictures: nothing else is loaded or run, whatever text the page contains.
"""

import base64
import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nntrain import __version__
from nntrain.errors import harmless
from nntrain.show.blocks import Beside, Block, Section
from nntrain.show.page.charts import CHARTS, chart
from nntrain.show.page.images import grey_png, signed_png

HERE = Path(__file__).parent
SCRIPTS = ("chart",)
LIVE_SCRIPTS = (
    *("outputs", "output_layers", "signed", "normal_form", "drawing"),
    *(f"run/{name}" for name in ("network", "shares", "held", "roving", "temperature")),
    *(f"run/{name}" for name in ("pad", "explanation", "linked", "start")),
)
"""The scripts of a run's page besides ``SCRIPTS``; the last one starts them."""


def page(title: str, lead: str, sections: Sequence[Section], *, warning: str | None = None) -> str:
    """Return the page as HTML, with ``lead``, the result in one line, on top.

    All text and control characters are escaped.
    """
    return rendered(
        "page.html",
        styles=("page",),
        scripts=SCRIPTS,
        title=title,
        lead=lead,
        sections=shown(sections),
        data=None,
        warning=warning,
    )


def shown(sections: Sequence[Section]) -> list[Section]:
    """Return the sections that have something to show in a page."""
    return [section for section in sections if laid_out(section.blocks)]


def rendered(
    template: str,
    *,
    styles: Sequence[str],
    scripts: Sequence[str],
    policy: Sequence[str] = (),
    static: bool = False,
    **values: Any,
) -> str:
    """Return a template as HTML, with style sheets and scripts of these names in the file.

    ``static`` leaves out buttons that need the scripts. ``policy`` are directives of the
    Content-Security-Policy besides those of every page.
    """
    style = "\n".join((HERE / f"{name}.css").read_text("utf-8") for name in styles)
    script = _script(scripts)
    directives = (
        *("default-src 'none'", "img-src data:", f"style-src {_hash(style)}"),
        *(f"script-src {_hash(script)}", "base-uri 'none'", "form-action 'none'", *policy),
    )
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (laid_out, chart, shade, change, grey_png, signed_png, capitalised, sentence):
        environment.globals[function.__name__] = function
    html = environment.get_template(template).render(
        style=style,
        script=script,
        policy="; ".join(directives),
        version=__version__,
        static=static,
        **values,
    )
    return harmless(html)


def laid_out(blocks: Sequence[Block]) -> list[tuple[str, Any]]:
    """Return the page's blocks with the names of their macros; adjacent charts are one."""
    laid: list[tuple[str, Any]] = []
    for block in blocks:
        parts = laid_out(block.blocks) if isinstance(block, Beside) else []
        if block.only == "terminal":
            continue
        if [kind for kind, _ in parts] == ["charts"]:
            laid.append(parts[0])
        elif type(block) not in CHARTS:
            laid.append((type(block).__name__.lower(), block))
        elif laid and laid[-1][0] == "charts":
            laid[-1][1].append(block)
        else:
            laid.append(("charts", [block]))
    return laid


def capitalised(text: str) -> str:
    """Return ``text``, capitalised if it begins with a word, not a symbol."""
    first = text.partition(" ")[0].rstrip(":;,")
    return text[0].upper() + text[1:] if len(first) > 1 and first.isalpha() else text


def sentence(text: str) -> str:
    """Return a note as a sentence, with a full stop if it has no end mark."""
    return capitalised(text if text.endswith((".", "!", "?", ":")) else f"{text}.")


def shade(count: int, row: Sequence[int], right: bool) -> str:
    """Return the CSS class of a confusion matrix cell: one step per doubling for errors."""
    if not count:
        return "zero"
    share = count / sum(row)
    if right:
        return "r2" if share >= 0.9 else "r1"
    return f"w{min(6, max(1, 1 + math.floor(math.log2(share / 0.001))))}"


def change(count: int, right: bool) -> str:
    """Return the CSS class of a changed cell: better or worse, one step per doubling."""
    if not count:
        return "zero"
    step = min(6, 1 + math.floor(math.log2(abs(count))))
    return f"{'b' if (count > 0) == right else 'w'}{step}"


def _script(names: Sequence[str]) -> str:
    parts = ((HERE / "script" / f"{name}.js").read_text("utf-8") for name in names)
    return "\n".join(['"use strict";', *parts])


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
