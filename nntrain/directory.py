"""A directory of results: made under a name of its own, its files whole or not there."""

import errno
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from nntrain.errors import RunError, SettingsError
from nntrain.files import whole_file

LATEST = "latest"
"""The name of the link to the newest run, which no directory may have."""


class Directory:
    """A directory of results at ``path``, whose files appear whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write_text(self, name: str, text: str) -> None:
        """Write a text file, whole or not at all."""
        try:
            with whole_file(self.path / name) as file:
                # a path that is no text keeps its bytes as escapes, which JSON reads again
                file.write(text.encode(errors="backslashreplace"))
        except OSError as error:
            raise write_error(self.path / name, error) from error

    def write_json(self, name: str, document: Mapping[str, Any]) -> None:
        """Write a JSON file, whole or not at all."""
        self.write_text(name, json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False))


def new_directory(
    runs_dir: Path,
    name: str | None,
    slug: str,
    *,
    marker: str,
    overwrite: bool = False,
    resumable: bool = True,
) -> Path:
    """Make and return a new directory; the default name is the time and ``slug``.

    ``marker`` is the file by which one is known that ``overwrite`` may remove; ``resumable`` says
    whether the command has a --resume to recommend. Raises ``RunError`` when the directory exists
    otherwise, or cannot be made.
    """
    path = runs_dir / _checked_name(name) if name else None
    try:
        if path is not None and overwrite and (path / marker).exists():
            shutil.rmtree(path)
        if path is None:
            return _make_free_directory(runs_dir, slug)
        return _make_directory(path, marker, resumable)
    except OSError as error:
        raise write_error(path or runs_dir, error) from error


def _make_directory(path: Path, marker: str, resumable: bool) -> Path:
    try:
        path.mkdir(parents=True)
    except FileExistsError:
        if not path.parent.is_dir():
            raise
        advice = "or replace it with --overwrite"
        if not (path / marker).exists():
            advice = "for this one is not of the kind that --overwrite would replace"
        choose = "Continue it with --resume, choose" if resumable else "Choose"
        raise RunError(
            f"{path} exists already and nothing is overwritten unasked. {choose} another "
            f"--name, {advice}."
        ) from None
    return path


def _make_free_directory(runs_dir: Path, slug: str) -> Path:
    """Make a directory named by the time and ``slug``, with a number where two would meet."""
    runs_dir.mkdir(parents=True, exist_ok=True)
    stem = f"{datetime.now():%Y%m%d-%H%M%S}-{slug}"
    for number in count(1):
        path = runs_dir / (stem if number == 1 else f"{stem}-{number}")
        with suppress(FileExistsError):
            path.mkdir()
            return path
    raise AssertionError("unreachable")


def _checked_name(name: str) -> str:
    if name == LATEST or name.startswith(".") or Path(name).name != name or not name.isprintable():
        raise SettingsError(
            f"--name {name!r} is not allowed: expected a plain name, without '/', without a dot "
            f"in front, and not {LATEST!r}."
        )
    return name


def write_error(path: Path, error: OSError) -> RunError:
    """Return the error that says what could not be written, why, and what to do."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    advice = "Free some space" if full else "Check that the folder is there and may be written"
    return RunError(
        f"Cannot write {path}: {error.strerror or error}. What was saved before is whole. "
        f"{advice}, or choose another place with --runs-dir."
    )
