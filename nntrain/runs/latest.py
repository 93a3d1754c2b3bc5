"""Latest: a link to the run that was begun last, which is the newest, whatever the clock says."""

import os
from contextlib import suppress
from pathlib import Path

from nntrain.storage.signals import uninterrupted

LATEST = "latest"
"""The name of the link, which no directory of results may have."""


@uninterrupted
def point_latest(runs_dir: Path, name: str) -> None:
    """Make ``latest`` a link to ``name``, replacing the old link in one step.

    Whatever else has that name is the user's and stays. Where the system makes no links there is
    none.
    """
    latest, temporary = runs_dir / LATEST, runs_dir / f".{LATEST}-{os.getpid()}"
    with suppress(OSError):
        for stale in runs_dir.glob(f".{LATEST}-*"):
            stale.unlink(missing_ok=True)
        if latest.is_symlink() or not latest.exists():
            temporary.symlink_to(name, target_is_directory=True)
            temporary.replace(latest)
    with suppress(OSError):
        temporary.unlink(missing_ok=True)


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
