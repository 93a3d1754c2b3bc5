"""``fit --resume``: an interrupted run's settings, and what of them may change."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nntrain.cli import settings_options
from nntrain.errors import RunError, SettingsError
from nntrain.settings.fit import FitSettings, make
from nntrain.settings.toml import read_toml

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.nn.training import Trainer
    from nntrain.runs.run import Run
    from nntrain.show.terminal.terminal import Terminal

MAY_CHANGE = ("epochs", "patience", "dataset", "data_dir")
"""The last two say where the data is: that it is the same is checked by its hashes."""

NOT_WITH_RESUME = {
    "name": "--name",
    "overwrite": "--overwrite",
    "settings_path": "a preset or SETTINGS.toml",
}


def stored_settings(runs_dir: Path, name: str) -> dict[str, Any]:
    """Return the run's settings as written, without loading NumPy; empty where there are none."""
    paths = [folder / "settings.toml" for folder in (runs_dir / name, Path(name))]
    return next((read_toml(path) for path in paths if path.is_file()), {})


def resumed_settings(ctx: click.Context, run: "Run") -> FitSettings:
    """Return the run's settings with what was typed and may change; refuse the rest by name."""
    settings, given = run.settings(), settings_options.given_options(ctx, FitSettings)
    words = [word for name, word in NOT_WITH_RESUME.items() if ctx.params.get(name)]
    if words:
        raise SettingsError(
            f"{', '.join(words)} cannot stand beside --resume: the run {run.name} has its own."
        )
    wanted = make(FitSettings, {**asdict(settings), **given})
    refused = [
        name
        for name in given
        if name not in MAY_CHANGE and getattr(wanted, name) != getattr(settings, name)
    ]
    if refused:
        raise SettingsError(
            f"{', '.join(refused)} cannot change when {run.name} is resumed: only "
            f"{', '.join(MAY_CHANGE)} may. Start a new run instead."
        )
    return wanted


@contextmanager
def resumed_run(
    terminal: "Terminal",
    run: "Run",
    settings: FitSettings,
    dataset: "Dataset",
    training: "Trainer",
) -> Iterator["Run"]:
    """Bring ``training`` and the run's files to the run's last checkpoint.

    Every other process is kept out of the run for the block.
    """
    with run.alone():
        _check_origin(run, settings)
        run.check_same_data(dataset.name, dataset.sha256())
        run.remove_stale_temporaries()
        if not _was_killed_before_its_first_checkpoint(run):
            run.restore_checkpoint(training)
        if settings.epochs < training.epoch:
            raise SettingsError(
                f"epochs = {settings.epochs} is not allowed: {run.name} has {training.epoch} "
                f"already. Give it more, or start a new run."
            )
        _check_history_reaches(run, training.epoch)
        run.truncate_history(training.epoch)
        if training.best.epoch:
            # a killed epoch's network may stand there, which now ends otherwise
            run.save_model(training.best.network())
        _record_resumption(terminal, run, settings, training.epoch)
        yield run


def _check_origin(run: "Run", settings: FitSettings) -> None:
    """Refuse to go on where nothing was trained, or where moved data could be other data."""
    provenance, before = run.provenance(), run.settings()
    if "imported_from" in provenance:
        raise RunError(f"{run.name} was imported: there is no training to resume.")
    moved = (settings.dataset, settings.data_dir) != (before.dataset, before.data_dir)
    if moved and "sha256" not in provenance:
        raise SettingsError(
            f"dataset and data_dir cannot change when {run.name} is resumed: which data it "
            f"began with is not known. Start a new run instead."
        )


def _was_killed_before_its_first_checkpoint(run: "Run") -> bool:
    """Whether nothing is there to go on from, and nothing is lost by beginning again."""
    return not (run.path / "checkpoint.npz").exists() and len(run.history()) <= 1


def _check_history_reaches(run: "Run", epochs: int) -> None:
    """Refuse to go on where epochs of the checkpoint are missing from the history."""
    told = sum(line["epoch"] <= epochs for line in run.history())
    if told < epochs:
        raise RunError(
            f"{run.path / 'history.jsonl'} tells of {told} of the {epochs} epochs in "
            f"checkpoint.npz. Restore it, or start a new run."
        )


def _record_resumption(
    terminal: "Terminal", run: "Run", settings: FitSettings, epochs_done: int
) -> None:
    """Write into the run that it is resumed, and say what a change of settings means."""
    before = run.settings()
    changed = {
        name: [getattr(before, name), getattr(settings, name)]
        for name in MAY_CHANGE
        if getattr(before, name) != getattr(settings, name)
    }
    run.record_resumption({"after_epoch": epochs_done, "changed": changed})
    run.write_settings(settings)
    if "epochs" in changed and settings.schedule != "constant" and epochs_done:
        terminal.message(
            f"Note: epochs changed from {before.epochs} to {settings.epochs}, and the "
            f"{settings.schedule} schedule with it. From here on it is that of "
            f"{settings.epochs} epochs, so the result is not that of a run of "
            f"{settings.epochs} epochs from the start."
        )
