"""The texts of the lecture page, one TOML file a language, with the same keys in each.

Notation: a blank line ends a paragraph; ``*emphasis*``; ``$formula$`` in the notation of
``show/page/lecture/mathml``; ``@name`` is a number that the product computes.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "cs")


@cache
def texts(language: str) -> dict[str, Any]:
    """Return the texts in ``language``, one of LANGUAGES; callers must not change them."""
    path = Path(__file__).parent / f"{language}.toml"
    return tomllib.loads(path.read_text("utf-8"))
