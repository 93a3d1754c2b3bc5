"""Locks: one process and one thread at a time, by the operating system's lock on a file."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nntrain.storage.signals import uninterrupted

POLL_S = 0.05
WINDOWS = sys.platform == "win32"
"""Windows cannot remove an open file, whoever has it open: such a file needs no lock."""


@contextmanager
def locked(path: Path, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock file ``path`` for the block: one process, one thread at a time.

    The operating system releases the lock when the process ends, however it ends, so a killed
    process blocks nobody. If there is a wait, ``on_wait`` is called once with a message; it may
    raise instead of waiting. On a file system without locks there is no wait, and others may be
    in the block too. Raises OSError if the file cannot be made.
    """
    waiting = False
    while True:
        with _locked_now(path) as held:
            if held is not False:
                yield
                return
        if not waiting:
            on_wait(f"waiting for another process that is using {path}")
            waiting = True
        time.sleep(POLL_S)


@contextmanager
@uninterrupted
def _locked_now(path: Path) -> Iterator[bool | None]:
    """Yield what ``_try_lock`` returns for the lock file; a lock is held for the block."""
    descriptor, held = _acquire(path)
    try:
        yield held
    finally:
        _release(path, descriptor, held)


def _acquire(path: Path) -> tuple[int, bool | None]:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        held = _try_lock(descriptor)
        if not held or _still_there(path, descriptor):
            return descriptor, held
        os.close(descriptor)


def _release(path: Path, descriptor: int, held: bool | None) -> None:
    """Remove the lock file and release its lock."""
    if WINDOWS:
        os.close(descriptor)
        with suppress(OSError):
            path.unlink()
        return
    # Removed while it is held; _acquire checks that what it locked is still that file.
    try:
        with suppress(OSError):
            if held is not False and _still_there(path, descriptor):
                path.unlink()
    finally:
        os.close(descriptor)


def hold(path: Path, descriptor: int) -> bool:
    """Keep a new file from ``remove_unless_held`` until it is closed.

    Returns False if another process was faster: the file is gone, or about to be.
    """
    if WINDOWS:
        return True
    held = _try_lock(descriptor)
    return held is None or (held and _still_there(path, descriptor))


def remove_unless_held(path: Path) -> None:
    """Remove a file, unless a process holds it or may hold it. Raises ``OSError``."""
    if WINDOWS:
        path.unlink()
        return
    descriptor = os.open(path, os.O_RDWR)
    try:
        if _try_lock(descriptor) and _still_there(path, descriptor):
            path.unlink()
    finally:
        os.close(descriptor)


def _still_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool | None:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool | None:
        """Return whether we hold the lock now; None if the file system has no locks."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
