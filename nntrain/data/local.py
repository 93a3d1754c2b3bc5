"""Local: a dataset in the user's own files, four IDX files or an ``.npz``, never modified.

The usual names of MNIST's files are recognised, raw or gzipped, and the folders of torchvision
(``ROOT/MNIST/raw/``) and Keras (``fashion-mnist/``, ``mnist.npz``).
"""

import math
import os
import warnings
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nntrain.data import idx
from nntrain.data.arrays import FourArrays
from nntrain.data.catalogue import RAW_NAMES, ROLES, Role
from nntrain.data.disk import disk_errors
from nntrain.data.idx import MAX_BYTES
from nntrain.errors import DatasetError, in_a_line
from nntrain.storage.atomic import open_zip

if TYPE_CHECKING:
    import zipfile

_KERAS_NAME = "mnist.npz"
_DEPTH = 2


def read_path(path: Path) -> tuple[FourArrays, dict[Role, str]]:
    """Return the arrays of the one dataset at or below ``path``, and the origin of each.

    If the folder does not hold the four files itself, exactly one dataset must be at most two
    folders below it. Raises DatasetError if there is none, or several, or a damaged one.
    """
    found = path if path.is_file() else _only_dataset(path)
    if found.is_file():
        if found.suffix != ".npz":
            raise DatasetError(
                f"{found}: expected a folder with four IDX files, or an .npz file; got neither."
            )
        return read_npz(found), {role: f"{found}, {key}" for role, key in KEYS.items()}
    files = idx_files(found)
    arrays = FourArrays(**{role: idx.read(file) for role, file in files.items()})
    return arrays, {role: str(file) for role, file in files.items()}


def idx_files(folder: Path) -> dict[Role, Path]:
    """Return the IDX files directly in ``folder`` by role, raw files before gzipped ones."""
    files: dict[Role, Path] = {}
    for role in ROLES:
        for name in _names(role):
            file = folder / name
            if os.path.isfile(file):  # noqa: PTH113 - Path's raises without permission
                files[role] = file
                break
    return files


def _names(role: Role) -> list[str]:
    published = RAW_NAMES[role]
    names = [published, published.replace("-idx", ".idx")]
    names += [name.replace("t10k-", "test-") for name in names if name.startswith("t10k-")]
    return [name + suffix for suffix in ("", ".gz") for name in names]


def _only_dataset(path: Path) -> Path:
    if len(idx_files(path)) == len(ROLES):
        return path
    with disk_errors("read", path):
        os.scandir(path).close()
    found = _datasets_below(path, _DEPTH)
    if len(found) == 1:
        return found[0]
    if found:
        lines = "\n".join(f"  {candidate}" for candidate in found)
        raise DatasetError(f"{path}: expected one dataset, got several:\n{lines}\nName one.")
    here = idx_files(path)
    missing = ", ".join(RAW_NAMES[role] for role in ROLES if role not in here)
    got = f"only {', '.join(file.name for file in here.values())}" if here else "none of them"
    raise DatasetError(
        f"{path}: expected the four files of a dataset, each raw or .gz, there or at most "
        f"{_DEPTH} folders below; got {got}. Missing: {missing}."
    )


def _datasets_below(folder: Path, depth: int) -> list[Path]:
    """Return every complete IDX folder and ``mnist.npz`` at most ``depth`` folders down."""
    found = [folder] if len(idx_files(folder)) == len(ROLES) else []
    try:
        children = sorted(folder.iterdir())
    except OSError:
        return found
    for child in children:
        # os.path, because Path's methods raise without permission and for a link to itself
        if child.name == _KERAS_NAME and os.path.isfile(child):  # noqa: PTH113 - see above
            found.append(child)
        elif depth and os.path.isdir(child):  # noqa: PTH112 - see above
            found += _datasets_below(child, depth - 1)
    return found


KEYS: dict[Role, str] = {
    "train_images": "x_train",
    "train_labels": "y_train",
    "test_images": "x_test",
    "test_labels": "y_test",
}


def read_npz(path: Path) -> FourArrays:
    """Return the four arrays of an ``.npz`` as read-only uint8.

    Labels may have any integer type if each fits into a byte. Raises DatasetError if an array is
    missing, damaged, of another type or too large.
    """
    try:
        with disk_errors("read", path), open_zip(path) as archive:
            return FourArrays(**{role: _member(archive, key, path) for role, key in KEYS.items()})
    except (DatasetError, MemoryError):
        raise
    except Exception as error:
        # zipfile, zlib and NumPy's header parser raise many types for damaged bytes.
        raise _wrong(path, "an intact .npz file", f"damaged data ({error})") from error


def _member(archive: "zipfile.ZipFile", key: str, path: Path) -> npt.NDArray[np.uint8]:
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
    """Return the shape, whether in Fortran order, and the dtype, from the start of a ``.npy``."""
    version = np.lib.format.read_magic(stream)
    with warnings.catch_warnings():
        # NumPy warns about files written by Python 2, such as Keras's.
        warnings.simplefilter("ignore")
        if version == (1, 0):
            return np.lib.format.read_array_header_1_0(stream)
        return np.lib.format.read_array_header_2_0(stream)


def _wrong(path: Path, expected: str, got: str) -> DatasetError:
    got = in_a_line(got)
    return DatasetError(f"{path}: expected {expected}, got {got}. Replace it with a good copy.")
