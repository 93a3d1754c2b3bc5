"""The texts of the lecture page, one TOML file a language, with the same keys in each.

Notation: a blank line ends a paragraph; ``*emphasis*``; ``$formula$`` in the notation of
``show/page/lecture/mathml``; ``@name`` is a number that the product computes.
"""

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "cs")
HERE = Path(__file__).parent
LONELY = re.compile(r"(?<![\w$])([KkSsVvZzOoUuAaIi]) (?=[\w„($@])")
"""A one-letter word, which by Czech typography does not end a line."""
HYPHEN = re.compile(r"(?<=\w)-(?=li\b)")
"""The hyphen of je-li, at which a line does not end either."""


@cache
def texts(language: str) -> dict[str, Any]:
    """Return the texts in ``language``, one of LANGUAGES; callers must not change them."""
    found: dict[str, Any] = tomllib.loads((HERE / f"{language}.toml").read_text("utf-8"))
    return _typeset(found) if language == "cs" else found


@cache
def laboratory_texts(language: str) -> dict[str, str]:
    """Return those of the laboratory by key; ``{n}`` is filled in by the page."""
    found: dict[str, str] = json.loads((HERE / "laboratory.json").read_text("utf-8"))[language]
    return _typeset(found) if language == "cs" else found


def _typeset(value: Any) -> Any:
    """Return ``value`` with no-break spaces and hyphens where Czech typography wants them."""
    if isinstance(value, dict):
        return {key: _typeset(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_typeset(one) for one in value]
    return HYPHEN.sub("\u2011", LONELY.sub("\\1\xa0", value))
