"""An interrupted run -> its training, restored to the last checkpoint."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from nntrain.data.dataset import Dataset
from nntrain.errors import RunError, SettingsError
from nntrain.nn.training import Trainer
from nntrain.runs.directory import writing
from nntrain.runs.provenance import of_arrays
from nntrain.runs.run import EVALUATION_FILE, Run
from nntrain.settings.fit import FitSettings, make

MAY_CHANGE = ("epochs", "patience", "dataset", "data_dir", "engine")
"""``dataset`` and ``data_dir`` say where the data is; hashes check that it is the same data. The
engine changes rounding only."""


def changed_settings(name: str, before: FitSettings, given: Mapping[str, Any]) -> FitSettings:
    """Return the settings of the run ``name``, changed as ``given``.

    Raises ``SettingsError`` that names the settings that may not change.
    """
    wanted = make(FitSettings, {**asdict(before), **given})
    refused = [
        setting
        for setting in given
        if setting not in MAY_CHANGE and getattr(wanted, setting) != getattr(before, setting)
    ]
    if refused:
        raise SettingsError(
            f"{', '.join(refused)} cannot change when {name} is resumed: only "
            f"{', '.join(MAY_CHANGE)} may. Start a new run instead."
        )
    return wanted


@contextmanager
def resumed_run(
    run: Run, before: FitSettings, settings: FitSettings, dataset: Dataset, training: Trainer
) -> Iterator[Run]:
    """Restore ``training`` and the run's files to the run's last checkpoint.

    ``before`` are the run's settings, ``settings`` those to continue with. The run is locked for
    the block. Raises ``RunError`` or ``SettingsError`` if the run cannot be resumed like this.
    """
    with run.alone():
        _check_origin(run, before, settings)
        found = {"sha256": dataset.sha256(), **of_arrays(dataset)}
        run.check_same_data(dataset.name, found)
        history = run.history()
        if (run.path / "checkpoint.npz").exists() or len(history) > 1:
            run.restore_checkpoint(training)  # else it was killed before its first checkpoint
        if settings.epochs < training.epoch:
            raise SettingsError(
                f"epochs = {settings.epochs} is not allowed: {run.name} has {training.epoch} "
                f"already. Raise epochs, or start a new run."
            )
        _check_history_reaches(run, history, training.epoch)
        run.truncate_history(training.epoch)
        if training.best.epoch:
            # replace the network of an interrupted epoch, which will be trained again
            run.save_model(training.best.network())
        changed = {
            name: [getattr(before, name), getattr(settings, name)]
            for name in MAY_CHANGE
            if getattr(before, name) != getattr(settings, name)
        }
        run.record_resumption({"after_epoch": training.epoch, "changed": changed})
        run.write_settings(settings)
        if not training.finished:
            _forget_evaluation(run)
        yield run


def _forget_evaluation(run: Run) -> None:
    """Remove evaluation.json and the pages: the network is about to change."""
    for path in (run.path / EVALUATION_FILE, *run.path.glob("report*.html")):
        with writing(path):
            path.unlink(missing_ok=True)


def schedule_note(before: FitSettings, settings: FitSettings, epochs_done: int) -> str | None:
    """Return a note on how a change of epochs changes the schedule; None if it does not."""
    if before.epochs == settings.epochs or settings.schedule == "constant" or not epochs_done:
        return None
    return (
        f"Note: epochs changed from {before.epochs} to {settings.epochs}, and the "
        f"{settings.schedule} schedule with it. The result will differ from a run of "
        f"{settings.epochs} epochs from the start."
    )


def _check_origin(run: Run, before: FitSettings, settings: FitSettings) -> None:
    """Refuse to resume an imported network, or with moved data that cannot be checked."""
    provenance = run.provenance()
    if "imported_from" in provenance:
        raise RunError(f"{run.name} was imported: there is no training to resume.")
    moved = (settings.dataset, settings.data_dir) != (before.dataset, before.data_dir)
    if moved and "sha256" not in provenance:
        raise SettingsError(
            f"dataset and data_dir cannot change when {run.name} is resumed: it has no hashes of "
            f"its data. Start a new run instead."
        )


def _check_history_reaches(run: Run, history: list[dict[str, Any]], epochs: int) -> None:
    """Refuse to resume if epochs of the checkpoint are missing from the history."""
    recorded = sum(line["epoch"] <= epochs for line in history)
    if recorded < epochs:
        raise RunError(
            f"{run.path / 'history.jsonl'} has {recorded} of the {epochs} epochs in "
            f"checkpoint.npz. Restore it, or start a new run."
        )
