"""Latest: a link to the run that was begun last, which is the newest, whatever the clock says."""

from contextlib import suppress
from pathlib import Path

from nntrain.storage.signals import uninterrupted

LATEST = "latest"
"""The name of the link, which no directory of results may have."""


@uninterrupted
def point_latest(runs_dir: Path, name: str) -> None:
    """Make ``latest`` a link to ``name``, instead of the old link.

    Whatever else has that name is the user's and stays. Where the system makes no links there is
    none. A link is never left that points to an older run.
    """
    latest = runs_dir / LATEST
    with suppress(OSError):
        if latest.is_symlink():
            latest.unlink(missing_ok=True)  # Windows replaces no link to a directory
        latest.symlink_to(name, target_is_directory=True)


def latest_name(runs_dir: Path) -> str | None:
    """Return the name of the run that ``latest`` points to; None where it is no link."""
    try:
        return str((runs_dir / LATEST).readlink())
    except OSError:
        return None


def note_on_latest(runs_dir: Path) -> str | None:
    """Return a note where ``latest`` is not a link but something of the user's; else None."""
    latest = runs_dir / LATEST
    if latest.is_symlink() or not latest.exists():
        return None
    return (
        f"Note: {latest} is not a link, so it stays as it is. Rename it, and the next run makes "
        f"it a link to the newest run."
    )
