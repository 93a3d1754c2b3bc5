"""The run directory: what a training leaves behind, each file whole or not there.

settings.toml     what was asked, resolved; can be given back to ``nntrain fit``
model.npz         the best network by validation
checkpoint.npz    the training's state, to resume from
history.jsonl     one line an epoch
evaluation.json   the report on the test set
provenance.json   versions, seed, BLAS, threads, git state, SHA-256 of the data
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from nntrain.errors import RunError, SettingsError, did_you_mean
from nntrain.files import whole_file
from nntrain.modelfile import load_model, read_arrays, save_model, write_arrays
from nntrain.nn.network import Network
from nntrain.nn.training import EpochResult, Training
from nntrain.settings import FitSettings, make, read_toml, to_toml

LATEST = "latest"


class Run:
    """One run directory. Paths are fixed by name; reading raises ``RunError`` or a kind of it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """The directory's own name."""
        return self.path.resolve().name

    def write_text(self, name: str, text: str) -> None:
        """Write a text file of the run, whole or not at all."""
        try:
            with whole_file(self.path / name) as file:
                file.write(text.encode())
        except OSError as error:
            raise _write_error(self.path / name, error) from error

    def write_json(self, name: str, document: Mapping[str, Any]) -> None:
        """Write a JSON file of the run, whole or not at all."""
        self.write_text(name, json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False))

    def read_json(self, name: str) -> dict[str, Any] | None:
        """Return a JSON file of the run, or None when the run has none."""
        try:
            document = json.loads((self.path / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise RunError(f"{self.path / name} cannot be read: {error}.") from error
        if not isinstance(document, dict):
            raise RunError(f"{self.path / name}: expected a JSON object.")
        return document

    def write_settings(self, settings: FitSettings) -> None:
        """Write settings.toml."""
        self.write_text("settings.toml", to_toml(settings))

    def settings(self) -> FitSettings:
        """Return the run's settings."""
        return make(FitSettings, read_toml(self.path / "settings.toml"))

    def save_model(self, network: Network) -> None:
        """Write model.npz."""
        try:
            save_model(self.path / "model.npz", network)
        except OSError as error:
            raise _write_error(self.path / "model.npz", error) from error

    def model(self) -> Network:
        """Return the network in model.npz."""
        return load_model(self.path / "model.npz")

    def save_checkpoint(self, training: Training) -> None:
        """Write checkpoint.npz."""
        try:
            write_arrays(self.path / "checkpoint.npz", training.state())
        except OSError as error:
            raise _write_error(self.path / "checkpoint.npz", error) from error

    def restore_checkpoint(self, training: Training) -> None:
        """Bring ``training`` to where checkpoint.npz was written."""
        path = self.path / "checkpoint.npz"
        try:
            training.restore(read_arrays(path))
        except (KeyError, ValueError, TypeError) as error:
            raise RunError(f"{path} does not fit this training: {error}.") from error

    def append_history(self, result: EpochResult) -> None:
        """Append one epoch to history.jsonl."""
        try:
            with (self.path / "history.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(result)) + "\n")
        except OSError as error:
            raise _write_error(self.path / "history.jsonl", error) from error

    def history(self) -> list[dict[str, Any]]:
        """Return history.jsonl, one dictionary an epoch; an unfinished last line is left out."""
        try:
            text = (self.path / "history.jsonl").read_text(encoding="utf-8")
            lines = [json.loads(x) for x in text.splitlines(keepends=True) if x[-1] == "\n"]
            if not all(isinstance(line, dict) for line in lines):
                raise ValueError("expected a JSON object in each line")
            return lines
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise RunError(f"{self.path / 'history.jsonl'} cannot be read: {error}.") from error

    def truncate_history(self, epochs: int) -> None:
        """Keep only the first ``epochs`` epochs of history.jsonl."""
        kept = [json.dumps(line) + "\n" for line in self.history() if line["epoch"] <= epochs]
        self.write_text("history.jsonl", "".join(kept))


def summary(run: Run) -> dict[str, Any]:
    """Return what a list of runs says of one, as JSON-able types; None where not there yet."""
    settings, history = run.settings(), run.history()
    evaluation = run.read_json("evaluation.json") or {}
    best = max(history, key=lambda epoch: epoch["validation_accuracy"] or 0.0, default={})
    return {
        "name": run.name,
        "dataset": settings.dataset,
        "hidden": list(settings.hidden),
        "output": settings.output,
        "epochs": len(history),
        "of_epochs": settings.epochs,
        "validation_accuracy": best.get("validation_accuracy"),
        "test_accuracy": evaluation.get("accuracy", {}).get("estimate"),
        "training_seconds": sum(epoch["seconds"] for epoch in history),
    }


def create(runs_dir: Path, name: str | None, slug: str, overwrite: bool = False) -> Run:
    """Make a new run directory and point ``latest`` to it.

    The default name is the time and ``slug``. Raises ``RunError`` when the directory exists
    and ``overwrite`` is false; with it, the old run is removed.
    """
    path = runs_dir / _checked_name(name) if name else _free_path(runs_dir, slug)
    try:
        if overwrite and (path / "settings.toml").exists():
            shutil.rmtree(path)
        path.mkdir(parents=True)
        _point_latest(runs_dir, path.name)
    except FileExistsError:
        raise RunError(
            f"The run {path} exists already and nothing is overwritten unasked. "
            f"Choose another --name, or replace it with --overwrite."
        ) from None
    except OSError as error:
        raise _write_error(path, error) from error
    return Run(path)


def find(runs_dir: Path, name: str | None) -> Run:
    """Return the run called ``name``, or at that path; without a name, the newest.

    Raises ``RunError`` when there is none.
    """
    if name is None:
        if not (runs_dir / LATEST).exists():
            raise RunError(f"No runs in {runs_dir} yet. Train one first: nntrain fit")
        name = LATEST
    if name == LATEST:
        name = (runs_dir / LATEST).resolve().name
    for path in (runs_dir / name, Path(name)):
        if (path / "settings.toml").is_file():
            return Run(path)
    known = [run.name for run in all_runs(runs_dir)]
    raise RunError(
        f"No run {name!r} in {runs_dir}.{did_you_mean(name, known)} See them with: nntrain runs"
    )


def all_runs(runs_dir: Path) -> list[Run]:
    """Return the runs in ``runs_dir``, oldest first."""
    if not runs_dir.is_dir():
        return []
    paths = [p for p in runs_dir.iterdir() if (p / "settings.toml").is_file() and p.name != LATEST]
    return [Run(p) for p in sorted(paths, key=lambda p: (p / "settings.toml").stat().st_mtime)]


def _checked_name(name: str) -> str:
    if name == LATEST or name.startswith(".") or Path(name).name != name:
        raise SettingsError(f"--name {name} is not allowed: expected a plain name, without '/'.")
    return name


def _free_path(runs_dir: Path, slug: str) -> Path:
    """Return a path that is free: the time and ``slug``, with a number where two would meet."""
    stem = f"{datetime.now():%Y%m%d-%H%M%S}-{slug}"
    path, number = runs_dir / stem, 2
    while path.exists():
        path, number = runs_dir / f"{stem}-{number}", number + 1
    return path


def _point_latest(runs_dir: Path, name: str) -> None:
    """Make ``latest`` a link to ``name``, replacing the old link in one step."""
    temporary = runs_dir / f".latest-{os.getpid()}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(name, target_is_directory=True)
    temporary.replace(runs_dir / LATEST)


def _write_error(path: Path, error: OSError) -> RunError:
    reason = error.strerror or str(error)
    return RunError(
        f"Cannot write {path}: {reason}. What was saved before is whole. "
        f"Free some space or choose another place with --runs-dir."
    )
