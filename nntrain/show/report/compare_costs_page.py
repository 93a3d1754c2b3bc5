"""The page on a comparison of output layers."""

from nntrain.experiments.read_back import CompareCosts
from nntrain.show.report.experiment import Experiment
from nntrain.show.report.page import page
from nntrain.show.report.sections.compared_confidence import compared_confidence
from nntrain.show.report.sections.learning import accuracy, levels
from nntrain.show.report.sections.neuron import neuron
from nntrain.show.report.sections.provenance import settings_and_provenance
from nntrain.show.report.sections.slowdown import slowdown
from nntrain.show.report.sections.verdict import compared_lead, pairs, verdict


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
