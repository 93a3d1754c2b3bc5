"""Files that appear whole or not at all, and a lock that lets one process at a time make them.

A file is written under a temporary name in the folder where it is to appear, flushed to the
disk, and renamed: a reader sees the old file or the new one, never half of one.
"""

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from nntrain import files
from nntrain.errors import DatasetError

_POLL_S = 0.05
_BLOCK_BYTES = 1 << 20


def disk_error(doing: str, path: Path, error: OSError) -> DatasetError:
    """Return the error that says what could not be done to ``path``, why, and what to do."""
    advice = (
        "Check that it is there and that you may read it."
        if doing == "read"
        else "Check the permissions and the free space, or choose another folder with --data-dir."
    )
    return DatasetError(f"cannot {doing} {path}: {error.strerror or error}. {advice}")


@contextmanager
def disk_errors(doing: str, path: Path) -> Iterator[None]:
    """Turn any OSError of the block into a DatasetError that names ``path``."""
    try:
        yield
    except OSError as error:
        raise disk_error(doing, path, error) from error


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that takes the name ``path`` when the block ends well, and vanishes otherwise.

    The folder is made if need be. Writing inside the block is the caller's; DatasetError is
    raised if the temporary cannot be made, flushed or renamed.
    """
    with ExitStack() as stack:
        with disk_errors("write", path):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(files.whole_file(path))
        yield file
        with disk_errors("write", path):
            stack.close()


def remove_stale_temporaries(path: Path) -> None:
    """Remove temporaries of ``path`` that a killed process left; call with its lock held."""
    with suppress(OSError):
        for stale in path.parent.glob(f".{path.name}.*.part"):
            stale.unlink(missing_ok=True)


def set_aside(path: Path) -> Path:
    """Rename a bad file to ``<name>.bad`` (an older one is replaced) and return that path."""
    bad = path.with_name(f"{path.name}.bad")
    # Not there any more: another process was faster, and that is as good.
    with disk_errors("rename", path), suppress(FileNotFoundError):
        path.replace(bad)
    return bad


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file's bytes in hexadecimal, read in blocks."""
    with disk_errors("read", path):
        return _sha256_of(path)


def _sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def is_the_file(path: Path, size_bytes: int, sha256: str) -> bool:
    """Return whether the file is there with this size and SHA-256; DatasetError if unreadable."""
    with disk_errors("read", path):
        try:
            return path.stat().st_size == size_bytes and _sha256_of(path) == sha256
        except FileNotFoundError:
            return False


@contextmanager
def locked(path: Path, on_wait: Callable[[str], None]) -> Iterator[bool]:
    """Hold the lock file ``path`` for the block: one process, one thread at a time.

    The operating system drops the lock when its holder ends, however it ends, so a killed
    process blocks nobody. ``on_wait`` is told once if there is a wait. Yields True; on a file
    system that knows no locks it yields False and others may be at work too, which at worst
    does the work twice, because temporaries have names of their own.
    """
    with disk_errors("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, held = _acquire(path, on_wait)
    try:
        yield held
    finally:
        # Removed while still held; _acquire looks whether what it locked is still the file.
        with suppress(OSError):
            path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(path: Path, on_wait: Callable[[str], None]) -> tuple[int, bool]:
    waiting = False
    while True:
        with disk_errors("lock", path):
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
            time.sleep(_POLL_S)


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
