"""Store: the directory of an experiment, with the outcome of each training run.

``runs/<name>/``, next to single runs: experiment.toml has the kind and the settings, each
trainings/<key>.npz one outcome, whole or not there; the command adds its tables. Saved outcomes
need not be trained again.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import numpy as np

from nntrain.errors import RunError, SettingsError, UnreadableError, did_you_mean, in_a_line
from nntrain.experiments.executors import Outcome
from nntrain.runs.directory import PROVENANCE, Directory, new_directory, write_error
from nntrain.runs.run import EXPERIMENT_FILE
from nntrain.settings.fields import shown
from nntrain.settings.fit import TrainingSettings
from nntrain.settings.toml import as_toml, read_toml
from nntrain.storage.array_file import read_arrays, write_arrays
from nntrain.storage.strict_json import parse_object

Read = TypeVar("Read")
Settings = Mapping[str, Any] | TrainingSettings
FORMAT = "nntrain/training/1"
WITHOUT_EFFECT = {"kind", "jobs", "cluster", "threads", "engine", "name", "data_dir"}
"""Settings that may change when an experiment is resumed."""
LONGEST_NAME = 150


class Store(Directory):
    """One experiment's directory at ``path``. Reading and writing raise ``RunError``.

    ``damaged`` has, by key, a message about each outcome that cannot be used.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.damaged: dict[str, str] = {}

    @property
    def kind(self) -> str:
        """The kind of experiment, such as ``sweep``; empty if experiment.toml is damaged."""
        try:
            return in_a_line(str(self.settings().get("kind")))
        except RunError:
            return ""

    def settings(self) -> dict[str, Any]:
        """Return experiment.toml."""
        try:
            return read_toml(self.path / EXPERIMENT_FILE)
        except SettingsError as error:
            raise RunError(str(error)) from error

    def differences(self, wanted: Mapping[str, Any]) -> list[str]:
        """Return, in words, how its settings differ from ``wanted``."""
        here = self.settings()
        return [
            f"{key} ({shown(here.get(key, 'not set'))} there, now {wanted.get(key, 'not set')})"
            for key in sorted({*here, *wanted} - WITHOUT_EFFECT)
            if here.get(key) != wanted.get(key)
        ]

    def save(self, key: str, outcome: Outcome) -> None:
        """Write the outcome of ``key``, whole or not at all."""
        wrapped = {"format": FORMAT, "key": key, "document": outcome.document}
        text = json.dumps(wrapped, allow_nan=False)
        if any(array.dtype.hasobject for array in outcome.arrays.values()):
            raise TypeError(f"{key}: objects in an array would have to be pickled")
        arrays = {f"array_{name}": array for name, array in outcome.arrays.items()}
        path = self._path_of(key)
        try:
            path.parent.mkdir(exist_ok=True)
            write_arrays(path, {"document": np.frombuffer(text.encode(), np.uint8), **arrays})
        except OSError as error:
            raise write_error(path, error) from error

    def load(self, key: str, read: Callable[[Outcome], Read]) -> Read | None:
        """Return ``read(outcome)`` of the outcome of ``key``; None if there is none.

        If the file is damaged or ``read`` raises an exception, returns None and puts the key in
        ``damaged``. Raises ``RunError`` if the file cannot be read now: it may be intact.
        """
        path = self._path_of(key)
        if not path.exists():
            return None
        try:
            arrays = read_arrays(path)
            wrapped = parse_object(arrays.pop("document").tobytes())
            if (wrapped["format"], wrapped["key"]) != (FORMAT, key):
                raise ValueError(f"expected {FORMAT} of {key}")
            named = {name.removeprefix("array_"): array for name, array in arrays.items()}
            return read(Outcome(dict(wrapped["document"]), named))
        except UnreadableError as error:
            advice = "Make it readable, or remove it to train it again."
            raise RunError(f"{error} {advice}") from error
        except MemoryError:
            raise
        except Exception as error:  # there are more ways to be damaged than can be listed
            self.damaged[key] = f"{path} is damaged and will be trained again ({_reason(error)})."
            return None

    def saved(self, key: str, read: Callable[[Outcome], Read]) -> Read:
        """Return the same for a saved key; ``RunError`` if it is missing or damaged."""
        self.damaged.pop(key, None)
        result = self.load(key, read)
        if result is None:
            reason = self.damaged.get(key, f"{self._path_of(key)} was saved but is missing.")
            raise RunError(
                f"{reason} To train it again, repeat the command with --name {self.path.name}, "
                f"and with --resume if {self.path} still exists."
            )
        return result

    def read_document(self, name: str, read: Callable[[Mapping[str, Any]], Read]) -> Read:
        """Return ``read(document)`` of a JSON file of the experiment."""
        path = self.path / name
        try:
            return read(parse_object(path.read_bytes()))
        except Exception as error:  # there are more ways to be damaged than can be listed
            raise RunError(
                f"{path} is missing or damaged ({_reason(error)}). {self.how_to_resume()}"
            ) from error

    def how_to_resume(self) -> str:
        """Return the sentence that says how to train what is missing."""
        return f"Train the rest with: nntrain {self.kind or 'COMMAND'} --resume {self.typed}"

    def _path_of(self, key: str) -> Path:
        name = quote(key, safe=" +=,[]")
        if len(name) > LONGEST_NAME:
            name = f"{name[:LONGEST_NAME]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        return self.path / "trainings" / f"{name}.npz"


