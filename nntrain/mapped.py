"""Memory-mapped files: what is read of a large one need not stay in memory.

The system maps more than what is touched, up to megabytes around each place, which for rows at
random is soon the whole file. So rows of a large file are read from it; what is read from end to
end is mapped, and given back on the way.
"""

import mmap
import os
from math import prod
from typing import Any, BinaryIO
from weakref import WeakKeyDictionary, finalize

import numpy as np
from numpy.typing import NDArray

from nntrain.errors import DatasetError

Array = NDArray[Any]

LARGE_FILE_BYTES = 100_000_000
"""From here on pages are given back and rows are read; MNIST is mapped and stays mapped."""

_descriptors: WeakKeyDictionary[mmap.mmap, int] = WeakKeyDictionary()
"""An open file for each map made here; a map tells no one which file it shows."""


def map_bytes(file: BinaryIO, offset: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return the bytes of ``file`` from ``offset`` on as a read-only uint8 array of ``shape``.

    Raises ``ValueError`` where the file is too short.
    """
    pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if len(pages) < offset + prod(shape):
        raise ValueError(f"{len(pages)} bytes")
    _descriptors[pages] = descriptor = os.dup(file.fileno())
    finalize(pages, os.close, descriptor)
    return np.ndarray(shape, np.uint8, pages, offset)


def take_rows(rows: Array, indices: NDArray[np.integer[Any]], out: Array) -> None:
    """Write ``rows[indices]`` into ``out``: (n, features), (m,) and (m, features).

    All are in C order, ``rows`` and ``out`` of one dtype. Indices must be in range. Raises
    ``DatasetError`` where a large file has become shorter since it was mapped.
    """
    pages = _map_of(rows)
    descriptor = None
    if pages is not None and len(pages) >= LARGE_FILE_BYTES and hasattr(os, "preadv"):
        descriptor = _descriptors.get(pages)
    if pages is None or descriptor is None:
        rows.take(indices, 0, out, "clip")  # the mode that does not allocate
        return
    first = rows.ctypes.data - np.frombuffer(pages, np.uint8).ctypes.data
    places = first + indices.astype(np.int64) * rows.strides[0]
    for row, place in zip(out, places.tolist(), strict=True):
        if os.preadv(descriptor, (row,), place) != row.nbytes:
            raise DatasetError(
                f"a file of {len(pages):,} bytes became shorter while it was read. Is something "
                "else writing to it? Put the whole file back and start again."
            )


def release_pages(array: Array) -> None:
    """Give back the memory that pages read of a large memory-mapped file take.

    The system keeps them as long as it has room, and reads them again where it has not. Nothing
    happens where ``array`` is no view of such a file, or its map can be written to: what was
    written to a private one is nowhere else.
    """
    pages = _map_of(array)
    if (
        pages is not None
        and len(pages) >= LARGE_FILE_BYTES
        and memoryview(pages).readonly  # the map's own word: a view says less
        and hasattr(mmap, "MADV_DONTNEED")
    ):
        pages.madvise(mmap.MADV_DONTNEED)


def _map_of(array: Array) -> mmap.mmap | None:
    """Return the map of a file that ``array`` is a view of; None where it is none."""
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    return base if isinstance(base, mmap.mmap) else None
