"""The run directory: the files of one training run, each of them whole or absent.

settings.toml     the settings in full; ``nntrain fit`` accepts it unchanged
model.npz         the best network by validation
checkpoint.npz    the state of the training, to resume from
history.jsonl     one line per epoch
evaluation.json   the evaluation on the test set
provenance.json   versions, seed, BLAS, threads, git state, SHA-256 of the data
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nntrain.errors import NntrainError, RunError, SettingsError, did_you_mean, in_a_line, in_words
from nntrain.nn import checkpoint
from nntrain.nn.network import Network
from nntrain.nn.training import EpochResult, Trainer
from nntrain.runs.directory import Directory, new_directory, unreadable, writing
from nntrain.runs.latest import LATEST, latest_name, point_latest
from nntrain.runs.model_file import load_model, save_model
from nntrain.settings.fit import FitSettings, make, to_toml
from nntrain.settings.toml import read_toml
from nntrain.storage.array_file import read_arrays, write_arrays
from nntrain.storage.atomic import read_bytes
from nntrain.storage.strict_json import parse_object, record

SETTINGS_FILE = "settings.toml"
EVALUATION_FILE = "evaluation.json"
EXPERIMENT_FILE = "experiment.toml"
"""The settings of an experiment, a directory beside those of the runs."""
MAX_HISTORY_BYTES = 1 << 30
"""Larger files were not written by nntrain: a million epochs of a deep network take less."""
LONGEST_EPOCH_S = 1e9
MISMATCH = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What ``checkpoint.restore`` raises for the state of another training run."""


class Run(Directory):
    """One run directory. File names are fixed; reading raises ``RunError`` or a subclass."""

    @property
    def name(self) -> str:
        """The directory's own name."""
        return self.path.resolve().name

    def write_settings(self, settings: FitSettings) -> None:
        """Write settings.toml."""
        self.write_text(SETTINGS_FILE, to_toml(settings))

    def settings(self) -> FitSettings:
        """Return the run's settings; raise ``SettingsError`` when they are not valid."""
        values = read_toml(self.path / SETTINGS_FILE)
        try:
            # Without an engine it is a run of a version that had NumPy's alone.
            return make(FitSettings, {"engine": "numpy", **values})
        except SettingsError as error:
            raise SettingsError(f"{self.path / SETTINGS_FILE}: {error}") from error

    def save_model(self, network: Network) -> None:
        """Write model.npz."""
        with writing(self.path / "model.npz") as path:
            save_model(path, network)

    def model(self) -> Network:
        """Return the network in model.npz."""
        if not self.has_model:
            raise RunError(
                f"{self.path} has no network: its training diverged, or was stopped in its first "
                f"epoch. Train again; to use the same name, add "
                f"{in_words('--overwrite', 'overwrite=True')}."
            )
        return load_model(self.path / "model.npz")

    @property
    def has_model(self) -> bool:
        """Whether the network of a finished epoch was saved."""
        return (self.path / "model.npz").is_file()

    def save_checkpoint(self, trainer: Trainer) -> None:
        """Write checkpoint.npz."""
        with writing(self.path / "checkpoint.npz") as path:
            write_arrays(path, checkpoint.state(trainer))

    def restore_checkpoint(self, trainer: Trainer) -> None:
        """Restore ``trainer`` to the state in checkpoint.npz."""
        path = self.path / "checkpoint.npz"
        try:
            checkpoint.restore(trainer, read_arrays(path))
        except MISMATCH as error:
            reason = in_a_line(str(error)) or type(error).__name__
            raise RunError(
                f"{path} does not fit this training: {reason}. Restore it, or start a new run."
            ) from error

    def append_history(self, result: EpochResult) -> None:
        """Append one epoch to history.jsonl."""
        line = json.dumps(asdict(result), allow_nan=False)
        path = self.path / "history.jsonl"
        with writing(path), path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())  # before the checkpoint, which relies on it

    def history(self) -> list[dict[str, Any]]:
        """Return history.jsonl, one dictionary per epoch, without an unfinished last line."""
        path = self.path / "history.jsonl"
        try:
            whole = read_bytes(path, MAX_HISTORY_BYTES).split(b"\n")[:-1]
            lines = [parse_object(line) for line in whole]
            _check_epochs(lines)
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise unreadable(path, error) from error
        return lines

    def truncate_history(self, epochs: int) -> None:
        """Keep only the first ``epochs`` epochs of history.jsonl."""
        kept = [json.dumps(line) + "\n" for line in self.history() if line["epoch"] <= epochs]
        self.write_text("history.jsonl", "".join(kept))

    def summary(self) -> dict[str, Any]:
        """Return this run's row in a list of runs, as JSON-able types; missing values are None.

        A run that cannot be read has only its name and a ``problem`` that says why.
        """
        try:
            return {**self._summary(), "problem": None}
        except NntrainError as error:
            return {"name": self.name, "problem": str(error)}

    def _summary(self) -> dict[str, Any]:
        settings, history = self.settings(), self.history()
        source = self.provenance().get("imported_from")
        imported_from = source if isinstance(source, str) else None
        best: dict[str, Any] = next((line for line in reversed(history) if line["best"]), {})
        return {
            "name": self.name,
            "dataset": settings.dataset,
            "hidden": list(settings.hidden),
            "output": settings.output,
            "epochs": len(history),
            "of_epochs": settings.epochs if imported_from is None else 0,
            "validation_accuracy": best.get("validation_accuracy"),
            "test_accuracy": self._test_accuracy(),
            "training_seconds": sum(epoch["seconds"] for epoch in history),
            "best_epoch": best.get("epoch"),
            "imported_from": imported_from,
        }

    def _test_accuracy(self) -> float | None:
        """Return the accuracy in evaluation.json; None if the run has not been evaluated."""
        document = self.read_json(EVALUATION_FILE)
        if document is None:
            return None
        accuracy = document.get("accuracy")
        estimate: Any = accuracy.get("estimate") if isinstance(accuracy, dict) else None
        if type(estimate) not in (int, float) or not 0 <= estimate <= 1:
            error = ValueError(f"expected an accuracy from 0 to 1, got {estimate}")
            raise unreadable(self.path / EVALUATION_FILE, error)
        return float(estimate)


