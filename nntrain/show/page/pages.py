"""The pages: on a run, on each kind of experiment, and on runs side by side."""

from collections.abc import Sequence
from typing import Any

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.experiment import Experiment
from nntrain.experiments.reproduce.result import Reproduction
from nntrain.experiments.sweep.result import Sweep
from nntrain.show.page.page import page
from nntrain.show.sections import sections
from nntrain.workflows.evaluate import EvaluatedRun


def run_page(run: EvaluatedRun) -> str:
    """Return the page on an evaluated run, with its network to try, as HTML."""
    from nntrain.show.page.live import live_data
    from nntrain.show.sections.run.result import lead

    because, warning = run.dataset.substituted_because, None
    if because:
        warning = f"These are not MNIST's digits, but {run.dataset.title}. {because}"
    made = sections("run", run)
    return page(run.name, lead(run), made, data=live_data(run), warning=warning)


def compare_costs_page(experiment: Experiment[CompareCosts]) -> str:
    """Return the page on a comparison of output layers as HTML."""
    from nntrain.show.sections.compare_costs.result import lead

    title = f"Output layers compared: {experiment.name}"
    return _experiment("compare_costs", title, lead(experiment), experiment)


def sweep_page(experiment: Experiment[Sweep]) -> str:
    """Return the page on a sweep as HTML."""
    from nntrain.show.sections.sweep import lead

    return _experiment("sweep", f"Sweep: {experiment.name}", lead(experiment), experiment)


def reproduce_page(experiment: Experiment[Reproduction]) -> str:
    """Return the page on presets that were trained again as HTML."""
    from nntrain.show.sections.reproduce import lead

    return _experiment("reproduce", f"Reproduced: {experiment.name}", lead(experiment), experiment)


def side_by_side(runs: Sequence[EvaluatedRun]) -> str:
    """Return the page on runs side by side, each with the examples of its own dataset, as HTML."""
    from nntrain.show.sections.side_by_side import lead

    return page("Runs side by side", lead(runs), sections("side_by_side", runs))


def _experiment(kind: str, title: str, lead: str, experiment: Experiment[Any]) -> str:
    return page(title, lead, sections(kind, experiment), warning=experiment.warning)
