"""Atomic: files that appear whole or not at all."""

import errno
import io
import os
import stat
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from nntrain.errors import NntrainError
from nntrain.storage.signals import uninterrupted

if TYPE_CHECKING:
    import zipfile

TEMPORARY = ".*.part"
"""The pattern of the names of files that are still being written."""


def open_ordinary(path: Path) -> BinaryIO:
    """Open an ordinary file for reading.

    Raises ``OSError`` with the file's name, also for a folder, a pipe or a device, which might
    never end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is not an ordinary file", str(path))
    return path.open("rb")


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """Return the bytes of an ordinary file; raise ``OSError`` if it is another kind, or longer."""
    with open_ordinary(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > max_bytes:
            reason = f"expected at most {max_bytes:,} bytes, got {size:,}"
            raise OSError(errno.EFBIG, reason, str(path))
        return file.read()


def write_asked(path: Path, text: str) -> None:
    """Write a file that the user asked for, whole or not at all. Raises ``NntrainError``."""
    try:
        with whole_file(path) as file:
            # bytes of a file name that are not UTF-8 become escapes
            file.write(text.encode(errors="backslashreplace"))
    except OSError as error:
        raise cannot_write(path, error) from error


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write rows as CSV, a file that the user asked for. Raises ``NntrainError``."""
    import csv

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    write_asked(path, text.getvalue())


def cannot_write(path: Path, error: OSError) -> NntrainError:
    """Return the error that says which requested file was not written, and why."""
    reason = error.strerror or error
    return NntrainError(f"Cannot write {path}: {reason}. {advice(error)}, or name another file.")


def advice(error: OSError) -> str:
    """Return what may help if a file could not be written, as the beginning of a sentence."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return "Free some space" if full else "Check that the folder exists and is writable"


@contextmanager
@uninterrupted
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that is renamed to ``path`` if the block succeeds, and removed if it fails.

    It is written under a temporary name in the same folder, ``.<name>.<process>-<thread>.part``.
    Its bytes are on the disk (fsync) before it is renamed, which is atomic, so a reader sees the
    old file or the new one, even after a crash. Raises ``OSError``.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    file = temporary.open("w+b")
    try:
        yield file
        file.flush()
        os.fsync(file.fileno())
        file.close()
        temporary.replace(path)
    finally:
        with suppress(OSError):  # a failing flush (disk full) must not hide an earlier error
            file.close()
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def remove_stale_temporaries(path: Path) -> None:
    """Remove temporary files of ``path`` that a killed process left; call it under a lock."""
    with suppress(OSError):
        for stale in path.parent.glob(f".{path.name}.*.part"):
            stale.unlink(missing_ok=True)


@uninterrupted
def open_zip(file: Path | BinaryIO) -> "zipfile.ZipFile":
    """Open a zip file for reading; interrupted half-way, it would print a traceback later."""
    import zipfile  # imported only by those who open a zip file

    return zipfile.ZipFile(file)
