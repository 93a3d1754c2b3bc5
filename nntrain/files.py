"""Files that appear whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside ``path``; at the end, put it in ``path``'s place.

    The bytes are on the disk (fsync) before the name changes, and ``os.replace`` is atomic, so
    a reader sees the old file or the new one, even after a crash. On any failure inside the
    block the temporary file is removed and ``path`` is as it was. Raises ``OSError``.
    """
    descriptor, temporary = tempfile.mkstemp(
        prefix=f".{path.name}.", suffix=".tmp", dir=path.parent
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    """Return the process's umask, which only setting it reveals."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
