"""Files that appear whole or not at all."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
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
