"""What several commands do: find a run, load a dataset, report on a run."""

from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from nntrain.cli import pages

if TYPE_CHECKING:
    from nntrain.cli.options import Report, Source
    from nntrain.data.dataset import Dataset
    from nntrain.runs.run import Run
    from nntrain.settings.fit import FitSettings
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows.evaluate import EvaluatedRun


def run_reference(run: "Run") -> str:
    """Return what to type for the run, quoted for a shell: its path where --runs-dir was given."""
    return quote(run.name if run.path.parent == Path("runs") else str(run.path))


def find_run(terminal: "Terminal", runs_dir: Path, name: str | None) -> "Run":
    """Return the run of that name, or the newest with a network; say if a newer one has none.

    Raises ``RunError`` when there is none.
    """
    from nntrain.runs import run as runs

    newest = runs.find(runs_dir, name, with_network=False)
    run = newest if newest.has_model else runs.find(runs_dir, name)
    if run.path != newest.path:
        terminal.message(
            f"{newest.name} is newer and has no network: its training is in its first epoch, was "
            f"stopped there, or diverged. This is {run.name}."
        )
    return run


def run_and_dataset(
    terminal: "Terminal",
    runs_dir: Path,
    name: str | None,
    source: "Source",
    dataset: str | None = None,
) -> "tuple[Run, FitSettings, Dataset]":
    """Return the run that ``find_run`` finds, its settings, and its dataset or another."""
    run = find_run(terminal, runs_dir, name)
    settings = run.settings()
    data = source.load(terminal, dataset or settings.dataset, settings.data_dir)
    return run, settings, data


def report_on(
    terminal: "Terminal", run: "Run", evaluated: "EvaluatedRun", report: "Report", *, show: bool
) -> dict[str, Any]:
    """Report on an evaluated run as ``report`` asks; return the evaluation as a document.

    ``show`` prints the report. The page is written where its extra is installed.
    """
    from nntrain.show.sections import sections
    from nntrain.show.sections.run.confidence import calibration
    from nntrain.workflows import evaluate

    document = evaluate.document(run, evaluated)
    if report.predictions is not None:
        evaluate.write_predictions(report.predictions, evaluated.predictions)
    if show:
        with pages.faults_as_warnings(terminal):
            terminal.result(*sections("run", evaluated, report.sections))
            if evaluated.calibration is not None:
                terminal.result(calibration(evaluated.calibration, evaluated.split))
    about = terminal, pages.write_run_page, run, evaluated
    if not report.no_report and (path := pages.attempt(*about)):
        document["page"] = str(path)
        terminal.message(f"\nThe report as a page: {path}")
    if evaluated.calibration is not None:
        document["calibration"] = evaluate.calibration_document(evaluated.calibration)
    return document


def load_dataset(
    terminal: "Terminal", name: str, data_dir: Path, mirrors: Sequence[str], offline: bool
) -> "Dataset":
    """Return the dataset; say loudly when it stands in for another."""
    from nntrain.data.dataset import load
    from nntrain.show.terminal.progress import DownloadProgress

    report = DownloadProgress(terminal)
    dataset = load(name, data_dir, offline=offline, mirrors=mirrors, report=report)
    if dataset.substituted_because:
        terminal.warning(
            "NOT MNIST",
            f"Could not download MNIST; using {dataset.title.lower()} instead. "
            f"Figures on them say nothing about MNIST.\n\n{dataset.substituted_because}",
        )
    return dataset
