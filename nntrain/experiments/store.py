"""Store: the directory of an experiment, where each training's outcome is as soon as it is in.

``runs/<name>/``, next to single runs: experiment.toml has the kind and the settings,
trainings/<key>.npz one outcome each, whole or not there; the command adds its tables. What is
there already need not be trained again.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import numpy as np

from nntrain.errors import RunError, SettingsError, UnreadableError, did_you_mean, in_a_line
from nntrain.experiments.executors.run import Outcome, Work, run
from nntrain.runs.directory import PROVENANCE, Directory, new_directory, write_error
from nntrain.runs.run import EXPERIMENT_FILE
from nntrain.settings.fields import shown
from nntrain.settings.fit import TrainingSettings
from nntrain.settings.toml import as_toml, read_toml
from nntrain.storage.array_file import read_arrays, write_arrays
from nntrain.storage.strict_json import parse_object

Task = TypeVar("Task")
FORMAT = "nntrain/training/1"
WITHOUT_EFFECT = ("jobs", "cluster", "threads", "name", "data_dir")
"""Settings that may differ between an experiment and its continuation."""
LONGEST_NAME = 150


class Store(Directory):
    """One experiment's directory at ``path``. Reading and writing raise ``RunError``.

    ``damaged`` tells, by key, of outcomes that were there and could not be read. ``check`` is
    asked of every outcome, with its key, and raises for one that is no use.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.damaged: dict[str, str] = {}
        self.check: Callable[[str, Outcome], object] = lambda key, outcome: None

    @classmethod
    @contextmanager
    def create(
        cls,
        runs_dir: Path,
        name: str | None,
        kind: str,
        settings: Mapping[str, Any] | TrainingSettings,
        origin: Mapping[str, Any],
        *,
        overwrite: bool = False,
    ) -> Iterator["Store"]:
        """Make a directory for an experiment of this ``kind``, as in ``sweep``; hold its lock.

        The default name is the time and the kind; ``origin`` is its provenance. Raises
        ``RunError`` when the directory exists, unless it is an experiment's and ``overwrite`` is
        true: then the old one is removed.
        """
        text = as_toml({"kind": kind, **_plain_settings(settings)})
        with new_directory(
            runs_dir, name, kind, marker=EXPERIMENT_FILE, overwrite=overwrite
        ) as path:
            store = cls(path)
            store.write_json(PROVENANCE, origin)
            store.write_text(EXPERIMENT_FILE, text)
            yield store

    @classmethod
    @contextmanager
    def resume(
        cls,
        runs_dir: Path,
        name: str | None,
        kind: str,
        settings: Mapping[str, Any] | TrainingSettings,
        origin: Mapping[str, Any],
    ) -> Iterator["Store"]:
        """Go on with the experiment ``name``, or the newest alike; hold its lock.

        Alike are those of this kind with the same settings. Raises ``RunError`` when there is
        none, when another process is at work in it, or when it began with other data than
        ``origin`` tells of; ``SettingsError`` names the settings that differ.
        """
        store = cls._find(runs_dir, name, kind, settings, origin["sha256"])
        with store.alone():
            store.check_same_data(origin["dataset"], origin["sha256"])
            store.remove_stale_temporaries()
            before = store.provenance()
            if "sha256" not in before:  # killed before it was written, or somebody removed it
                store.write_json(PROVENANCE, {**origin, **before})
            different = {key: value for key, value in origin.items() if before.get(key) != value}
            store.record_resumption(different)
            yield store

    @classmethod
    def _find(
        cls,
        runs_dir: Path,
        name: str | None,
        kind: str,
        settings: Mapping[str, Any] | TrainingSettings,
        sha256: Mapping[str, str],
    ) -> "Store":
        """Return the experiment ``name``, or the newest alike, rather one on the same data."""
        wanted = _plain_settings(settings)
        if name is not None:
            found = [store for store in experiments(runs_dir) if store.path.name == name]
            if not found:
                known = [store.path.name for store in experiments(runs_dir)]
                raise RunError(
                    f"No experiment {name!r} in {runs_dir} to resume.{did_you_mean(name, known)} "
                    f"Begin it by leaving out --resume."
                )
        else:
            found = [store for store in experiments(runs_dir) if store.kind == kind]
            if not found:
                raise RunError(
                    f"No {kind} in {runs_dir} to resume. Begin one by leaving out --resume."
                )
        differing = [store.differences(kind, wanted) for store in found]
        alike = [store for store, words in zip(found, differing, strict=True) if not words]
        if alike:
            return next((store for store in alike if store.began_with(sha256)), alike[0])
        which = f"{found[0].path}"
        if name is None:
            which = f"No {kind} in {runs_dir} has these settings. The newest, {which},"
        raise SettingsError(
            f"{which} differs in {'; '.join(differing[0])}. Give it the same "
            f"settings, or begin another by leaving out --resume."
        )

    @property
    def kind(self) -> str:
        """What experiment it is, as in ``sweep``; nothing where experiment.toml is damaged."""
        try:
            return str(self.settings().get("kind"))
        except RunError:
            return ""

    def settings(self) -> dict[str, Any]:
        """Return experiment.toml."""
        try:
            return read_toml(self.path / EXPERIMENT_FILE)
        except SettingsError as error:
            raise RunError(str(error)) from error

    def differences(self, kind: str, wanted: Mapping[str, Any]) -> list[str]:
        """Return in words what sets it apart from an experiment with other settings."""
        here, there = self.settings(), {"kind": kind, **wanted}
        return [
            f"{key} ({shown(here.get(key, 'not set'))} there, now {there.get(key, 'not set')})"
            for key in sorted({*here, *there})
            if key not in WITHOUT_EFFECT and here.get(key) != there.get(key)
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

    def load(self, key: str) -> Outcome | None:
        """Return the outcome of ``key``; None where there is none, or ``damaged`` has it.

        Raises ``RunError`` where the file cannot be read now: it may be sound.
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
            outcome = Outcome(dict(wrapped["document"]), named)
            self.check(key, outcome)
        except UnreadableError as error:
            advice = "Let it be read, or remove it to have it done again."
            raise RunError(f"{error} {advice}") from error
        except MemoryError:
            raise
        except Exception as error:  # there are more ways to be damaged than can be listed
            reason = in_a_line(str(error)) or type(error).__name__
            self.damaged[key] = f"{path} is damaged and is done again ({reason})."
            return None
        return outcome

    def saved(self, key: str) -> Outcome:
        """Return the outcome of ``key``, which is there; ``RunError`` where it is no longer."""
        self.damaged.pop(key, None)
        outcome = self.load(key)
        if outcome is None:
            reason = self.damaged.get(key, f"{self._path_of(key)} was saved and is gone.")
            raise RunError(
                f"{reason} The same command with --name {self.path.name} does it again: with "
                f"--resume if {self.path} is still there."
            )
        return outcome

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Return those of ``keys`` that have no sound outcome."""
        return [key for key in keys if self.load(key) is None]

    def _path_of(self, key: str) -> Path:
        name = quote(key, safe=" +=,[]")
        if len(name) > LONGEST_NAME:
            name = f"{name[:LONGEST_NAME]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        return self.path / "trainings" / f"{name}.npz"


def find(runs_dir: Path, name: str) -> Store | None:
    """Return the experiment called ``name``, or at that path; None where there is none."""
    for path in (runs_dir / name, Path(name)):
        if (path / EXPERIMENT_FILE).is_file():
            return Store(path)
    return None


def experiments(runs_dir: Path) -> list[Store]:
    """Return the experiments in ``runs_dir``, newest first."""
    found = (path for path in runs_dir.glob(f"*/{EXPERIMENT_FILE}") if path.is_file())
    return [Store(p.parent) for p in sorted(found, key=lambda p: -p.stat().st_mtime_ns)]


def run_stored(
    store: Store,
    work: Work[Task],
    tasks: Mapping[str, Task],
    *,
    jobs: int,
    cluster: str | None = None,
    attempts: int = 3,
) -> Iterator[tuple[str, Outcome]]:
    """Yield (key, outcome) of every task: first what the store has, then what had to be done.

    Each outcome is on the disk before it is yielded, and is what ``load`` gives later: its
    document has been through JSON. The caller holds the store's lock. Raises what ``run`` raises,
    and ``RunError`` when the store cannot be written.
    """
    missing = {}
    for key, task in tasks.items():
        outcome = store.load(key)
        if outcome is None:
            missing[key] = task
        else:
            yield key, outcome
    for key, outcome in run(work, missing, jobs=jobs, cluster=cluster, attempts=attempts):
        store.save(key, outcome)
        yield key, Outcome(json.loads(json.dumps(outcome.document)), outcome.arrays)


def _plain_settings(settings: Mapping[str, Any] | TrainingSettings) -> dict[str, Any]:
    """Return settings as they come back from TOML: lists for tuples, nothing for None."""
    values = settings if isinstance(settings, Mapping) else asdict(settings)
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), allow_nan=False))
    return {key: value for key, value in plain.items() if value is not None}


