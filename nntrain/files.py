"""Files that appear whole or not at all."""

import errno
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from nntrain.uninterrupted import uninterrupted

TEMPORARY = ".*.part"
"""The pattern of the names under which files are written before they are whole."""


def open_ordinary(path: Path) -> BinaryIO:
    """Open a file for reading; a folder, a pipe or a device, which may never end, is ``OSError``.

    Raises ``OSError``, with the file's name.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is not an ordinary file", str(path))
    return path.open("rb")


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """Return the bytes of an ordinary file; raise ``OSError`` if it is no such, or is longer."""
    with open_ordinary(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > max_bytes:
            reason = f"expected at most {max_bytes:,} bytes, got {size:,}"
            raise OSError(errno.EFBIG, reason, str(path))
        return file.read()


@contextmanager
@uninterrupted
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that takes the name ``path`` when the block ends well, and vanishes otherwise.

    It is written under a temporary name in the same folder, ``.<name>.<process>-<thread>.part``;
    its bytes are on the disk (fsync) before it is renamed, which is atomic. So a reader sees the
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
        with suppress(OSError):  # a failing flush here (disk full) hides no earlier error
            file.close()
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
