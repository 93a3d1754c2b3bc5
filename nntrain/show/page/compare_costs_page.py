"""The page on a comparison of output layers."""

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.experiment import Experiment
from nntrain.show.page.page import page
from nntrain.show.page.sections.compared_confidence import compared_confidence
from nntrain.show.page.sections.learning import accuracy, levels
from nntrain.show.page.sections.neuron import neuron
from nntrain.show.page.sections.provenance import settings_and_provenance
from nntrain.show.page.sections.slowdown import slowdown
from nntrain.show.page.sections.verdict import compared_lead, pairs, verdict


def compare_costs_page(experiment: Experiment[CompareCosts]) -> str:
    """Return the page as HTML."""
    sections = [
        verdict(experiment),
        accuracy(experiment),
        levels(experiment),
        slowdown(experiment),
        pairs(experiment),
        compared_confidence(experiment),
        neuron(),
        settings_and_provenance(experiment.settings, experiment.provenance),
    ]
    title = f"Output layers compared: {experiment.name}"
    return page(title, compared_lead(experiment), sections, warning=experiment.warning)
