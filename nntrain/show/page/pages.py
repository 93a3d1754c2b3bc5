"""The pages: of a run, of an experiment of each kind, and of runs side by side."""

from typing import Any

from nntrain.experiments.experiment import Experiment
from nntrain.show.page.beside import side_by_side
from nntrain.show.page.comparison import comparison_page
from nntrain.show.page.page import page
from nntrain.show.page.run import page as of_run
from nntrain.show.sections import lead, sections
from nntrain.workflows.evaluate import EvaluatedRun

__all__ = ["TITLES", "experiment_page", "run_page", "side_by_side"]

TITLES = {
    "compare_costs": "Comparison of output layers",
    "sweep": "Sweep",
    "reproduce": "Reproduction",
}


def run_page(run: EvaluatedRun) -> str:
    """Return the page of an evaluated run, with its network to try out, as HTML."""
    return of_run.run_page(run, _not_mnist(run.dataset.title, run.dataset.substituted_because))


def experiment_page(kind: str, experiment: Experiment[Any]) -> str:
    """Return the page of an experiment of ``kind``, one of ``TITLES``, as HTML."""
    title = f"{TITLES[kind]}: {experiment.name}"
    warning = _not_mnist(experiment.dataset, experiment.provenance.get("substituted_because"))
    if kind == "compare_costs":
        return comparison_page(experiment, title, warning)
    return page(title, lead(kind, experiment), sections(kind, experiment), warning=warning)


def _not_mnist(dataset: str, because: str | None) -> str | None:
    """Return the warning to show if another dataset replaced MNIST."""
    return f"This is not MNIST but {dataset}. {because}" if because else None
