"""The page on presets that were trained again."""

from nntrain.experiments.experiment import Experiment
from nntrain.experiments.reproduce.files import Reproduction
from nntrain.show.page.page import page
from nntrain.show.page.sections.provenance import settings_and_provenance
from nntrain.show.page.sections.reproduced import (
    reproduced,
    reproduced_curves,
    reproduced_lead,
    sources,
)


def reproduce_page(experiment: Experiment[Reproduction]) -> str:
    """Return the page as HTML."""
    settings = {name: value for name, value in experiment.settings.items() if name != "presets"}
    sections = [
        reproduced(experiment),
        reproduced_curves(experiment),
        sources(experiment),
        settings_and_provenance(settings, experiment.provenance),
    ]
    title = f"Reproduced: {experiment.name}"
    return page(title, reproduced_lead(experiment), sections, warning=experiment.warning)
