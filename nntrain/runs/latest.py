"""Latest: a link to the run that was started last, whatever the clock says."""

from contextlib import suppress
from pathlib import Path

from nntrain.storage.signals import uninterrupted

LATEST = "latest"
"""The name of the link, which no directory of results may have."""


@uninterrupted
def point_latest(runs_dir: Path, name: str) -> None:
    """Make ``latest`` a link to ``name``, replacing the old link.

    Anything else of that name belongs to the user and is kept. On systems without links nothing
    is made. A link to an older run is never left.
    """
    latest = runs_dir / LATEST
    with suppress(OSError):
        if latest.is_symlink():
            latest.unlink(missing_ok=True)  # Windows cannot replace a link to a directory
        latest.symlink_to(name, target_is_directory=True)


def latest_name(runs_dir: Path) -> str | None:
    """Return the name of the run that ``latest`` points to; None if it is not a link."""
    try:
        return str((runs_dir / LATEST).readlink())
    except OSError:
        return None


def note_on_latest(runs_dir: Path) -> str | None:
    """Return a note if ``latest`` is not a link but the user's; else None."""
    latest = runs_dir / LATEST
    if latest.is_symlink() or not latest.exists():
        return None
    return (
        f"Note: {latest} is not a link and is left unchanged. If you rename it, the next run "
        f"makes {LATEST} a link to the newest run."
    )
