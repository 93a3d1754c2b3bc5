"""What several commands do: load a dataset, report on a run, work through an experiment."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from nntrain.cli import pages
from nntrain.errors import Interrupted

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.experiments.executors.run import Outcome
    from nntrain.experiments.store import Store
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
    from nntrain.show.terminal.calibration import calibration as calibration_report
    from nntrain.show.terminal.evaluation import report
    from nntrain.workflows import evaluation_files as files

    document = files.document(run, evaluated)
    if predictions is not None:
        files.write_predictions(predictions, evaluated.predictions)
    if show:
        subject = pages.terminal_subject(evaluated)
        terminal.result(*report(evaluated.evaluation, subject, sections))
    if page and (path := pages.try_to_write(terminal, run, evaluated)):
        document["page"] = str(path)
        terminal.message(f"\nThe report as a page: {path}")
    if evaluated.calibration is not None:
        document["calibration"] = files.calibration_document(evaluated.calibration)
        if show:
            terminal.result(calibration_report(evaluated.calibration, evaluated.split))
    return document


def load_dataset(
    terminal: "Terminal", name: str, data_dir: Path, mirrors: Sequence[str], offline: bool
) -> "Dataset":
    """Return the dataset; say loudly when it stands in for another."""
    from nntrain.data.dataset import load
    from nntrain.show.terminal.download import DownloadProgress

    report = DownloadProgress(terminal)
    dataset = load(name, data_dir, offline=offline, mirrors=mirrors, report=report)
    if dataset.substituted_because:
        terminal.warning(
            "NOT MNIST",
            f"Could not download MNIST; using {dataset.title.lower()} instead. "
            f"Figures on them say nothing about MNIST.\n\n{dataset.substituted_because}",
        )
    return dataset


def opened(
    kind: str,
    settings: Any,
    origin: Mapping[str, Any],
    runs_dir: Path,
    name: str | None,
    *,
    resume: bool,
    overwrite: bool,
) -> "AbstractContextManager[Store]":
    """Return the experiment to work in, new or to be continued; others are kept out for the block.

    ``origin`` is what ``provenance.collect`` says of this process.
    """
    from nntrain.experiments.store import Store

    if resume:
        return Store.resume(runs_dir, name, kind, settings, origin)
    return Store.create(runs_dir, name, kind, settings, origin, overwrite=overwrite)


def run_all(
    terminal: "Terminal",
    store: "Store",
    work: "Callable[[Any], Outcome]",
    todo: Mapping[str, Any],
    describe: "Callable[[str, Outcome], str]",
    check: "Callable[[Any, Outcome], object]",
    *,
    jobs: int,
    cluster: str | None,
) -> "dict[str, Outcome]":
    """Do the tasks that are not in the store yet; return all outcomes in the order of ``todo``.

    A line for each that is done, by ``describe(key, outcome)``, with the time that the rest will
    take. What the store has and ``check(task, outcome)`` raises for is done again. Raises
    ``Interrupted``, which says how to go on, at Ctrl-C.
    """
    from nntrain.experiments.store import run_stored
    from nntrain.show.formatting import duration, plural
    from nntrain.show.terminal.trainings import TrainingsProgress

    store.check = lambda key, outcome: check(todo[key], outcome)
    missing = set(store.missing(todo))
    terminal.message(f"{plural(len(todo), 'training')}, {len(missing)} to do, in {store.path}")
    for damage in store.damaged.values():
        terminal.message(damage)
    done: dict[str, Outcome] = {}
    begun, new = monotonic(), 0
    try:
        with TrainingsProgress(terminal, len(missing)) as progress:
            for key, outcome in run_stored(store, work, todo, jobs=jobs, cluster=cluster):
                done[key] = outcome
                if key not in missing:
                    continue
                new += 1
                left_s = (monotonic() - begun) / new * (len(missing) - new)
                left = f"  about {duration(left_s)} left" if new < len(missing) else ""
                number = f"{len(done):>{len(str(len(todo)))}}/{len(todo)}"
                progress.done(f"{number}  {describe(key, outcome)}{left}")
    except KeyboardInterrupt:
        raise Interrupted(
            f"Interrupted; {len(done)} of {len(todo)} trainings are saved. The same command with "
            f"--name {store.path.name} --resume does the rest."
        ) from None
    return {key: done[key] for key in todo}
