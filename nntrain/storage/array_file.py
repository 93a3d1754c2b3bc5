"""Array file: named arrays as an uncompressed npz, written whole and read strictly.

NumPy can read such a file without nntrain, and nothing in it is ever unpickled. The sizes that a
file declares are checked against its length: members are stored, not compressed, are together no
longer than the file, and each is one array of exactly the declared size. So reading takes at most
``READING_FACTOR`` times the length of the file plus ``READING_BYTES`` of memory, whatever the file
contains, and for a file written by nntrain only its length.
"""

import errno
import math
import os
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.errors import ModelFileError, UnreadableError, in_a_line
from nntrain.storage.atomic import open_ordinary, open_zip, whole_file

Array = NDArray[Any]

READING_FACTOR = 32
"""The worst case is a zip directory of empty members: Python stores much about each."""

READING_BYTES = 1 << 22
"""The memory that parsing one header may need."""

ENDING = ".npy"
VERSION = (1, 0)
"""Of a member's header; NumPy writes later versions only for arrays with named fields."""

KINDS = "biuf"

END_BYTES = 22
"""The length of a zip's last record, which counts the members, without a comment."""


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write ``arrays`` as an uncompressed npz, whole or not at all; same arrays, same bytes."""
    savez: Any = np.savez  # its type takes the names for its own parameters
    with whole_file(path) as file:
        savez(file, **arrays)


def read_arrays(path: Path) -> dict[str, Array]:
    """Return the arrays in the file ``path``, read-only; bools, integers and floats.

    Raises ``ModelFileError`` if the file is missing, damaged or not written by nntrain,
    ``UnreadableError`` if the system cannot read it.
    """
    try:
        with open_ordinary(path) as file, open_zip(file) as archive:
            members = archive.infolist()
            _check_members(members, os.fstat(file.fileno()).st_size)
            file.seek(-END_BYTES, os.SEEK_END)
            _check_count(file.read(), len(members))
            return {
                member.filename.removesuffix(ENDING): _array(member.filename, archive.read(member))
                for member in members
            }
    except FileNotFoundError as error:
        raise ModelFileError(f"{path} is missing. Was the run interrupted early?") from error
    except MemoryError:
        raise  # not the file's fault: its length limits what is read
    except Exception as error:
        # zipfile, zlib and NumPy's header parser raise many types for damaged bytes
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise UnreadableError(f"Cannot read {path}: {error.strerror}.") from error
        reason = in_a_line(str(error)) or type(error).__name__
        raise ModelFileError(
            f"{path} is damaged or not an nntrain file ({reason}). Train again, or restore it."
        ) from error


def _check_members(members: Iterable[zipfile.ZipInfo], length: int) -> None:
    """Raise ``ValueError`` for members that ``write_arrays`` would not have written."""
    seen, total = set(), 0
    for member in members:
        name = member.filename
        if not (name.endswith(ENDING) and name.isprintable()) or {"/", "\\"} & set(name):
            raise ValueError(f"a member is called {name!r}, expected the plain name of an array")
        if name in seen:
            raise ValueError(f"{name} occurs twice")
        if member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
            raise ValueError(f"{name} is compressed, expected it to be stored")
        seen.add(name)
        total += member.file_size
    if total > length:
        raise ValueError(f"{total:,} bytes are declared in a file of {length:,}")


def _check_count(end: bytes, count: int) -> None:
    """Raise ``ValueError`` unless the zip's last record, ``end``, counts as many members.

    zipfile does not check this: a flipped bit in a length can hide members from it.
    """
    announced = int.from_bytes(end[10:12], "little")
    if not end.startswith(b"PK\x05\x06") or announced != count:
        raise ValueError(f"{count} members, expected {announced}")


def _array(name: str, content: bytes) -> Array:
    """Return the array in the bytes of a ``.npy``, a view of them; raise if it is not one."""
    stream = BytesIO(content)
    version = np.lib.format.read_magic(stream)
    if version != VERSION:
        raise ValueError(f"{name} has a header of version {version}, expected {VERSION}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy writes no header that its parser warns about
        shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(stream)
    if dtype.kind not in KINDS or not dtype.isnative:
        raise ValueError(f"{name} is of type {dtype}, expected numbers in this machine's order")
    expected, got = math.prod(shape) * dtype.itemsize, len(content) - stream.tell()
    if expected != got or any(size < 0 for size in shape):
        raise ValueError(f"{name} declares {shape} {dtype}, but {got:,} bytes follow")
    flat = np.frombuffer(content, dtype, offset=stream.tell())
    return flat.reshape(shape, order="F" if fortran_order else "C")
