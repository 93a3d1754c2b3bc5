"""Memory-mapped files: what is read of a large one need not stay in memory."""

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGE_FILE_BYTES = 100_000_000
"""From here on the pages read of a memory-mapped file are given back; MNIST stays as it is."""


def release_pages(array: NDArray[Any]) -> None:
    """Give back the memory that pages read of a large memory-mapped file take.

    The system keeps them as long as it has room, and reads them again where it has not. Nothing
    happens where ``array`` is no view of such a file, or its map can be written to: what was
    written to a private one is nowhere else.
    """
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    if (
        isinstance(base, mmap.mmap)
        and len(base) >= LARGE_FILE_BYTES
        and memoryview(base).readonly  # the map's own word: a view says less
        and hasattr(mmap, "MADV_DONTNEED")
    ):
        base.madvise(mmap.MADV_DONTNEED)
