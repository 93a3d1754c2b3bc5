"""IDX: four bytes of magic, the dimensions, then the bytes of one array.

The magic is 0, 0, the type (8, unsigned byte, is the only one read here) and the number of
dimensions; each dimension is a big-endian 32-bit number. MNIST's images are 0x00000803 (count,
rows, columns), its labels 0x00000801 (count).

Reading is strict: it checks magic, type, dimensions, the exact length, gzip's checksum, and that
nothing follows. A gzipped file is unpacked into the memory that its header announces, limited by
``MAX_BYTES`` and by deflate's best ratio; reading needs about 2 MiB more. The first bytes of a
file, not its name, tell whether it is gzipped.
"""

import math
import os
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from nntrain.data.disk import disk_errors
from nntrain.errors import DatasetError
from nntrain.storage.atomic import whole_file
from nntrain.storage.mapped import map_bytes

MAX_BYTES = 1 << 30
MAX_DIMENSIONS = 8

_UNSIGNED_BYTE = 8
_GZIP_MAGIC = b"\x1f\x8b"
# Deflate's best ratio: 258 bytes for two bits.
_MAX_EXPANSION = 1032
_INPUT_BYTES = 1 << 14
_OUTPUT_BYTES = 1 << 18

Bytes = npt.NDArray[np.uint8]


def read(path: Path) -> Bytes:
    """Return the array in an IDX file, raw or gzipped, as read-only uint8 of its own shape.

    A raw file is memory-mapped: this takes no time and no memory of its own, and processes share
    its pages. A gzipped file is unpacked into at most ``MAX_BYTES`` of memory. Raises DatasetError
    for anything but exactly one complete IDX array of unsigned bytes.
    """
    with disk_errors("read", path):
        # Checked before it is opened: opening a pipe would wait for a writer.
        if not stat.S_ISREG(path.stat().st_mode):
            raise _wrong(path, "not an ordinary file", "an IDX file", "a folder or a device")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            gzipped = file.read(2) == _GZIP_MAGIC
            file.seek(0)
            if gzipped:
                return _read_gzipped(path, file, size)
            return _read_raw(path, file, size)


def header(shape: tuple[int, ...]) -> bytes:
    """Return the header of an unsigned-byte array of this shape. Raises DatasetError."""
    if not 1 <= len(shape) <= MAX_DIMENSIONS or max(shape) >= 1 << 32:
        raise DatasetError(
            f"cannot store an array of shape {shape} as IDX: "
            f"expected 1 to {MAX_DIMENSIONS} dimensions below 2^32."
        )
    numbers = b"".join(size.to_bytes(4, "big") for size in shape)
    return bytes((0, 0, _UNSIGNED_BYTE, len(shape))) + numbers


def encode(array: Bytes) -> bytes:
    """Return a uint8 array as the bytes of a raw IDX file, in C order."""
    return _checked_header(array) + array.tobytes()


