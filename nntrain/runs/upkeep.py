"""Upkeep of the folder of runs: remove and rename runs and experiments."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nntrain.errors import RunError, did_you_mean
from nntrain.runs.directory import Directory, checked_name, empty
from nntrain.runs.latest import LATEST, point_latest
from nntrain.runs.run import EXPERIMENT_FILE, SETTINGS_FILE, all_runs

MARKERS = (SETTINGS_FILE, EXPERIMENT_FILE)


def find(runs_dir: Path, name: str) -> Path:
    """Return the directory of the run or experiment ``name`` in ``runs_dir``.

    ``name`` may also be its path. Raises ``RunError`` for a link and for anything else.
    """
    entries = {path.name: path for path in runs_dir.iterdir()} if runs_dir.is_dir() else {}
    given = Path(name)
    path = entries.get(given.name) if given.parent in (Path(), runs_dir) else None
    if path is None:
        known = [entry.name for entry in entries.values() if _marker(entry)]
        raise RunError(
            f"No run or experiment {name!r} in {runs_dir}.{did_you_mean(name, known)} "
            f"List them with: nntrain runs"
        )
    if path.is_symlink():
        raise RunError(
            f"{path} is a link to {path.readlink()}: expected the name of the run itself."
        )
    if not _marker(path):
        raise RunError(f"{path} is neither a run nor an experiment.")
    return path


def _marker(path: Path) -> str | None:
    return next((name for name in MARKERS if (path / name).is_file()), None)


def remove(path: Path) -> None:
    """Remove a run or experiment that ``find`` found; ``latest`` becomes the newest left.

    Raises ``RunError`` if another process is using it, and if it cannot be removed.
    """
    was_latest = _is_latest(path)
    with _changing(path, "remove"):
        with Directory(path).alone():
            empty(path, _marker(path) or SETTINGS_FILE)
        path.rmdir()
        if was_latest:
            (path.parent / LATEST).unlink()
            for newest in all_runs(path.parent)[-1:]:
                point_latest(path.parent, newest.name)


def rename(path: Path, name: str) -> Path:
    """Rename a run or experiment that ``find`` found, and return its path; ``latest`` follows.

    Raises ``RunError`` if another process is using it, and if the name is taken.
    """
    new = path.parent / checked_name(name)
    if new.exists() or new.is_symlink():
        raise RunError(f"{new} exists already and is not overwritten. Choose another name.")
    was_latest = _is_latest(path)
    with _changing(path, "rename"):
        with Directory(path).alone():
            pass  # Windows cannot rename a directory with an open file, such as the lock
        path.rename(new)
        if was_latest:
            point_latest(path.parent, name)
    return new


def _is_latest(path: Path) -> bool:
    link = path.parent / LATEST
    return link.is_symlink() and link.resolve() == path.resolve()


@contextmanager
def _changing(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(f"Cannot {what} {path}: {error.strerror or error}.") from error