def settings_of(store: Store) -> dict[str, Any]:
    """Return experiment.toml without its kind."""
    return {name: value for name, value in store.settings().items() if name != "kind"}


def read_document(store: Store, name: str, understood: Callable[[Mapping[str, Any]], Any]) -> Any:
    """Return what ``understood`` makes of a JSON file of the experiment."""
    try:
        return understood(parse_object((store.path / name).read_bytes()))
    except Exception as error:  # there are more ways to be damaged than can be listed
        reason = in_a_line(str(error)) or type(error).__name__
        raise RunError(
            f"{store.path / name} is missing or damaged ({reason}). {how_to_do_the_rest(store)}"
        ) from error


def all_outcomes(
    store: Store, todo: Mapping[str, Any], check: Callable[[str, Outcome], None]
) -> dict[str, Outcome]:
    """Return the outcomes of ``todo`` in its order."""
    store.check = check
    found = {key: outcome for key in todo if (outcome := store.load(key)) is not None}
    if len(found) < len(todo):
        raise RunError(
            f"{store.path} has {len(found)} of its {len(todo)} trainings. "
            f"{how_to_do_the_rest(store)}"
        )
    return found


def how_to_do_the_rest(store: Store) -> str:
    """Return the sentence that says how to train what is missing."""
    return (
        f"The same {store.kind or 'command'} with --name {store.path.name} --resume does the rest."
    )
