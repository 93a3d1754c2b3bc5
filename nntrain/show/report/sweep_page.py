"""The page on a sweep."""

from nntrain.experiments.read_back import Sweep
from nntrain.show.report.experiment import Experiment
from nntrain.show.report.page import page
from nntrain.show.report.sections.provenance import settings_and_provenance
from nntrain.show.report.sections.ranking import ranking, swept_lead, winner
from nntrain.show.report.sections.sweep_curves import sweep_curves


def sweep_page(experiment: Experiment[Sweep]) -> str:
    """Return the page as HTML."""
    sections = [
        winner(experiment),
        ranking(experiment),
        sweep_curves(experiment),
        settings_and_provenance(experiment.settings, experiment.provenance),
    ]
    title = f"Sweep: {experiment.name}"
    return page(title, swept_lead(experiment), sections, warning=experiment.warning)
