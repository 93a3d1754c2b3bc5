"""The settings and the provenance of the reproduction."""

from typing import Any

from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Section
from nntrain.show.sections.settings import settings_and_provenance


def section(experiment: Experiment[Any]) -> Section:
    """Return all that was recorded, without the presets: they stand with their sources."""
    settings = {name: value for name, value in experiment.settings.items() if name != "presets"}
    return settings_and_provenance(settings, experiment.provenance)
