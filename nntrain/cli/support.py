"""What several commands do: find a run, load a dataset, report on a run."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nntrain.cli import pages
from nntrain.cli.options import Report, Source
from nntrain.errors import RunError, SettingsError
from nntrain.show.sections import BRIEF

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.runs.run import Run
    from nntrain.settings.fit import FitSettings
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows.evaluate import EvaluatedRun


def find_run(terminal: "Terminal", runs_dir: Path, name: str | None) -> "Run":
    """Return the run of that name, or the newest with a network; say if a newer one has none.

    Raises ``RunError`` when there is none.
    """
    from nntrain.runs import run as runs

    newest = runs.find(runs_dir, name, with_network=False)
    run = newest if newest.has_model else runs.find(runs_dir, name)
    if run.path != newest.path:
        terminal.message(
            f"{newest.name} is newer but has no network: it is in its first epoch, was stopped "
            f"there, or diverged. Using {run.name}."
        )
    return run


def run_and_dataset(
    terminal: "Terminal",
    runs_dir: Path,
    name: str | None,
    source: Source,
    dataset: str | None = None,
) -> "tuple[Run, FitSettings, Dataset]":
    """Return the run that ``find_run`` finds, its settings, and its dataset or another.

    Raises ``RunError`` if it was trained on arrays of a caller.
    """
    from nntrain.runs.provenance import LABELS

    run = find_run(terminal, runs_dir, name)
    settings = run.settings()
    try:
        data = source.load(terminal, dataset or settings.dataset, settings.data_dir)
    except SettingsError as error:
        if dataset is not None or LABELS not in run.provenance():
            raise
        raise RunError(
            f"{run.name} was trained on arrays from Python, which are not saved with a run. "
            f"Evaluate it there: nntrain.evaluate(nntrain.load_run({run.name!r}), dataset). "
            f"nntrain export needs no dataset."
        ) from error
    return run, settings, data


def report_on(
    terminal: "Terminal",
    run: "Run",
    evaluated: "EvaluatedRun",
    report: Report,
    *,
    show: bool,
    brief: Sequence[str] = BRIEF,
) -> dict[str, Any]:
    """Report on an evaluated run as ``report`` asks; return the evaluation as a document.

    ``show`` prints the report: the sections ``brief`` unless ``report`` asks for others, or one
    line if ``terminal`` is quiet. The page is written if its extra is installed.
    """
    from nntrain.show.sections import sections
    from nntrain.show.sections.run.confidence import calibration
    from nntrain.workflows import evaluation_files as files

    document = files.document(run, evaluated)
    if report.predictions is not None:
        files.write_predictions(report.predictions, evaluated.predictions)
    if show:
        with pages.faults_as_warnings(terminal):
            _print(terminal, evaluated, report, brief)
            if evaluated.calibration is not None:
                terminal.result(calibration(evaluated.calibration, evaluated.split))
            if evaluated.label_errors is not None and not (report.full or terminal.quiet):
                terminal.result(*sections("run", evaluated, ("label_errors",)))
    if evaluated.calibration is not None:
        document["calibration"] = files.calibration_document(evaluated.calibration)
    if evaluated.label_errors is not None:
        from nntrain.workflows.label_errors import document as suspects

        document["label_errors"] = suspects(evaluated.label_errors)
    if not report.no_report:
        path = pages.attempt(terminal, pages.write_run_page, run, evaluated)
        contents = "charts, and a pad to draw digits on"
        document |= pages.announced(terminal, path, run.typed, contents)
    return document


def _print(
    terminal: "Terminal", evaluated: "EvaluatedRun", report: Report, brief: Sequence[str]
) -> None:
    """Print the requested sections; without any, one line when quiet, else ``brief``."""
    from nntrain.show.sections import lead, sections

    if report.sections or report.full:
        terminal.result(*sections("run", evaluated, report.sections))
    elif terminal.quiet:
        terminal.result(lead("run", evaluated))
    else:
        terminal.result(*sections("run", evaluated, brief))
