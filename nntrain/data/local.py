"""Folder: a dataset that the user has already, as four IDX files or an ``.npz``, never written to.

Known are the names under which MNIST's files go round, raw or gzipped, the folders that
torchvision makes (``ROOT/MNIST/raw/``) and those of Keras (``fashion-mnist/``, ``mnist.npz``).
"""

import os
from pathlib import Path

from nntrain.data import idx
from nntrain.data.arrays import FourArrays
from nntrain.data.catalogue import RAW_NAMES, ROLES, Role
from nntrain.data.files import disk_errors
from nntrain.errors import DatasetError

_KERAS_NAME = "mnist.npz"
_DEPTH = 2


def read_path(path: Path) -> tuple[FourArrays, dict[Role, str]]:
    """Return the arrays of the one dataset at or below ``path``, and where each came from.

    A folder that holds the four files is taken as it is; otherwise exactly one dataset must
    lie up to two folders below. Raises DatasetError if there is none, several, or a bad one.
    """
    found = path if path.is_file() else _only_dataset(path)
    if found.is_file():
        if found.suffix != ".npz":
            raise DatasetError(
                f"{found}: expected a folder with four IDX files, or an .npz file; got neither."
            )
        from nntrain.data.npz import KEYS, read_npz

        return read_npz(found), {role: f"{found}, {key}" for role, key in KEYS.items()}
    files = idx_files(found)
    arrays = FourArrays(**{role: idx.read(file) for role, file in files.items()})
    return arrays, {role: str(file) for role, file in files.items()}


def idx_files(folder: Path) -> dict[Role, Path]:
    """Return the IDX files directly in ``folder`` by role; of several forms, raw first."""
    files: dict[Role, Path] = {}
    for role in ROLES:
        for name in _names(role):
            file = folder / name
            if os.path.isfile(file):  # noqa: PTH113 - Path's raises where it may not look
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
        f"{path}: expected the four files of a dataset, each raw or .gz, there or up to "
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
        # os.path's, for Path's raise where they may not look and at a link to itself
        if child.name == _KERAS_NAME and os.path.isfile(child):  # noqa: PTH113 - see above
            found.append(child)
        elif depth and os.path.isdir(child):  # noqa: PTH112 - see above
            found += _datasets_below(child, depth - 1)
    return found
