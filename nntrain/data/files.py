"""Files that appear whole or not at all, their hashes, and one process at a time to make them.

A file is written under a temporary name in the folder where it is to appear, flushed to the
disk, and renamed: a reader sees the old file or the new one, never half of one.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from nntrain.errors import DatasetError
from nntrain.storage import atomic, locks

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
            file = stack.enter_context(atomic.whole_file(path))
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
    """Hold the lock file ``path`` for the block, as ``locks.locked`` does; its folder is made.

    DatasetError is raised if the lock file cannot be made.
    """
    with disk_errors("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with disk_errors("lock", path):
            held = stack.enter_context(locks.locked(path, on_wait))
        yield held
