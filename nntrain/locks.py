"""A lock: one process, one thread at a time, by a lock of the operating system on a file."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

POLL_S = 0.05


@contextmanager
def locked(path: Path, on_wait: Callable[[str], None]) -> Iterator[bool]:
    """Hold the lock file ``path`` for the block: one process, one thread at a time.

    The operating system drops the lock when its holder ends, however it ends, so a killed
    process blocks nobody. ``on_wait`` is told once if there is a wait, and may raise instead.
    Yields True; on a file system that knows no locks it yields False and others may be at work
    too. Raises OSError if the file cannot be made.
    """
    descriptor, held = _acquire(path, on_wait)
    try:
        yield held
    finally:
        # Removed while still held; _acquire looks whether what it locked is still the file.
        try:
            with suppress(OSError):
                if _still_there(path, descriptor):
                    path.unlink()
        finally:
            os.close(descriptor)


def _acquire(path: Path, on_wait: Callable[[str], None]) -> tuple[int, bool]:
    waiting = False
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        held = _try_lock(descriptor)
        if held is None:
            return descriptor, False
        if held and _still_there(path, descriptor):
            return descriptor, True
        os.close(descriptor)
        if not held:
            if not waiting:
                on_wait(f"waiting for another process that is at work here ({path})")
                waiting = True
            time.sleep(POLL_S)


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
        """Return whether we hold the lock now; None if locks are unknown here."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