def _check_epochs(lines: list[dict[str, Any]]) -> None:
    """Raise ``ValueError`` unless ``lines`` are what ``append_history`` writes."""
    before = 0
    for line in lines:
        result = record(EpochResult, line)
        accuracies = (result.train_accuracy, result.validation_accuracy or 0.0)
        if result.epoch <= before or not all(0 <= accuracy <= 1 for accuracy in accuracies):
            raise ValueError(f"expected one line per epoch, got {line}")
        if not 0 <= result.seconds <= LONGEST_EPOCH_S:
            raise ValueError(f"expected seconds, got {result.seconds}")
        before = result.epoch


@contextmanager
def create(
    runs_dir: Path, name: str | None, slug: str, overwrite: bool = False, *, resumable: bool = True
) -> Iterator[Run]:
    """Make a new run directory as ``new_directory`` does, and point ``latest`` to it.

    It becomes a run, and its name is taken, once settings.toml is written.
    """
    with new_directory(
        runs_dir, name, slug, marker=SETTINGS_FILE, overwrite=overwrite, resumable=resumable
    ) as path:
        point_latest(runs_dir, path.name)
        yield Run(path)


def find(runs_dir: Path, name: str | None, *, with_network: bool = True) -> Run:
    """Return the run called ``name``, or at that path; without a name, the newest.

    Without a name, ``with_network`` skips runs without a network. Raises ``RunError`` if there
    is none.
    """
    if name is None or name == LATEST:
        suitable = [run for run in all_runs(runs_dir) if run.has_model or not with_network]
        if not suitable:
            train = in_words("nntrain fit", "nntrain.fit(…, save=name)")
            raise RunError(f"No finished runs in {runs_dir} yet. Train one first: {train}")
        return suitable[-1]
    for path in (runs_dir / name, Path(name)):
        if (path / SETTINGS_FILE).is_file():
            return Run(path)
        if (path / EXPERIMENT_FILE).is_file():
            raise RunError(
                f"{name!r} is an experiment of many training runs: expected a run. Show it with: "
                f"nntrain report {name}"
            )
    known = [run.name for run in all_runs(runs_dir)]
    raise RunError(
        f"No run {name!r} in {runs_dir}.{did_you_mean(name, known)}"
        f"{in_words(' List them with: nntrain runs', '')}"
    )


def all_runs(runs_dir: Path) -> list[Run]:
    """Return the runs in ``runs_dir``, oldest first.

    The newest is the one that ``latest`` points to, even if the clock was set back. The others,
    and all of them if there is no such link, are in the order of their starts.
    """
    if not runs_dir.is_dir():
        return []
    paths = [p for p in runs_dir.iterdir() if (p / SETTINGS_FILE).is_file() and p.name != LATEST]
    newest = latest_name(runs_dir)
    return sorted((Run(p) for p in paths), key=lambda run: (run.path.name == newest, *_age(run)))


def _age(run: Run) -> tuple[str, str]:
    """Return the start of the run and its name, to sort by."""
    try:
        started = run.provenance().get("started")
    except RunError:
        started = None
    return str(started or ""), run.name
