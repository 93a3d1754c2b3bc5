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

_files: WeakKeyDictionary[mmap.mmap, tuple[int, str]] = WeakKeyDictionary()
"""An open file and its name for each large map made here; a map tells no one what it shows."""


def map_bytes(file: BinaryIO, offset: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return the bytes of ``file`` from ``offset`` on as a read-only uint8 array of ``shape``.

    Raises ``ValueError`` where the file is too short.
    """
    pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if len(pages) < offset + prod(shape):
        raise ValueError(f"{len(pages)} bytes")
    if len(pages) >= LARGE_FILE_BYTES and hasattr(os, "preadv"):
        descriptor = os.dup(file.fileno())
        _files[pages] = descriptor, file.name
        finalize(pages, os.close, descriptor).atexit = False  # a thread may still be reading
    return np.ndarray(shape, np.uint8, pages, offset)


def take_rows(rows: Array, indices: NDArray[np.integer[Any]], out: Array) -> None:
    """Write ``rows[indices]`` into ``out``: (n, features), (m,) and (m, features).

    ``rows`` and ``out`` are of one dtype, ``out`` in C order. Indices must be in range. Rows of a
    large file from ``map_bytes`` are read one by one. Raises ``DatasetError`` where that fails, or
    where the file has become shorter.
    """
    pages = _map_of(rows)
    file = None if pages is None else _files.get(pages)
    if pages is None or file is None or rows.strides[1] != rows.itemsize:
        rows.take(indices, 0, out, "clip")  # the mode that does not allocate
        release_pages(rows)
        return
    first = rows.ctypes.data - np.frombuffer(pages, np.uint8).ctypes.data
    places = first + indices.astype(np.int64) * rows.strides[0]
    for row, place in zip(out, places.tolist(), strict=True):
        _read(*file, memoryview(row).cast("B"), place)


def _read(descriptor: int, name: str, into: memoryview, place: int) -> None:
    """Fill ``into`` with the bytes at ``place``; a read may bring fewer than it was asked for."""
    while into:
        try:
            count = os.preadv(descriptor, (into,), place)
        except OSError as error:
            raise DatasetError(f"cannot read {name}: {error.strerror}.") from error
        if not count:
            raise DatasetError(
                f"{name} became shorter while it was read: expected a byte at {place:,}, got the "
                "end. Is something else writing to it? Put the whole file back and use --resume."
            )
        into, place = into[count:], place + count


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
