"""A directory of results with a unique name; its files appear whole or not at all."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from nntrain.errors import RunError, SettingsError, in_a_line, in_words, quoted
from nntrain.runs.latest import LATEST
from nntrain.runs.provenance import LABELS, trained_on_arrays
from nntrain.storage.atomic import advice, is_temporary, read_bytes, whole_file
from nntrain.storage.locks import locked
from nntrain.storage.strict_json import parse_object

LOCK = ".lock"
PROVENANCE = "provenance.json"
"""The origin of the results; it may be written before the file that marks the directory."""

TRAIN_AGAIN = "Restore it, or train again"
MAX_JSON_BYTES = 1 << 26
"""Larger files were not written by nntrain."""


class Directory:
    """A directory of results at ``path``, whose files appear whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def typed(self) -> str:
        """How to name it in a shell: its name, or its path if --runs-dir was given."""
        at_home = self.path.parent == Path("runs")
        return quoted(self.path.resolve().name if at_home else str(self.path))

    def write_text(self, name: str, text: str) -> None:
        """Write a text file, whole or not at all."""
        with writing(self.path / name) as path, whole_file(path) as file:
            # bytes of a path that are not valid text become escapes, which JSON can read
            file.write(text.encode(errors="backslashreplace"))

    def write_json(self, name: str, document: Mapping[str, Any]) -> None:
        """Write a JSON file, whole or not at all."""
        self.write_text(name, json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False))

    def read_json(self, name: str, advice: str = TRAIN_AGAIN) -> dict[str, Any] | None:
        """Return a JSON file of the directory, or None if there is none."""
        try:
            return parse_object(read_bytes(self.path / name, MAX_JSON_BYTES).decode())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise unreadable(self.path / name, error, advice) from error

    def provenance(self) -> dict[str, Any]:
        """Return provenance.json; empty if there is none."""
        advice = "Restore it, or remove it to continue without information about the data"
        return self.read_json(PROVENANCE, advice) or {}

    def began_with(self, origin: Mapping[str, Any]) -> bool:
        """Return whether the results are from data with the hashes and labels of ``origin``.

        True if its own are unknown. The hashes are of labels too, but of their places only.
        """
        own = self.provenance()
        alike = own.get(LABELS) == origin.get(LABELS) and own.get("sha256") == origin["sha256"]
        return "sha256" not in own or alike

    def check_same_data(self, dataset: str, origin: Mapping[str, Any]) -> None:
        """Raise ``RunError`` if the results are from data with other hashes or labels."""
        if self.began_with(origin):
            return
        same = self.provenance().get("sha256") == origin["sha256"]
        what = "its labels differ" if same else "its files have different SHA-256 hashes"
        raise RunError(
            f"{dataset} is not what {self.path.name} was trained on: {what}. Restore the old "
            f"files, or start again without --resume under another --name."
        )

    def check_not_arrays(self, function: str) -> None:
        """Raise ``RunError`` for results on a caller's arrays, which no command can load.

        ``function`` is what made them in Python.
        """
        if trained_on_arrays(self.provenance()):
            name = self.path.resolve().name
            raise RunError(
                f"{name} was trained on arrays from Python, which are not saved, so it cannot be "
                f"resumed. Train again there: nntrain.{function}(dataset, …, save={name!r}, "
                f"overwrite=True)."
            )

    def record_resumption(self, entry: Mapping[str, Any]) -> None:
        """Add ``entry``, about resuming the work, to provenance.json."""
        provenance = self.provenance()
        resumed = provenance.get("resumed", [])
        if not isinstance(resumed, list):
            raise RunError(
                f"{self.path / PROVENANCE}: expected a list of resumptions, got "
                f"{in_a_line(str(resumed))}. Restore it, or start again under another --name."
            )
        self.write_json(PROVENANCE, {**provenance, "resumed": [*resumed, entry]})

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the directory's lock; raise ``RunError`` if another process has it.

        The operating system releases the lock when the process ends, however it ends.
        """

        def refuse(_: str) -> None:
            raise RunError(f"Another process is using {self.path}. Wait for it, or stop it.")

        with ExitStack() as stack:
            with writing(self.path / LOCK) as path:
                stack.enter_context(locked(path, refuse))
            yield


@contextmanager
def new_directory(
    runs_dir: Path,
    name: str | None,
    slug: str,
    *,
    marker: str,
    overwrite: bool = False,
    resumable: bool = True,
) -> Iterator[Path]:
    """Make a new directory and hold its lock for the block; the default name: time and ``slug``.

    The file ``marker``, which the caller writes once there are results to keep, makes it a
    directory of results. Until then its name is free: the leftovers of a killed process are
    removed. ``overwrite`` empties a directory that has the marker, and no other. ``resumable``
    says whether the command has a --resume to recommend. Raises ``RunError`` when the directory
    exists otherwise, cannot be made, or is used by another process.
    """
    path = None if name is None else runs_dir / checked_name(name)
    with ExitStack() as stack:
        try:
            if path is None:
                path = _make_free_directory(runs_dir, slug)
            elif path.exists() and not path.is_dir():
                raise _taken(path, marker, resumable)
            else:
                path.mkdir(parents=True, exist_ok=True)
            stack.enter_context(Directory(path).alone())
            if not (_has_no_results(path) or (overwrite and (path / marker).exists())):
                raise _taken(path, marker, resumable)
            empty(path, marker)
        except OSError as error:
            raise write_error(path or runs_dir, error) from error
        yield path


def empty(path: Path, marker: str) -> None:
    """Remove all but the lock; ``marker`` last, so that a killed overwrite can be repeated."""
    for entry in path.iterdir():
        if entry.name in (LOCK, marker):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    (path / marker).unlink(missing_ok=True)


def _has_no_results(path: Path) -> bool:
    """Whether a directory has only the leftovers of a process killed before the marker.

    An import writes model.npz first; its source file still exists.
    """
    names = {entry.name for entry in path.iterdir() if not is_temporary(entry.name)}
    names -= {LOCK, PROVENANCE}
    return not names or (
        names == {"model.npz"} and "imported_from" in Directory(path).provenance()
    )


def _taken(path: Path, marker: str, resumable: bool) -> RunError:
    overwriting = in_words("--overwrite", "overwrite=True")
    or_else = f"or replace it with {overwriting}"
    if not (path / marker).exists():
        or_else = f"because {overwriting} does not replace a directory of this kind"
    choose = in_words("Continue it with --resume, choose", "Choose") if resumable else "Choose"
    return RunError(
        f"{path} exists already and is not overwritten. {choose} another "
        f"{in_words('--name', 'name to save it')}, {or_else}."
    )


def _make_free_directory(runs_dir: Path, slug: str) -> Path:
    """Make a directory named after the time and ``slug``, with a number if that is taken."""
    runs_dir.mkdir(parents=True, exist_ok=True)
    stem = f"{datetime.now():%Y%m%d-%H%M%S}-{slug}"
    for number in count(1):
        path = runs_dir / (stem if number == 1 else f"{stem}-{number}")
        with suppress(FileExistsError):
            path.mkdir()
            return path
    raise AssertionError("unreachable")


def checked_name(name: str) -> str:
    """Return ``name``; raise ``SettingsError`` if a directory may not have it."""
    plain = name and Path(name).name == name and name.isprintable()
    if not plain or name == LATEST or name.startswith("."):
        raise SettingsError(
            f"The name {name!r} is not allowed: expected a plain name without '/', not starting "
            f"with a dot, and not {LATEST!r}."
        )
    return name


def unreadable(path: Path, error: Exception, advice: str = TRAIN_AGAIN) -> RunError:
    """Return the error that says what could not be read, why, and what to do."""
    reason = error.strerror if isinstance(error, OSError) else in_a_line(str(error))
    return RunError(f"Cannot read {path}: {reason}. {advice}.")


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield ``path``; an ``OSError`` in the block becomes the ``RunError`` that explains it."""
    try:
        yield path
    except OSError as error:
        raise write_error(path, error) from error


def write_error(path: Path, error: OSError) -> RunError:
    """Return the error that says what could not be written, why, and what to do."""
    return RunError(
        f"Cannot write {path}: {error.strerror or error}. Earlier results are "
        f"intact. {advice(error)}, or choose another folder with "
        f"{in_words('--runs-dir', 'runs_dir')}."
    )
