"""Opening an experiment: a new directory, or one that an earlier command left unfinished."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nntrain.errors import RunError, SettingsError, did_you_mean
from nntrain.experiments.store import Store, experiments
from nntrain.runs.directory import PROVENANCE, new_directory
from nntrain.runs.run import EXPERIMENT_FILE
from nntrain.settings.fit import TrainingSettings
from nntrain.settings.toml import as_toml

Settings = Mapping[str, Any] | TrainingSettings


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
    """Make a directory for an experiment of this ``kind``, as in ``sweep``; hold its lock.

    The default name is the time and the kind; ``origin`` is its provenance. Raises ``RunError``
    when the directory exists, unless it is an experiment's and ``overwrite`` is true: then the
    old one is removed.
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
    """Go on with the experiment ``name``, or the newest alike; hold its lock.

    Alike are those of this kind with the same settings. Raises ``RunError`` when there is none,
    when another process is at work in it, or when it began with other data than ``origin`` tells
    of; ``SettingsError`` names the settings that differ.
    """
    store = _find(runs_dir, name, kind, _plain(settings), origin["sha256"])
    with store.alone():
        store.check_same_data(origin["dataset"], origin["sha256"])
        store.remove_stale_temporaries()
        before = store.provenance()
        if "sha256" not in before:  # killed before it was written, or somebody removed it
            store.write_json(PROVENANCE, {**origin, **before})
        different = {key: value for key, value in origin.items() if before.get(key) != value}
        store.record_resumption(different)
        yield store


def _find(
    runs_dir: Path,
    name: str | None,
    kind: str,
    wanted: Mapping[str, Any],
    sha256: Mapping[str, str],
) -> Store:
    """Return the experiment ``name``, or the newest alike, rather one on the same data."""
    found = _candidates(runs_dir, name, kind)
    differing = [store.differences(kind, wanted) for store in found]
    alike = [store for store, words in zip(found, differing, strict=True) if not words]
    if alike:
        return next((store for store in alike if store.began_with(sha256)), alike[0])
    which = f"{found[0].path}"
    if name is None:
        which = f"No {kind} in {runs_dir} has these settings. The newest, {which},"
    raise SettingsError(
        f"{which} differs in {'; '.join(differing[0])}. Give it the same settings, or begin "
        f"another by leaving out --resume."
    )


def _candidates(runs_dir: Path, name: str | None, kind: str) -> list[Store]:
    """Return the experiment ``name``, or all of this kind; ``RunError`` where there is none."""
    known = experiments(runs_dir)
    if name is None:
        found = [store for store in known if store.kind == kind]
        if not found:
            raise RunError(
                f"No {kind} in {runs_dir} to resume. Begin one by leaving out --resume."
            )
        return found
    found = [store for store in known if store.path.name == name]
    if not found:
        hint = did_you_mean(name, [store.path.name for store in known])
        raise RunError(
            f"No experiment {name!r} in {runs_dir} to resume.{hint} Begin it by leaving out "
            f"--resume."
        )
    return found


def _plain(settings: Settings) -> dict[str, Any]:
    """Return settings as they come back from TOML: lists for tuples, nothing for None."""
    values = settings if isinstance(settings, Mapping) else asdict(settings)
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), allow_nan=False))
    return {key: value for key, value in plain.items() if value is not None}
