"""Datasets by name, or in the caller's files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nntrain.data.dataset import Dataset, known_names
from nntrain.data.loading import load
from nntrain.errors import NntrainError, in_a_line, warn


def load_dataset(
    name: str = "auto",
    *,
    data_dir: str | Path = "data",
    offline: bool = False,
    mirrors: str | Sequence[str] = (),
) -> Dataset:
    """Return a dataset: ``mnist``, ``fashion-mnist``, ``kmnist``, ``synthetic``, or in files.

    ``name`` may also be the path of a folder with IDX files or of an ``.npz`` file. ``auto`` is
    MNIST, or synthetic digits with a warning (``UserWarning``) if it cannot be downloaded.
    A dataset that ``data_dir`` lacks is downloaded into it, from ``mirrors`` if there are any (an
    address or a list of them), unless ``offline``; the synthetic one is drawn there. Images are
    uint8 (n, rows, columns), of a training, a validation and a test part.

    Raises ``SettingsError`` for an unknown name, ``DownloadError`` if every mirror fails, and
    ``DatasetError`` for damaged files.
    """
    addresses = (mirrors,) if isinstance(mirrors, str) else mirrors
    found = load(str(name), Path(data_dir), offline=offline, mirrors=addresses)
    if found.substituted_because:
        reason = in_a_line(found.substituted_because)
        warn(f"This is not MNIST but {found.title}. {reason}")
    return found


def expect_dataset(dataset: object) -> Dataset:
    """Return ``dataset``; raise ``NntrainError`` if it is something else."""
    if isinstance(dataset, Dataset):
        return dataset
    hint = f": load_dataset({dataset!r})" if isinstance(dataset, str) else ""
    raise NntrainError(
        f"dataset: expected a Dataset, got {in_a_line(type(dataset).__name__)}. Make one with "
        f"nntrain.load_dataset or nntrain.Dataset.from_arrays{hint}."
    )


def where(dataset: Dataset) -> dict[str, Any]:
    """Return the settings from which the dataset can be loaded again, in any directory."""
    found = {"dataset": dataset.lasting_name}
    if dataset.name in known_names():
        folder = dataset.folder.parent if dataset.synthetic else dataset.folder
        found["data_dir"] = str(folder.parent.absolute())
    return found
