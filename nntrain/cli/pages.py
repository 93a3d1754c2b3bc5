"""Writes report pages, where the extra ``report`` is installed."""

from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from nntrain.errors import NntrainError

if TYPE_CHECKING:
    from nntrain.runs.run import Run
    from nntrain.show.page.subject import RunSubject
    from nntrain.show.terminal.subject import Subject
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows.evaluate import EvaluatedRun

REPORT_FILE = "report.html"
SIDE_BY_SIDE = "side-by-side.html"
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


def file_name(evaluated: "EvaluatedRun") -> str:
    """Return ``report.html`` for a run's own test set; else a name with the dataset or split."""
    dataset, split = evaluated.dataset, evaluated.split
    if evaluated.settings.dataset not in (dataset.name, dataset.lasting_name):
        slug = "".join(c if c.isalnum() else "-" for c in Path(dataset.name).name) or "dataset"
        return f"report-{slug}-{split}.html"
    return REPORT_FILE if split == "test" else f"report-{split}.html"


def write_run_page(run: "Run", evaluated: "EvaluatedRun") -> Path:
    """Write the page on an evaluated run into it, and return its path."""
    from nntrain.show.page.run_page import run_page
    from nntrain.workflows.evaluate import calibrated

    if evaluated.calibration is None and evaluated.can_be_calibrated:
        evaluated = calibrated(evaluated)
    name = file_name(evaluated)
    run.write_text(name, run_page(page_subject(evaluated)))
    return run.path / name


def try_to_write(terminal: "Terminal", run: "Run", evaluated: "EvaluatedRun") -> Path | None:
    """Write a run's page where the extra is installed; a failure is a message."""
    if not installed():
        return None
    try:
        return write_run_page(run, evaluated)
    except NntrainError as error:
        terminal.message(f"No report page: {error}")
        return None


def write_side_by_side(runs_dir: Path, evaluated: "Sequence[EvaluatedRun]") -> Path:
    """Write the page on several runs into ``runs_dir``, and return its path."""
    from nntrain.runs.directory import Directory
    from nntrain.show.page.side_by_side import Compared, side_by_side

    compared = [
        Compared(
            of.name, of.dataset.title, of.network, of.evaluation, of.history, asdict(of.settings)
        )
        for of in evaluated
    ]
    Directory(runs_dir).write_text(SIDE_BY_SIDE, side_by_side(compared))
    return runs_dir / SIDE_BY_SIDE


# The two functions below go when sections take an EvaluatedRun.


def terminal_subject(evaluated: "EvaluatedRun") -> "Subject":
    """Return what the terminal's report is about."""
    from nntrain.show.formatting import network_in_words
    from nntrain.show.terminal.subject import Subject

    return Subject(
        network=network_in_words(evaluated.network),
        run=f"{evaluated.name}, {evaluated.origin}",
        output=evaluated.network.output.name,
        examples=evaluated.examples,
        images=evaluated.images,
        history=evaluated.history,
        decay_cost=evaluated.decay_cost,
    )


def page_subject(evaluated: "EvaluatedRun") -> "RunSubject":
    """Return what the page is about."""
    from nntrain.show.page.subject import RunSubject

    return RunSubject(
        name=evaluated.name,
        origin=evaluated.origin,
        dataset=evaluated.dataset.title,
        split=evaluated.split,
        network=evaluated.network,
        evaluation=evaluated.evaluation,
        images=evaluated.images,
        labels=evaluated.predictions.labels,
        log_outputs=evaluated.predictions.log_outputs,
        history=evaluated.history,
        settings=asdict(evaluated.settings),
        provenance=evaluated.provenance,
        boxed=evaluated.boxed,
        fitted_c=evaluated.fitted_c,
        substituted=evaluated.dataset.substituted_because,
    )
