"""The settings in which runs side by side differ."""

from collections.abc import Sequence
from dataclasses import asdict

from nntrain.show.blocks import Section, Table
from nntrain.show.sections.settings import in_words
from nntrain.workflows.evaluate import EvaluatedRun


def section(runs: Sequence[EvaluatedRun]) -> Section | None:
    """Return the table of these settings; None where all are the same."""
    settings = [asdict(run.settings) for run in runs]
    names = dict.fromkeys(name for one in settings for name in one)
    values = {name: [in_words(one.get(name)) for one in settings] for name in names}
    rows = [
        (name.replace("_", " "), *words) for name, words in values.items() if len(set(words)) > 1
    ]
    if not rows:
        return None
    head = ("", *(run.name for run in runs))
    return Section("settings", "Where the settings differ", [Table(head, rows)])
