"""Memory-mapped files: what is read of a large one need not stay in memory.

The system maps more than what is touched, up to megabytes around each place, which for rows at
random is soon the whole file; and a process that touches what was cut off a file is ended. So
rows of a large file are read from it.
"""

import mmap
import os
from collections.abc import Iterator
from math import prod
from typing import Any, BinaryIO, NamedTuple
from weakref import WeakKeyDictionary, finalize

import numpy as np
from numpy.typing import NDArray

from nntrain.errors import DatasetError

Array = NDArray[Any]

LARGE_FILE_BYTES = 100_000_000
"""From here on pages are given back and rows are read; MNIST is mapped and stays mapped."""


class _File(NamedTuple):
    """An open file and what it is called."""

    descriptor: int
    name: str


_files: WeakKeyDictionary[mmap.mmap, _File] = WeakKeyDictionary()
"""The file of each large map made here; a map tells no one what it shows."""


def map_bytes(file: BinaryIO, offset: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return the bytes of ``file`` from ``offset`` on as a read-only uint8 array of ``shape``.

    Raises ``ValueError`` where the file is too short.
    """
    pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if len(pages) < offset + prod(shape):
        raise ValueError(f"{len(pages)} bytes")
    if len(pages) >= LARGE_FILE_BYTES and hasattr(os, "preadv"):
        descriptor = os.dup(file.fileno())
        _files[pages] = _File(descriptor, file.name)
        finalize(pages, os.close, descriptor).atexit = False  # a thread may still be reading
    return np.ndarray(shape, np.uint8, pages, offset)


def take_rows(rows: Array, indices: NDArray[np.integer[Any]], out: Array) -> None:
    """Write ``rows[indices]`` into ``out``: (n, features), (m,) and (m, features).

    ``rows`` and ``out`` are of one dtype, ``out`` in C order. Indices must be in range. Rows
    without gaps of a large file from ``map_bytes`` are read one by one. Raises ``DatasetError``
    where that fails, or where the file has become shorter.
    """
    file, first = _place(rows)
    if file is None or rows.strides[1] != rows.itemsize:
        rows.take(indices, 0, out, "clip")  # the mode that does not allocate
        _release_pages(rows)
        return
    places = first + indices.astype(np.int64) * rows.strides[0]
    for row, place in zip(out, places.tolist(), strict=True):
        _read(file, row, place)


def chunks(rows: Array, size: int) -> Iterator[tuple[int, Array]]:
    """Yield ``rows`` (n, ...) from end to end, as (place of the first, at most ``size`` of them).

    A chunk lives until the next one, and is not to be written to. Those of a large file from
    ``map_bytes``, of which ``rows`` are a part without gaps, are read. Raises ``DatasetError`` as
    ``take_rows`` does.
    """
    file, first = _place(rows)
    if file is None or not rows.flags.c_contiguous:
        for start in range(0, len(rows), size):
            yield start, rows[start : start + size]
            _release_pages(rows)
        return
    buffer = np.empty((min(size, len(rows)), *rows.shape[1:]), rows.dtype)
    for start in range(0, len(rows), size):
        chunk = buffer[: len(rows) - start]
        _read(file, chunk.reshape(-1), first + start * rows.strides[0])
        yield start, chunk


def _place(rows: Array) -> tuple[_File | None, int]:
    """Return the large file that ``rows`` are of, and where they begin in it; or None and 0."""
    pages = _map_of(rows)
    file = None if pages is None else _files.get(pages)
    if pages is None or file is None:
        return None, 0
    return file, rows.ctypes.data - np.frombuffer(pages, np.uint8).ctypes.data


def _read(file: _File, into: Array, place: int) -> None:
    """Fill ``into`` (C order) with the bytes at ``place``; one read may bring fewer."""
    rest = into.data.cast("B")
    while rest:
        try:
            count = os.preadv(file.descriptor, (rest,), place)
        except OSError as error:
            raise DatasetError(f"cannot read {file.name}: {error.strerror}.") from error
        if not count:
            raise DatasetError(
                f"{file.name} became shorter while it was read: expected a byte at {place:,}, got "
                "the end. Is something else writing to it? Put the whole file back and run this "
                "again; a training that had begun goes on with --resume."
            )
        rest, place = rest[count:], place + count


def _release_pages(array: Array) -> None:
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
