"""Atomic: files that appear whole or not at all."""

import errno
import io
import os
import re
import stat
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from nntrain.errors import NntrainError
from nntrain.storage.locks import hold, remove_unless_held
from nntrain.storage.signals import uninterrupted

if TYPE_CHECKING:
    import zipfile

_TEMPORARY = re.compile(r"\..+\.\d+-\d+\.part", re.DOTALL)


def open_ordinary(path: Path) -> BinaryIO:
    """Open an ordinary file for reading.

    Raises ``OSError`` with the file's name, also for a folder, a pipe or a device, which might
    never end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "not an ordinary file", str(path))
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

    The temporary file is locked while it is written. The system releases the lock when the
    process ends, however it ends, so an unlocked temporary file was left by a killed process and
    is removed by the next write into the folder. The process number in its name proves less:
    another process may have it by now, also on another host that shares the disk. On a file
    system without locks, the files of killed processes are kept.
    """
    _remove_stale(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    file = _held(temporary)
    try:
        yield file
        file.flush()
        os.fsync(file.fileno())
        if sys.platform == "win32":  # it cannot rename an open file
            file.close()
        temporary.replace(path)
        _sync(path.parent)
    finally:
        with suppress(OSError):  # a failing flush (disk full) must not hide an earlier error
            file.close()
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def is_temporary(name: str) -> bool:
    """Return whether a file of this name is being written, or was left by a killed process."""
    return _TEMPORARY.fullmatch(name) is not None


def _remove_stale(folder: Path) -> None:
    """Remove what killed processes left in a folder."""
    with suppress(OSError):
        for path in folder.iterdir():
            if is_temporary(path.name):
                with suppress(OSError):
                    remove_unless_held(path)


def _held(path: Path) -> BinaryIO:
    """Create a temporary file; retry if another process removes it as stale."""
    while True:
        file = path.open("w+b")
        if hold(path, file.fileno()):
            return file
        file.close()


def _sync(folder: Path) -> None:
    """Write the folder's entries to disk too, if the system can (Windows cannot)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@uninterrupted
def open_zip(file: Path | BinaryIO) -> "zipfile.ZipFile":
    """Open a zip file for reading; interrupted half-way, it would print a traceback later."""
    import zipfile  # imported only by those who open a zip file

    return zipfile.ZipFile(file)
