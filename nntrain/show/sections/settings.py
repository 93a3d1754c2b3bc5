"""Settings and provenance: all that is needed to repeat the work. They stand on the page only."""

from collections.abc import Mapping
from typing import Any

from nntrain.show.blocks import Section, Table

HEAD = ("", "")


def settings_and_provenance(settings: Mapping[str, Any], provenance: Mapping[str, Any]) -> Section:
    """Return both as tables of words; both are folded."""
    blocks = []
    if settings:
        rows = _rows(settings)
        blocks.append(Table(HEAD, rows, (0, 1), summary="Settings", words=True, only="page"))
    if provenance:
        rows = _rows(provenance)
        blocks.append(Table(HEAD, rows, (0, 1), summary="Provenance", words=True, only="page"))
    return Section("settings", "Settings and provenance", blocks)


def _rows(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), in_words(value)) for name, value in values.items()]


def in_words(value: Any) -> str:
    """Return a setting or a fact of the provenance as text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {in_words(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return " ".join(map(in_words, value)) or "–"
    return "–" if value is None or value == "" else str(value)
