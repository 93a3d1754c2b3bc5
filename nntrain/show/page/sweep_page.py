"""The page on a sweep."""

from nntrain.experiments.experiment import Experiment
from nntrain.experiments.sweep.files import Sweep
from nntrain.show.page.page import page
from nntrain.show.page.sections.provenance import settings_and_provenance
from nntrain.show.page.sections.ranking import ranking, swept_lead, winner
from nntrain.show.page.sections.sweep_curves import sweep_curves


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
