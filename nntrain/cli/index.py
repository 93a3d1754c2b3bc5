"""The page of the folder of runs: written by ``report --index``, then kept up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nntrain.cli import pages
from nntrain.errors import NntrainError, SettingsError

if TYPE_CHECKING:
    from nntrain.show.terminal.terminal import Terminal

INDEX = "index.html"
LOCK = ".index.lock"


def write(runs_dir: Path) -> Path:
    """Write the page of ``runs_dir`` and return its path; a file of another origin stays."""
    from nntrain.experiments.listed import listed
    from nntrain.runs.directory import Directory, writing
    from nntrain.storage.locks import locked

    path = runs_dir / INDEX
    if not runs_dir.is_dir():
        raise NntrainError(
            f"There is no folder {runs_dir} yet. Train a network first: nntrain fit"
        )
    if path.exists() and not _is_ours(path):
        raise SettingsError(
            f"{path} was not written by nntrain report --index and is not overwritten. Move it, "
            f"or choose another folder with --runs-dir."
        )
    # read within the lock: of two commands, the one that writes last has seen both results
    with writing(path), locked(runs_dir / LOCK, lambda _: None), pages.faults_as_errors():
        from nntrain.show.page.index import index_page

        beside = pages.SIDE_BY_SIDE if (runs_dir / pages.SIDE_BY_SIDE).is_file() else None
        page = index_page(runs_dir.resolve().name, listed(runs_dir), beside)
        Directory(runs_dir).write_text(INDEX, page)
    return path


def _is_ours(path: Path) -> bool:
    from nntrain.show.page.index import was_written_here

    try:
        return was_written_here(path)
    except OSError:
        return False


def refresh(terminal: "Terminal", runs_dir: Path) -> None:
    """Write the page again if there is one of ours; a failure is only a message."""
    path = runs_dir / INDEX
    if not path.is_file() or not pages.installed() or not _is_ours(path):
        return
    try:
        write(runs_dir)
    except NntrainError as error:
        terminal.message(f"{path} is not up to date: {error}")


@contextmanager
def refreshed(terminal: "Terminal", runs_dir: Path) -> Iterator[None]:
    """Refresh the page after the block, which may have failed: its run is listed all the same."""
    try:
        yield
    finally:
        refresh(terminal, runs_dir)
