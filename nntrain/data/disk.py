"""Disk: errors that name a dataset's file, hashes, locks, and setting bad files aside."""

import errno
import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from nntrain.errors import DatasetError, in_words
from nntrain.storage import locks


@contextmanager
def disk_errors(doing: str, path: Path) -> Iterator[None]:
    """Turn any OSError of the block into a DatasetError: ``cannot <doing> <path>``, and why.

    Lack of memory stays a MemoryError, because it says nothing about the file.
    """
    try:
        yield
    except MemoryError as error:
        raise MemoryError(f"cannot {doing} {path}: {error}") from error
    except OSError as error:
        if error.errno == errno.ENOMEM:
            raise MemoryError(f"cannot {doing} {path}: {error.strerror}") from error
        advice = (
            "Check that it exists and that you may read it."
            if doing == "read"
            else "Check the permissions and the free space, or choose another folder with "
            f"{in_words('--data-dir', 'data_dir')}."
        )
        reason = error.strerror or error
        raise DatasetError(f"cannot {doing} {path}: {reason}. {advice}") from error


@contextmanager
def locked(path: Path, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock file ``path`` for the block, as ``locks.locked`` does; make its folder.

    Raises DatasetError if the lock file cannot be made.
    """
    with ExitStack() as stack:
        with disk_errors("write", path):
            path.parent.mkdir(parents=True, exist_ok=True)
        with disk_errors("lock", path):
            stack.enter_context(locks.locked(path, on_wait))
        yield


def set_aside(path: Path) -> Path:
    """Rename a bad file to ``<name>.bad``, replacing an older one, and return that path."""
    bad = path.with_name(f"{path.name}.bad")
    # Another process may have renamed it already.
    with disk_errors("rename", path), suppress(FileNotFoundError):
        path.replace(bad)
    return bad


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file's bytes in hexadecimal. Raises DatasetError."""
    with disk_errors("read", path):
        return _sha256_of(path)


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_the_file(path: Path, size_bytes: int, sha256: str) -> bool:
    """Return whether the file exists with this size and SHA-256; DatasetError if unreadable."""
    with disk_errors("read", path), suppress(FileNotFoundError):
        return path.stat().st_size == size_bytes and _sha256_of(path) == sha256
    return False
