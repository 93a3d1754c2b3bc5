"""``nntrain fit``: train a network and report on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from nntrain.cli import blas_threads, options, settings_options, signals
from nntrain.cli import options as run_names
from nntrain.cli.resuming import resumed_run, resumed_settings, stored_settings
from nntrain.errors import Interrupted
from nntrain.settings.fit import FitSettings

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.nn.training import Training
    from nntrain.runs.run import Run
    from nntrain.show.terminal.terminal import Terminal

SCHEMA = "nntrain/fit/1"


@click.command()
@settings_options.settings_file(FitSettings)
@settings_options.settings_options(FitSettings)
@click.option("--name", help="The run's name. [default: time and a short slug]")
@click.option("--overwrite", is_flag=True, help="Replace the run of that name.")
@click.option(
    "--resume",
    metavar="RUN",
    shell_complete=run_names.complete,
    help="Continue an interrupted run.",
)
@options.runs_dir_option
@options.network_options
@options.predictions_option
@options.section_option
@options.page_option
@options.json_option
@options.svg_option
@options.quiet_option
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
    predictions: Path | None,
    sections: tuple[str, ...],
    no_report: bool,
    as_json: bool,
    svg: Path | None,
    quiet: bool,
    **values: Any,
) -> None:
    """Train a network and report on it.

    The bare command trains on MNIST (downloaded once) and takes a few seconds. A SETTINGS.toml
    holds the same words as the options, a preset is one that comes along (nntrain reproduce
    --list); options win over NNTRAIN_… variables, and these over the file.

    \b
    nntrain fit
    nntrain fit --hidden 100,30 --activation sigmoid --epochs 20 --learning-rate 0.3
    nntrain fit quick
    nntrain fit configs/book-cross-entropy.toml --name book
    """
    chosen = blas_threads.choose_from(stored_settings(runs_dir, resume) if resume else values)
    from nntrain.cli.support import load_dataset, report_on
    from nntrain.runs import run as runs
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows import train

    options.checked_sections(sections)
    terminal = Terminal(quiet=quiet or as_json, picture=svg is not None)
    run = runs.find(runs_dir, resume, with_network=False) if resume else None
    settings = settings_options.checked(ctx, values) if run is None else resumed_settings(ctx, run)
    dataset = load_dataset(terminal, settings.dataset, Path(settings.data_dir), mirrors, offline)
    settings = replace(settings, dataset=dataset.lasting_name, threads=chosen)
    training = train.start(settings, dataset)
    opened = (
        _new_run(settings, dataset, training, runs_dir, name, overwrite)
        if run is None
        else resumed_run(terminal, run, settings, dataset, training)
    )
    with opened as run, _resumable(run):
        _announce(terminal, settings, dataset, training, run, chosen)
        if training.finished:
            terminal.message(f"{run.name} is complete; give it more --epochs to train on.")
        else:
            _train(terminal, training, run)
        document = report_on(
            terminal,
            run,
            dataset,
            "test",
            predictions=predictions,
            sections=sections,
            show=not as_json,
            save=True,
            page=not no_report,
        )
    if as_json:
        about = {"run": str(run.path), "settings": asdict(settings), "history": run.history()}
        terminal.document(SCHEMA, {**about, "evaluation": document})
    else:
        _farewell(terminal, run)
    if svg:
        terminal.save_picture(svg, "nntrain fit")


@contextmanager
def _new_run(
    settings: FitSettings,
    dataset: "Dataset",
    training: "Training",
    runs_dir: Path,
    name: str | None,
    overwrite: bool,
) -> Iterator["Run"]:
    """Begin a run, and keep every other process out of it for the block."""
    from nntrain.runs import provenance
    from nntrain.runs import run as runs
    from nntrain.runs.directory import PROVENANCE

    origin = provenance.collect(settings, dataset, len(training.batches))
    slug = "-".join([Path(dataset.name).name, *map(str, settings.hidden)])
    with runs.create(runs_dir, name, slug, overwrite) as run:
        run.write_json(PROVENANCE, origin)
        run.write_settings(settings)
        yield run


@contextmanager
def _resumable(run: "Run") -> Iterator[None]:
    """Say on an interrupt how to go on: from what was saved last, whatever was going on."""
    try:
        yield
    except KeyboardInterrupt:
        raise _interrupted(run, "at once; what was saved last is whole") from None


def _interrupted(run: "Run", how: str) -> Interrupted:
    return Interrupted(
        f"Interrupted {how}. Continue with:\n  nntrain fit --resume {run_names.reference(run)}"
    )


def _announce(
    terminal: "Terminal",
    settings: FitSettings,
    dataset: "Dataset",
    training: "Training",
    run: "Run",
    chosen: int | None,
) -> None:
    from nntrain.show.descriptions import regularised
    from nntrain.show.formatting import network_in_words, plural
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
        "arithmetic": f"{settings.dtype}; BLAS threads: {chosen or 'as the environment says'}; "
        f"{training.descent.path}",
        "run": str(run.path),
    }
    terminal.message(settings_panel("nntrain fit", rows))


def _train(terminal: "Terminal", training: "Training", run: "Run") -> None:
    """Train to the end; on Ctrl-C finish the mini-batches in hand, save, and say how to go on.

    A second Ctrl-C is a ``KeyboardInterrupt`` wherever it arrives.
    """
    from nntrain.show.formatting import plural
    from nntrain.show.terminal.progress import TrainingProgress
    from nntrain.workflows.train import drive

    interrupted = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        if interrupted:
            signals.interrupt(number, frame)
        interrupted = True

    old = signals.handle(interrupt)
    try:
        with TrainingProgress(
            terminal, training.sgd.epochs, len(training.batches), training.epoch
        ) as progress:
            for event in drive(training, run):
                if isinstance(event, int):
                    progress.tick(event)
                else:
                    progress.epoch(event)
                if interrupted:
                    break
    finally:
        signals.restore(old)
    if training.finished and training.epoch < training.sgd.epochs:
        terminal.message(
            f"Stopped early: no better validation accuracy in "
            f"{plural(training.sgd.patience or 0, 'epoch')}."
        )
    if interrupted:
        run.save_checkpoint(training)
        where = "after the last epoch" if training.finished else f"in epoch {training.epoch + 1}"
        raise _interrupted(run, f"{where}; the run is saved")


def _farewell(terminal: "Terminal", run: "Run") -> None:
    terminal.message(
        f"\nSaved in {run.path}. Look again with: nntrain evaluate {run_names.reference(run)}"
    )
