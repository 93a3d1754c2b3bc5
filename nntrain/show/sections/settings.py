"""Settings and provenance: everything needed to repeat the work, on the page only."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Section, Table
from nntrain.workflows.evaluate import EvaluatedRun


def settings(of: EvaluatedRun | Experiment[Any]) -> Section:
    """Return both as tables of words, which the page folds.

    The presets of a reproduction are left out: they are in the section on sources.
    """
    known = dict(of.settings) if isinstance(of, Experiment) else asdict(of.settings)
    known.pop("presets", None)
    blocks = [
        Table(("", ""), _rows(values), (0, 1), summary=title, words=True, only="page")
        for title, values in (("Settings", known), ("Provenance", of.provenance))
        if values
    ]
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
