"""Writes report pages, where the extra ``report`` is installed."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nntrain.errors import NntrainError

if TYPE_CHECKING:
    from nntrain.analysis.evaluation import Evaluation
    from nntrain.data.dataset import Dataset
    from nntrain.nn.arrays import Floats
    from nntrain.runs.run import Run
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows.evaluate import EvaluatedRun

REPORT_FILE = "report.html"
NEEDED = ("jinja2", "PIL")


def installed() -> bool:
    """Return whether what a page is made with is there."""
    return all(find_spec(name) is not None for name in NEEDED)


def require() -> None:
    """Raise ``NntrainError`` where the extra is missing."""
    if not installed():
        raise NntrainError(
            "A report page needs an extra that is not installed: pip install 'nntrain[report]'"
        )


def file_name(run_dataset: str, dataset: "Dataset", split: str) -> str:
    """Return ``report.html`` for a run's own test set; else a name that says what was read."""
    if dataset.name != run_dataset and dataset.lasting_name != run_dataset:
        slug = "".join(c if c.isalnum() else "-" for c in Path(dataset.name).name) or "dataset"
        return f"report-{slug}-{split}.html"
    return REPORT_FILE if split == "test" else f"report-{split}.html"


def write_run_page(
    run: "Run",
    dataset: "Dataset",
    split: str,
    evaluation: "Evaluation",
    log_outputs: "Floats",
    origin: str,
) -> Path:
    """Write the page on an evaluated run into it, and return its path."""
    from nntrain.show.page.pages import run_page

    settings = run.settings()
    evaluated = evaluated_run(run, dataset, split, evaluation, log_outputs, origin)
    name = file_name(settings.dataset, dataset, split)
    run.write_text(name, run_page(evaluated))
    return run.path / name


def evaluated_run(
    run: "Run",
    dataset: "Dataset",
    split: str,
    evaluation: "Evaluation",
    log_outputs: "Floats",
    origin: str,
) -> "EvaluatedRun":
    """Return what the pages are made of; c is fitted where there are validation examples."""
    from nntrain.analysis.predictions import predictions
    from nntrain.workflows.evaluate import EvaluatedRun, calibrate

    network = run.model()
    distribution = network.output.distribution
    fits = distribution and len(dataset.validation.labels) > 0
    return EvaluatedRun(
        name=run.name,
        origin=origin,
        network=network,
        dataset=dataset,
        split=split,
        predictions=predictions(
            dataset.split(split).labels,
            log_outputs,
            classes=dataset.classes,
            distribution=distribution,
        ),
        evaluation=evaluation,
        decay_cost=0.0,
        history=run.history(),
        settings=run.settings(),
        provenance=run.provenance(),
        calibration=calibrate(network, dataset, split) if fits else None,
    )


def try_to_write(terminal: "Terminal", *about: Any) -> Path | None:
    """Write a run's page where the extra is installed; what stands in the way is a message."""
    if not installed():
        return None
    try:
        return write_run_page(*about)
    except NntrainError as error:
        terminal.message(f"No report page: {error}")
        return None
