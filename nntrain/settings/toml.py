"""TOML: reading settings files within limits, and writing values that read back unchanged."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nntrain.errors import SettingsError, in_a_line

MAX_TOML_BYTES = 1 << 16
MAX_DOTS = 500
"""Per line: Python's parser needs time quadratic in a dotted key's parts. Settings have none."""


def read_toml(path: Path) -> dict[str, Any]:
    """Return the keys and values of the settings file ``path``.

    Raises ``SettingsError`` when it cannot be read or is not TOML.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_TOML_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(f"Cannot read the settings file {path}: {reason}.") from error
    try:
        return _parse_toml(content)
    except (ValueError, RecursionError) as error:
        raise SettingsError(
            f"{path} is not a TOML settings file: {in_a_line(str(error))}."
        ) from error


def _parse_toml(content: bytes) -> dict[str, Any]:
    """Return the content of a settings file; raise ``ValueError`` if it is not one."""
    if len(content) > MAX_TOML_BYTES:
        raise ValueError(f"it is longer than {MAX_TOML_BYTES:,} bytes")
    if max((line.count(b".") for line in content.splitlines()), default=0) > MAX_DOTS:
        raise ValueError(f"a line has more than {MAX_DOTS} dots")
    return tomllib.loads(content.decode("utf-8-sig"))


def as_toml(values: Mapping[str, Any]) -> str:
    """Return strings, numbers, bools and lists of them as TOML, one per line, without None.

    The values are written as JSON, which TOML accepts except for the character DEL.
    """
    lines = (
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in values.items()
        if value is not None
    )
    return "".join(lines).replace("\x7f", "\\u007f")
