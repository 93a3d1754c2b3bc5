"""What several commands do: load a dataset, report on a run, work through an experiment."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nntrain.cli import pages

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.runs.run import Run
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows.evaluate import EvaluatedRun


def report_on(
    terminal: "Terminal",
    run: "Run",
    evaluated: "EvaluatedRun",
    sections: Sequence[str],
    *,
    predictions: Path | None,
    show: bool,
    page: bool,
) -> dict[str, Any]:
    """Report on an evaluated run; return the evaluation as a document.

    ``show`` prints the report, ``predictions`` is the CSV file to write, and ``page`` writes the
    report page where its extra is installed.
    """
    from nntrain.show.sections import sections as report
    from nntrain.show.sections.run.confidence import calibration
    from nntrain.workflows import evaluation_files as files

    document = files.document(run, evaluated)
    if predictions is not None:
        files.write_predictions(predictions, evaluated.predictions)
    if show:
        terminal.result(*report("run", evaluated, sections))
    if page and (path := pages.try_to_write(terminal, run, evaluated)):
        document["page"] = str(path)
        terminal.message(f"\nThe report as a page: {path}")
    if evaluated.calibration is not None:
        document["calibration"] = files.calibration_document(evaluated.calibration)
        if show:
            terminal.result(calibration(evaluated.calibration, evaluated.split))
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