def write(path: Path, array: Bytes) -> None:
    """Write a uint8 array as a raw IDX file that appears whole or not at all.

    Creates the folder if it is missing. Raises DatasetError if the array is not uint8 or the disk
    fails; no temporary file remains.
    """
    head = _checked_header(array)
    with disk_errors("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.write(head)
            file.write(np.ascontiguousarray(array).data)


def _checked_header(array: Bytes) -> bytes:
    if array.dtype != np.uint8:
        raise DatasetError(f"cannot store {array.dtype} as IDX: expected uint8.")
    return header(array.shape)


def _read_raw(path: Path, file: BinaryIO, size: int) -> Bytes:
    head = file.read(4 + 4 * MAX_DIMENSIONS)
    shape = _parse_header(path, head)
    offset = 4 + 4 * len(shape)
    expected = offset + math.prod(shape)
    if size != expected:
        raise _wrong(path, "wrong length", f"{expected} bytes for shape {shape}", f"{size} bytes")
    if size == offset:
        array = np.empty(shape, np.uint8)
        array.flags.writeable = False
        return array
    try:
        return map_bytes(file, offset, shape)
    except ValueError as error:  # another process shortened it after its size was read
        raise _wrong(path, "wrong length", f"{expected} bytes", str(error)) from error


def _read_gzipped(path: Path, file: BinaryIO, size: int) -> Bytes:
    try:
        pieces = _unpacked(path, file)
        head = bytearray(next(pieces, b""))
        while len(head) < 4 + 4 * MAX_DIMENSIONS and (piece := next(pieces, b"")):
            head += piece
        shape = _parse_header(path, bytes(head[: 4 + 4 * MAX_DIMENSIONS]))
        offset, count = 4 + 4 * len(shape), math.prod(shape)
        bound = min(MAX_BYTES, _MAX_EXPANSION * size)
        if offset + count > bound:
            raise _wrong(
                path, "announced size", f"at most {bound} bytes", f"{offset + count} bytes"
            )
        array = np.empty(count, np.uint8)
        _fill(path, array, bytes(head[offset:]), pieces)
    except zlib.error as error:
        raise _wrong(path, "damaged gzip data", "an intact file", str(error)) from error
    array = array.reshape(shape)
    array.flags.writeable = False
    return array


def _fill(path: Path, array: Bytes, first: bytes, rest: Iterator[bytes]) -> None:
    """Copy the pieces into ``array`` (flat, overwritten); they must fill it exactly."""
    filled, piece = 0, first
    while True:
        end = filled + len(piece)
        if end > array.size:
            raise _wrong(path, "wrong length", f"{array.size} bytes of data", "more")
        array[filled:end] = np.frombuffer(piece, np.uint8)
        filled = end
        try:
            piece = next(rest)
        except StopIteration:
            break
    if filled != array.size:
        raise _wrong(path, "wrong length", f"{array.size} bytes of data", f"{filled}")


def _unpacked(path: Path, file: BinaryIO) -> Iterator[bytes]:
    """Yield the unpacked bytes of a gzip file, at most 256 KiB at a time; zlib checks the CRC."""
    inflater = zlib.decompressobj(wbits=31)
    while not inflater.eof:
        packed = inflater.unconsumed_tail or file.read(_INPUT_BYTES)
        piece = inflater.decompress(packed, _OUTPUT_BYTES)
        if not packed and not piece:
            raise _wrong(path, "cut short", "a complete gzip file", "only its beginning")
        if piece:
            yield piece
    if inflater.unused_data or file.read(1):
        raise _wrong(path, "bytes after the end of the gzip data", "none", "some")


def _parse_header(path: Path, head: bytes) -> tuple[int, ...]:
    """Return the dimensions; ``head`` is the first 36 unpacked bytes, or all of them."""
    if len(head) < 4 or head[:2] != b"\0\0":
        got = f"the bytes {head[:4].hex(' ')!r}" if head else "an empty file"
        if head.lstrip()[:1] == b"<":
            got = "what looks like an HTML page"
        raise _wrong(path, "not an IDX file", "the bytes 00 00 08 and dimensions", got)
    if head[2] != _UNSIGNED_BYTE:
        raise _wrong(path, "not unsigned bytes", "type 0x08", f"type {head[2]:#04x}")
    dimensions = head[3]
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        raise _wrong(path, "bad number of dimensions", f"1 to {MAX_DIMENSIONS}", str(dimensions))
    if len(head) < 4 + 4 * dimensions:
        raise _wrong(path, "cut short", f"{dimensions} dimensions", f"{len(head)} bytes in all")
    shape = tuple(int.from_bytes(head[4 * i : 4 * i + 4], "big") for i in range(1, dimensions + 1))
    # If a dimension is 0, the others could be anything; NumPy addresses 2^63 bytes.
    if math.prod(max(size, 1) for size in shape) >= 1 << 63:
        raise _wrong(path, "impossible dimensions", "fewer than 2^63 bytes", str(shape))
    return shape


def _wrong(path: Path, problem: str, expected: str, got: str) -> DatasetError:
    return DatasetError(
        f"{path}: {problem}: expected {expected}, got {got}. Replace it with a good copy; for a "
        "dataset listed by `nntrain data list`, remove it and run `nntrain data download`."
    )
