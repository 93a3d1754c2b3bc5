"""A page: sections -> one HTML file that needs nothing else; the only user of Jinja2.

Its Content-Security-Policy allows the one style and the one script, by their hashes, and pictures
that are in the page: nothing else is fetched or run, whatever a name in it says.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nntrain import __version__
from nntrain.show.page.section import Section

HERE = Path(__file__).parent
SCRIPTS = ("bytes", "network", "normal_form", "bars", "pad", "temperature", "start")


def page(
    title: str,
    lead: str,
    sections: Sequence[Section | None],
    *,
    data: Mapping[str, Any] | None = None,
    warning: str | None = None,
) -> str:
    """Return the page as HTML.

    ``lead`` is the result in one line; a section that is None is left out; ``data`` is what the
    script works with, as JSON-able types: without it there is no script in the page. All text is
    escaped.
    """
    style = (HERE / "page.css").read_text("utf-8")
    script = _script() if data is not None else ""
    policy = [
        "default-src 'none'",
        "img-src data:",
        f"style-src {_hash(style)}",
        f"script-src {_hash(script) if script else chr(39) + 'none' + chr(39)}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        title=title,
        lead=lead,
        sections=[section for section in sections if section is not None],
        data=data,
        warning=warning,
        style=style,
        script=script,
        policy="; ".join(policy),
        version=__version__,
    )


def _script() -> str:
    parts = ((HERE / "script" / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    return "\n".join(['"use strict";', *parts])


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