def _reason(error: Exception) -> str:
    return in_a_line(str(error)) or type(error).__name__


def find(runs_dir: Path, name: str) -> Store | None:
    """Return the experiment called ``name``, or at that path; None if there is none."""
    paths = (runs_dir / name, Path(name))
    return next((Store(path) for path in paths if (path / EXPERIMENT_FILE).is_file()), None)


def experiments(runs_dir: Path) -> list[Store]:
    """Return the experiments in ``runs_dir``, newest first."""
    found = (path for path in runs_dir.glob(f"*/{EXPERIMENT_FILE}") if path.is_file())
    return [Store(p.parent) for p in sorted(found, key=lambda p: -p.stat().st_mtime_ns)]


@contextmanager
def create(
    runs_dir: Path,
    name: str | None,
    kind: str,
    settings: Settings,
    origin: Mapping[str, Any],
    *,
    overwrite: bool = False,
) -> Iterator[Store]:
    """Create the directory of an experiment of this ``kind``, such as ``sweep``; hold its lock.

    The default name is the time and the kind; ``origin`` is its provenance. Raises ``RunError``
    if the directory exists, unless it is an experiment's and ``overwrite`` is true: the old one
    is then removed.
    """
    text = as_toml({"kind": kind, **_plain(settings)})
    with new_directory(runs_dir, name, kind, marker=EXPERIMENT_FILE, overwrite=overwrite) as path:
        store = Store(path)
        store.write_json(PROVENANCE, origin)
        store.write_text(EXPERIMENT_FILE, text)
        yield store


@contextmanager
def resume(
    runs_dir: Path, name: str | None, kind: str, settings: Settings, origin: Mapping[str, Any]
) -> Iterator[Store]:
    """Resume the experiment ``name``, or the newest of this kind with the same settings.

    Holds its lock. Raises ``RunError`` if there is none, if another process is using it, or if
    its data differ from those of ``origin``; ``SettingsError`` names the settings that differ.
    """
    wanted = _plain(settings)
    if name is None:
        store = _newest_alike(runs_dir, kind, wanted, origin)
    else:
        store = named(runs_dir, name, kind)
        if differing := store.differences(wanted):
            raise SettingsError(
                f"{store.path} differs in {'; '.join(differing)}. Leave these out to keep the old "
                f"values, or leave out --resume to start a new experiment."
            )
    with store.alone():
        store.check_same_data(origin["dataset"], origin)
        before = store.provenance()
        if "sha256" not in before:  # killed before it was written, or it was removed
            store.write_json(PROVENANCE, {**origin, **before})
        different = {key: value for key, value in origin.items() if before.get(key) != value}
        store.record_resumption(different)
        yield store


def named(runs_dir: Path, name: str, kind: str) -> Store:
    """Return the experiment ``name`` of this ``kind``; raise an error if there is none."""
    found = find(runs_dir, name)
    if found is None:
        hint = did_you_mean(name, [store.path.name for store in experiments(runs_dir)])
        how = f"{hint} Leave out --resume to start it."
        raise RunError(f"No experiment {name!r} in {runs_dir} to resume.{how}")
    made_by = in_a_line(str(found.settings().get("kind")))
    if made_by != kind:
        raise SettingsError(
            f"{found.path} is another kind of experiment. Resume it with: nntrain {made_by} "
            f"--resume {found.typed}"
        )
    return found


def _newest_alike(
    runs_dir: Path, kind: str, wanted: Mapping[str, Any], origin: Mapping[str, Any]
) -> Store:
    """Return the newest experiment with the ``wanted`` settings; one on the same data first."""
    found = [store for store in experiments(runs_dir) if store.kind == kind]
    if not found:
        raise RunError(f"No {kind} in {runs_dir} to resume. Leave out --resume to start one.")
    alike = [store for store in found if not store.differences(wanted)]
    if not alike:
        difference = in_a_line("; ".join(found[0].differences(wanted)))
        raise SettingsError(
            f"No {kind} in {runs_dir} has these settings. The newest, {found[0].path}, differs in "
            f"{difference}. Resume it with its own settings: nntrain "
            f"{kind} --resume {found[0].typed}"
        )
    return next((store for store in alike if store.began_with(origin)), alike[0])


def _plain(settings: Settings) -> dict[str, Any]:
    """Return settings as TOML gives them back: lists for tuples, and without None."""
    values = settings if isinstance(settings, Mapping) else asdict(settings)
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), allow_nan=False))
    return {key: value for key, value in plain.items() if value is not None}
