"""A directory of results: made under a name of its own; its files appear whole or not at all."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from nntrain.errors import RunError, SettingsError, in_a_line, quoted
from nntrain.runs.latest import LATEST
from nntrain.storage.atomic import advice, is_temporary, read_bytes, whole_file
from nntrain.storage.locks import locked
from nntrain.storage.strict_json import parse_object

LOCK = ".lock"
PROVENANCE = "provenance.json"
"""Where the results come from; it may be written before the file that marks the directory."""

TRAIN_AGAIN = "Restore it, or train again"
MAX_JSON_BYTES = 1 << 26
"""Longer files are not ours."""


class Directory:
    """A directory of results at ``path``, whose files appear whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def typed(self) -> str:
        """What to type for it in a shell: its name, or its path where --runs-dir was given."""
        at_home = self.path.parent == Path("runs")
        return quoted(self.path.resolve().name if at_home else str(self.path))

    def write_text(self, name: str, text: str) -> None:
        """Write a text file, whole or not at all."""
        with writing(self.path / name) as path, whole_file(path) as file:
            # a path that is not valid text keeps its bytes as escapes, which JSON reads again
            file.write(text.encode(errors="backslashreplace"))

    def write_json(self, name: str, document: Mapping[str, Any]) -> None:
        """Write a JSON file, whole or not at all."""
        self.write_text(name, json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False))

    def read_json(self, name: str, advice: str = TRAIN_AGAIN) -> dict[str, Any] | None:
        """Return a JSON file of the directory, or None where it has none."""
        try:
            return parse_object(read_bytes(self.path / name, MAX_JSON_BYTES).decode())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise unreadable(self.path / name, error, advice) from error

    def provenance(self) -> dict[str, Any]:
        """Return provenance.json; nothing where there is none."""
        advice = "Restore it, or remove it to go on without its facts about the data"
        return self.read_json(PROVENANCE, advice) or {}

    def began_with(self, sha256: Mapping[str, str]) -> bool:
        """Return whether the results began with data of these hashes, as far as is known."""
        return bool(self.provenance().get("sha256", sha256) == sha256)

    def check_same_data(self, dataset: str, sha256: Mapping[str, str]) -> None:
        """Raise ``RunError`` where the results began with data of other hashes than ``sha256``."""
        if not self.began_with(sha256):
            raise RunError(
                f"{dataset} is not what {self.path.name} was trained on: its files have other "
                f"SHA-256 hashes. Restore the old files, or start again without --resume under "
                f"another --name."
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
        """Hold the directory's lock; raise ``RunError`` where another process has it.

        The lock is the operating system's and ends with the process, however that ends.
        """

        def refuse(_: str) -> None:
            raise RunError(f"Another process is at work in {self.path}. Wait for it, or stop it.")

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

    What makes the directory one of results is the file ``marker``, which the caller writes as
    soon as they are worth something. Until then its name is free: what a killed process left is
    removed. ``overwrite`` empties a directory that has the marker, and no other. ``resumable``
    says whether the command has a --resume to recommend. Raises ``RunError`` when the directory
    exists otherwise, cannot be made, or another process is at work in it.
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
            if not (_is_no_loss(path) or (overwrite and (path / marker).exists())):
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


def _is_no_loss(path: Path) -> bool:
    """Whether a directory has nothing but what a process left that was killed before the marker.

    An import writes model.npz first; the file that it is from is still there.
    """
    names = {entry.name for entry in path.iterdir() if not is_temporary(entry.name)}
    names -= {LOCK, PROVENANCE}
    return not names or (
        names == {"model.npz"} and "imported_from" in Directory(path).provenance()
    )


def _taken(path: Path, marker: str, resumable: bool) -> RunError:
    or_else = "or replace it with --overwrite"
    if not (path / marker).exists():
        or_else = "because --overwrite does not replace a directory of this kind"
    choose = "Continue it with --resume, choose" if resumable else "Choose"
    return RunError(
        f"{path} exists already and nothing is overwritten unasked. {choose} another "
        f"--name, {or_else}."
    )


def _make_free_directory(runs_dir: Path, slug: str) -> Path:
    """Make a directory named by the time and ``slug``, with a number if that is taken."""
    runs_dir.mkdir(parents=True, exist_ok=True)
    stem = f"{datetime.now():%Y%m%d-%H%M%S}-{slug}"
    for number in count(1):
        path = runs_dir / (stem if number == 1 else f"{stem}-{number}")
        with suppress(FileExistsError):
            path.mkdir()
            return path
    raise AssertionError("unreachable")


def checked_name(name: str) -> str:
    """Return ``name``; raise ``SettingsError`` where a directory may not be called so."""
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
    return RunError(f"{path} cannot be read: {reason}. {advice}.")


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
        f"Cannot write {path}: {error.strerror or error}. What was saved before is "
        f"intact. {advice(error)}, or choose another place with --runs-dir."
    )
