"""The settings and the provenance of the experiment."""

from typing import Any

from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Section
from nntrain.show.sections.settings import settings_and_provenance


def section(experiment: Experiment[Any]) -> Section:
    """Return all that was recorded of the experiment."""
    return settings_and_provenance(experiment.settings, experiment.provenance)
