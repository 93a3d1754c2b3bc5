"""The run's settings and provenance; on the page only."""

from dataclasses import asdict

from nntrain.show.blocks import Section
from nntrain.show.sections.settings import settings_and_provenance
from nntrain.workflows.evaluate import EvaluatedRun


def section(run: EvaluatedRun) -> Section:
    """Return both as tables of words."""
    return settings_and_provenance(asdict(run.settings), run.provenance)
