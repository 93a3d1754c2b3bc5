"""Settings and provenance: all that is needed to do it again."""

from collections.abc import Mapping
from typing import Any

from nntrain.show.page.section import Section


def settings_and_provenance(settings: Mapping[str, Any], origin: Mapping[str, Any]) -> Section:
    """Return both as tables of words."""
    tables: list[dict[str, Any]] = [
        {
            "summary": title,
            "head": ("", ""),
            "words": True,
            "rows": [(name.replace("_", " "), in_words(value)) for name, value in values.items()],
        }
        for title, values in (("Settings", settings), ("Provenance", origin))
        if values
    ]
    tables[0]["open"] = True
    return Section("settings", "Settings and provenance", "tables", content={"tables": tables})


def in_words(value: Any) -> str:
    """Return a setting or a fact of the provenance as text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {in_words(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return " ".join(map(in_words, value)) or "–"
    return "–" if value is None or value == "" else str(value)
