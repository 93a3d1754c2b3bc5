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

REPORT_FILE = "report.html"
NEEDED = ("jinja2", "matplotlib", "PIL")


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
    from dataclasses import asdict

    from nntrain.show.page.run_page import run_page
    from nntrain.show.page.subject import RunSubject

    network, settings = run.model(), run.settings()
    part = dataset.split(split)
    subject = RunSubject(
        name=run.name,
        origin=origin,
        dataset=dataset.title,
        split=split,
        network=network,
        evaluation=evaluation,
        images=part.images,
        labels=part.labels,
        log_outputs=log_outputs,
        history=run.history(),
        settings=asdict(settings),
        provenance=run.provenance(),
        boxed=_boxed(dataset),
        fitted_c=_fitted_c(network, dataset),
        substituted=dataset.substituted_because,
    )
    name = file_name(settings.dataset, dataset, split)
    run.write_text(name, run_page(subject))
    return run.path / name


def _boxed(dataset: "Dataset") -> bool:
    from nntrain.data.catalogue import CATALOGUE

    entry = CATALOGUE.get(dataset.name)
    return entry is None or entry.normalised


def _fitted_c(network: Any, dataset: "Dataset") -> float | None:
    """Return the softmax's c fitted on validation; None for sigmoids and without a best c."""
    from nntrain.analysis.calibration import fit
    from nntrain.workflows.evaluate import weighted_inputs

    if not network.output.distribution or not len(dataset.validation.labels):
        return None
    logs = network.output.log_activate(weighted_inputs(network, dataset, "validation"))
    found = fit(dataset.validation.labels, logs)
    c = float(network.output.inverse_temperature)
    return None if found.at_the_limit else c * found.c


def try_to_write(terminal: "Terminal", *about: Any) -> Path | None:
    """Write a run's page where the extra is installed; what stands in the way is a message."""
    if not installed():
        return None
    try:
        return write_run_page(*about)
    except NntrainError as error:
        terminal.message(f"No report page: {error}")
        return None
