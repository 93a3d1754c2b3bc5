"""``nntrain fit``: train a network and report on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from nntrain.cli import blas_threads, options, signals
from nntrain.cli.settings_options import (
    checked_as,
    resumed_settings,
    settings_file,
    settings_options,
    stored_settings,
)
from nntrain.cli.support import load_dataset, report_on, run_reference
from nntrain.errors import Interrupted
from nntrain.settings.fit import FitSettings

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.nn.training import Trainer
    from nntrain.runs.run import Run
    from nntrain.show.terminal.terminal import Terminal

SCHEMA = "nntrain/fit/1"


@click.command()
@settings_file(FitSettings)
@settings_options(FitSettings)
@options.name_option
@options.overwrite_option
@click.option(
    "--resume",
    metavar="RUN",
    shell_complete=options.complete_runs,
    help="Continue an interrupted run.",
)
@options.runs_dir_option
@options.mirror_option
@options.offline_option
@options.report_options
@options.display_options
@click.pass_context
def fit(
    ctx: click.Context,
    /,
    settings_path: Path | None,
    name: str | None,
    overwrite: bool,
    resume: str | None,
    runs_dir: Path,
    mirrors: tuple[str, ...],
    offline: bool,
    report: options.Report,
    display: options.Display,
    **values: Any,
) -> None:
    """Train a network and report on it.

    Without options it trains on MNIST (downloaded once) and takes a few seconds. A SETTINGS.toml
    has the same names as the options; a preset is such a file that comes with nntrain (nntrain
    reproduce --list). Options win over NNTRAIN_… variables, and these over the file.

    \b
    nntrain fit
    nntrain fit --hidden 100,30 --activation sigmoid --epochs 20 --learning-rate 0.3
    nntrain fit quick
    nntrain fit configs/book-cross-entropy.toml --name book
    """
    threads = blas_threads.choose_from(stored_settings(runs_dir, resume) if resume else values)
    from nntrain.runs import run as runs
    from nntrain.workflows import evaluate, train
    from nntrain.workflows.resume import resumed_run, schedule_note

    report.check()
    terminal = display.terminal()
    old = runs.find(runs_dir, resume, with_network=False) if resume else None
    before = old.settings() if old else None
    settings = resumed_settings(ctx, before) if before else checked_as(FitSettings, ctx, values)
    dataset = load_dataset(terminal, settings.dataset, Path(settings.data_dir), mirrors, offline)
    settings = replace(settings, dataset=dataset.lasting_name, threads=threads)
    training = train.start(settings, dataset)
    about = settings, dataset, training
    if old and before:
        opened = resumed_run(old, before, *about)
    else:
        opened = train.new_run(*about, runs_dir, name, overwrite)
    with opened as run, _resumable(run):
        if before and (note := schedule_note(before, settings, training.epoch)):
            terminal.message(note)
        _announce(terminal, settings, dataset, training, run)
        _train(terminal, training, run)
        evaluated = evaluate.evaluate_run(run, settings, dataset, "test")
        evaluate.save(run, evaluated)
        document = report_on(terminal, run, evaluated, report, show=not display.as_json)
    if display.as_json:
        shown = {"run": str(run.path), "settings": asdict(settings), "history": evaluated.history}
        terminal.document(SCHEMA, {**shown, "evaluation": document})
    where = run_reference(run)
    terminal.message(f"\nSaved in {run.path}. Look again with: nntrain evaluate {where}")
    display.save_picture(terminal, "nntrain fit")


@contextmanager
def _resumable(run: "Run") -> Iterator[None]:
    """Say on an interrupt how to resume from the last checkpoint."""
    try:
        yield
    except KeyboardInterrupt:
        raise _interrupted(run, "immediately; the last checkpoint is intact") from None


def _interrupted(run: "Run", how: str) -> Interrupted:
    return Interrupted(
        f"Interrupted {how}. Continue with:\n  nntrain fit --resume {run_reference(run)}"
    )


def _announce(
    terminal: "Terminal",
    settings: FitSettings,
    dataset: "Dataset",
    training: "Trainer",
    run: "Run",
) -> None:
    from nntrain.show.formatting import network_in_words, plural, regularised
    from nntrain.show.terminal.progress import settings_panel

    schedule = settings.schedule
    if settings.warmup_epochs:
        schedule += f", warm-up over {settings.warmup_epochs:g} epochs"
    validation = 0 if training.validation is None else len(training.validation[1])
    sizes = (len(training.batches), validation, len(dataset.test.images))
    rows = {
        "dataset": f"{dataset.title}: {sizes[0]:,} / {sizes[1]:,} / {sizes[2]:,} "
        f"training / validation / test",
        "network": network_in_words(training.network),
        "output": settings.output,
        "descent": f"{plural(settings.epochs, 'epoch')}, mini-batches of "
        f"{training.batches.batch_size}, "
        f"η = {settings.learning_rate:g}, μ = {settings.momentum:g}, "
        f"λ = {settings.weight_decay:g}",
        "schedule": schedule,
        **regularised(settings),
        "seed": str(settings.seed),
        "arithmetic": f"{settings.dtype}; BLAS threads: "
        f"{settings.threads or 'as the environment says'}; {training.optimizer.path}",
        "run": str(run.path),
    }
    terminal.message(settings_panel("nntrain fit", rows))


def _train(terminal: "Terminal", training: "Trainer", run: "Run") -> None:
    """Train to the end; on Ctrl-C finish the mini-batches in hand, save, and say how to resume.

    A second Ctrl-C is a ``KeyboardInterrupt`` wherever it arrives. SIGTERM and SIGHUP are alike.
    """
    from nntrain.show.formatting import plural
    from nntrain.show.terminal.progress import TrainingProgress
    from nntrain.workflows import train

    if training.finished:
        terminal.message(f"{run.name} is complete; give it more --epochs to train on.")
        return
    interrupted = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        if interrupted:
            signals.interrupt(number, frame)
        signals.heard(number)
        interrupted = True

    old = signals.handle(interrupt)
    sgd = training.sgd
    try:
        with TrainingProgress(
            terminal, sgd.epochs, len(training.batches), training.epoch
        ) as progress:
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
        terminal.message(f"Stopped early: no improvement in validation accuracy in {epochs}.")
    if interrupted:
        where = "after the last epoch" if training.finished else f"in epoch {training.epoch + 1}"
        raise _interrupted(run, f"{where}; the run is saved")
