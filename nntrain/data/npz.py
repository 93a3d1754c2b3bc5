"""NPZ: a dataset in NumPy's zip of arrays, the form in which Keras keeps MNIST.

It holds ``x_train``, ``y_train``, ``x_test`` and ``y_test``. Nothing in it is ever unpickled,
and an array's announced size is believed only up to ``idx.MAX_BYTES`` and to what the zip holds.
"""

import math
import warnings
import zipfile
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from nntrain.data.arrays import FourArrays
from nntrain.data.catalogue import Role
from nntrain.data.files import disk_errors
from nntrain.data.idx import MAX_BYTES
from nntrain.errors import DatasetError
from nntrain.storage.atomic import open_zip

KEYS: dict[Role, str] = {
    "train_images": "x_train",
    "train_labels": "y_train",
    "test_images": "x_test",
    "test_labels": "y_test",
}


def read_npz(path: Path) -> FourArrays:
    """Return the four arrays of an ``.npz`` as read-only uint8.

    Labels may be of any integer type as long as each fits into a byte. Raises DatasetError if
    an array is missing, damaged, of another type or too large.
    """
    try:
        with disk_errors("read", path), open_zip(path) as archive:
            return FourArrays(**{role: _member(archive, key, path) for role, key in KEYS.items()})
    except DatasetError:
        raise
    except Exception as error:
        # zipfile, zlib and NumPy's header parser raise a dozen types for damaged bytes.
        raise _wrong(path, "a whole .npz file", f"damaged data ({error})") from error


def _member(archive: zipfile.ZipFile, key: str, path: Path) -> npt.NDArray[np.uint8]:
    if f"{key}.npy" not in archive.namelist():
        raise _wrong(path, f"the arrays {', '.join(KEYS.values())}", f"no {key}")
    info = archive.getinfo(f"{key}.npy")
    with archive.open(info) as stream:
        shape, fortran_order, dtype = _header(stream)
        if dtype != np.uint8 and not (key.startswith("y") and dtype.kind in "iu"):
            raise _wrong(path, f"{key} of type uint8", str(dtype))
        size = math.prod(shape) * dtype.itemsize
        if size > min(MAX_BYTES, info.file_size):
            raise _wrong(path, f"{key} of at most {MAX_BYTES} bytes", f"{size}")
        data = stream.read(size)
        if len(data) != size or stream.read(1):
            raise _wrong(path, f"{size} bytes of {key}", "another length")
    array = np.frombuffer(data, dtype).reshape(shape, order="F" if fortran_order else "C")
    if array.dtype != np.uint8:
        if array.size and not (array.min() >= 0 and array.max() <= 255):
            raise _wrong(path, f"{key} from 0 to 255", f"{array.min()} to {array.max()}")
        array = array.astype(np.uint8)
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[np.generic]]:
    """Return shape, whether in Fortran order, and dtype, from the start of a ``.npy``."""
    version = np.lib.format.read_magic(stream)
    with warnings.catch_warnings():
        # Files written by Python 2, as Keras's is, make NumPy suggest saving them again.
        warnings.simplefilter("ignore")
        if version == (1, 0):
            return np.lib.format.read_array_header_1_0(stream)
        return np.lib.format.read_array_header_2_0(stream)


def _wrong(path: Path, expected: str, got: str) -> DatasetError:
    return DatasetError(f"{path}: expected {expected}, got {got}. Replace it with a good copy.")
