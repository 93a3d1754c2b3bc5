"""Mapped: memory-mapped files, whose pages need not stay in memory if the file is large.

The system may load megabytes around each byte that is read, so random rows soon load the whole
file. It also kills a process that reads beyond the end of a file that was truncated. So rows of a
large file are read with ``preadv`` instead.
"""

import mmap
import os
from collections.abc import Iterator
from math import prod
from typing import Any, BinaryIO, NamedTuple
from weakref import WeakKeyDictionary, finalize

import numpy as np
from numpy.typing import NDArray

from nntrain.errors import DatasetError, in_words

Array = NDArray[Any]

LARGE_FILE_BYTES = 100_000_000
"""From this size on, pages are released and rows are read; MNIST is smaller."""


class _File(NamedTuple):
    """An open file and its name."""

    descriptor: int
    name: str


_files: WeakKeyDictionary[mmap.mmap, _File] = WeakKeyDictionary()
"""The file of each large map made here: a map does not know its file."""


def map_bytes(file: BinaryIO, offset: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return the bytes of ``file`` from ``offset`` on as a read-only uint8 array of ``shape``.

    Raises ``ValueError`` if the file is too short.
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

    ``rows`` and ``out`` have the same dtype, ``out`` is in C order. Indices must be in range.
    Contiguous rows of a large file from ``map_bytes`` are read one by one. Raises
    ``DatasetError`` if that fails, or if the file has become shorter.
    """
    file, first = _place(rows)
    if file is None or rows.strides[1] != rows.itemsize:
        rows.take(indices, 0, out, "clip")  # the mode that allocates nothing
        _release_pages(rows)
        return
    places = first + indices.astype(np.int64) * rows.strides[0]
    for row, place in zip(out, places.tolist(), strict=True):
        _read(file, row, place)


def mapped_bytes(rows: Array) -> int:
    """Return the size of the mapped file that ``rows`` belong to; 0 if they are in memory."""
    pages = _map_of(rows)
    return 0 if pages is None else len(pages)


def chunks(rows: Array, size: int) -> Iterator[tuple[int, Array]]:
    """Yield ``rows`` (n, ...) in chunks, as (index of the first row, at most ``size`` rows).

    A chunk is valid until the next one; do not write to it. If ``rows`` is a contiguous part of a
    large file from ``map_bytes``, chunks are read from the file. Raises ``DatasetError`` as
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


def is_mapped(array: Array) -> bool:
    """Return whether ``array`` is in a memory-mapped file: processes share such memory."""
    return _map_of(array) is not None


def _place(rows: Array) -> tuple[_File | None, int]:
    """Return the large file of ``rows`` and the offset of their first byte; or None and 0."""
    pages = _map_of(rows)
    file = None if pages is None else _files.get(pages)
    if pages is None or file is None:
        return None, 0
    return file, rows.ctypes.data - np.frombuffer(pages, np.uint8).ctypes.data


def _read(file: _File, into: Array, place: int) -> None:
    """Fill ``into`` (C order) with the bytes at ``place``; a read may return only some of them."""
    assert hasattr(os, "preadv")  # on other systems ``map_bytes`` keeps no file open
    rest = into.data.cast("B")
    while rest:
        try:
            count = os.preadv(file.descriptor, (rest,), place)
        except OSError as error:
            raise DatasetError(f"cannot read {file.name}: {error.strerror}.") from error
        if not count:
            raise DatasetError(
                f"{file.name} became shorter while it was read: expected a byte at {place:,}, got "
                f"the end. Is another program writing to it? Restore the whole file and run this "
                f"again{in_words('; continue a training run with --resume', '')}."
            )
        rest, place = rest[count:], place + count


def _release_pages(array: Array) -> None:
    """Release the memory of the pages of a large memory-mapped file.

    The system reads them again when needed. Nothing happens if ``array`` is not a view of such a
    file, or if its map is writable: data written to a private map exists nowhere else.
    """
    pages = _map_of(array)
    if (
        pages is not None
        and len(pages) >= LARGE_FILE_BYTES
        and memoryview(pages).readonly  # of the map: a view may be read-only when it is not
        and hasattr(mmap, "MADV_DONTNEED")
        and hasattr(pages, "madvise")
    ):
        pages.madvise(mmap.MADV_DONTNEED)


def _map_of(array: Array) -> mmap.mmap | None:
    """Return the memory map that ``array`` is a view of, or None."""
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    return base if isinstance(base, mmap.mmap) else None
