"""``nntrain fit``: train a network and report on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from nntrain.cli import blas_threads, index, options, signals
from nntrain.cli import dry_run as dry_run_of
from nntrain.cli.announcement import announce, announce_more
from nntrain.cli.sections import Sectioned
from nntrain.cli.settings_options import (
    checked_as,
    resumed_settings,
    settings_file,
    settings_options,
    stored_settings,
    the_presets,
)
from nntrain.cli.support import report_on
from nntrain.cli.values import complete_runs
from nntrain.errors import Interrupted
from nntrain.settings.fit import FitSettings

if TYPE_CHECKING:
    from nntrain.nn.training import Trainer
    from nntrain.runs.run import Run
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows.evaluate import EvaluatedRun

SCHEMA = "nntrain/fit/2"


@click.command(cls=Sectioned, epilog=the_presets())
@settings_file(FitSettings)
@settings_options(FitSettings)
@options.name_option
@options.overwrite_option
@click.option(
    "--resume",
    metavar="RUN",
    shell_complete=complete_runs,
    help="Continue an interrupted run.",
)
@click.option(
    "--dry-run", is_flag=True, help="Print the settings and the origin of each; do not train."
)
@options.runs_dir_option
@options.mirror_option
@options.offline_option
@options.report_options
@options.verbose_option
@options.display_options
@click.pass_context
def fit(
    ctx: click.Context,
    /,
    settings_path: Path | None,
    name: str | None,
    overwrite: bool,
    resume: str | None,
    dry_run: bool,
    runs_dir: Path,
    mirrors: tuple[str, ...],
    offline: bool,
    report: options.Report,
    verbose: bool,
    display: options.Display,
    **values: Any,
) -> None:
    """Train a network and report on it.

    Without options it trains on MNIST (downloaded once) and takes a few seconds. A SETTINGS.toml
    sets options by name; a PRESET is such a file that comes with nntrain, listed below. Options
    override NNTRAIN_… variables, which override the file.

    \b
    nntrain fit
    nntrain fit --hidden 100,30 --activation sigmoid --epochs 20 --lr 0.3
    nntrain fit quick
    nntrain fit quick --dry-run > mine.toml
    nntrain fit configs/book-cross-entropy.toml --name book
    """
    threads = blas_threads.choose_from(stored_settings(runs_dir, resume) if resume else values)
    from nntrain.runs import run as runs
    from nntrain.runs.latest import note_on_latest
    from nntrain.workflows import evaluate, evaluation_files, train
    from nntrain.workflows.resume import resumed_run, schedule_note

    report.check()
    terminal = display.terminal()
    old = runs.find(runs_dir, resume, with_network=False) if resume else None
    if old:
        old.check_not_arrays("fit")
    before = old.settings() if old else None
    settings = resumed_settings(ctx, before) if before else checked_as(FitSettings, ctx, values)
    if dry_run:
        dry_run_of.show(ctx, terminal, settings, old, display.as_json)
        return
    dataset = options.load_dataset(
        terminal, settings.dataset, Path(settings.data_dir), mirrors, offline
    )
    own_rate = settings.learning_rate is None
    settings = replace(settings, dataset=dataset.lasting_name, threads=threads)
    training = train.start(settings, dataset, terminal.message)
    settings = replace(settings, learning_rate=settings.rate, engine=training.engine)
    started = settings, dataset, training
    if old and before:
        opened = resumed_run(old, before, *started)
    else:
        opened = train.new_run(*started, runs_dir, name, overwrite)
    with index.refreshed(terminal, runs_dir), opened as run, _resumable(run):
        changed = before and schedule_note(before, settings, training.epoch)
        if note := changed or note_on_latest(runs_dir):
            terminal.message(note)
        announce(terminal, settings, dataset, training, own_rate)
        if verbose:
            announce_more(terminal, settings, training, run)
        _train(terminal, training, run)
        evaluated = evaluate.evaluate_run(run, settings, dataset, "test")
        evaluation_files.save(run, evaluated)
        _report(terminal, run, evaluated, report, display.as_json)
    display.save_picture(terminal, "nntrain fit")


def _report(
    terminal: "Terminal",
    run: "Run",
    evaluated: "EvaluatedRun",
    report: options.Report,
    as_json: bool,
) -> None:
    """Report on the trained network, and suggest what to type next."""
    about = terminal, run, evaluated, report
    document = report_on(*about, show=not as_json, brief=("summary",))
    if as_json:
        settings = asdict(evaluated.settings)
        shown = {"run": str(run.path), "settings": settings, "history": evaluated.history}
        terminal.document(SCHEMA, {**shown, "evaluation": document})
    terminal.message(f"Full report: nntrain evaluate {run.typed} --full")
    if evaluated.failure is None:
        terminal.message("Next: nntrain compare-costs")


@contextmanager
def _resumable(run: "Run") -> Iterator[None]:
    """On an interrupt, say how to resume from the last checkpoint."""
    try:
        yield
    except KeyboardInterrupt:
        raise _interrupted(run, "immediately; the last checkpoint is intact") from None


def _interrupted(run: "Run", how: str) -> Interrupted:
    return Interrupted(f"Interrupted {how}. Continue with:\n  nntrain fit --resume {run.typed}")


def _train(terminal: "Terminal", training: "Trainer", run: "Run") -> None:
    """Train to the end; on Ctrl-C finish the current mini-batches, save, and say how to resume.

    A second Ctrl-C raises ``KeyboardInterrupt``. SIGTERM and SIGHUP act like Ctrl-C.
    """
    from nntrain.show.formatting import plural
    from nntrain.show.terminal.progress import TrainingProgress
    from nntrain.workflows import train

    if training.finished:
        terminal.message(f"{run.name} is complete. To train it further, raise --epochs.")
        return
    interrupted = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        if interrupted:
            signals.interrupt(number, frame)
        signals.ignore_repeats(number)
        interrupted = True

    old = signals.handle(interrupt)
    sgd = training.sgd
    about = sgd.epochs, len(training.batches), training.epoch, train.beats_chance(training)
    try:
        with TrainingProgress(terminal, *about) as progress:
            for event in train.drive(training, run):
                if isinstance(event, int):
                    progress.tick(event)
                else:
                    progress.epoch(event)
                if interrupted:
                    break
        if interrupted:
            run.save_checkpoint(training)
    finally:
        signals.restore(old)
    if training.finished and training.epoch < sgd.epochs:
        epochs = plural(sgd.patience or 0, "epoch")
        terminal.message(
            f"Stopped early: no improvement in validation accuracy in {epochs}. "
            f"The saved weights are those of epoch {training.best.epoch}."
        )
    if interrupted:
        where = "after the last epoch" if training.finished else f"in epoch {training.epoch + 1}"
        raise _interrupted(run, f"{where}; the run is saved")
