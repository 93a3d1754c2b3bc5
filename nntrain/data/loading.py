"""Loading: a name or a path -> a Dataset, from the cache, by download, drawn, or from files.

The validation examples are the last sixth of the training file (the last 10,000 of MNIST's
60,000). Every choice is made on them; the test examples choose nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nntrain.data.arrays import FourArrays, check_examples
from nntrain.data.cache import cached_arrays
from nntrain.data.catalogue import (
    CATALOGUE,
    DIGITS,
    RAW_NAMES,
    ROLES,
    CatalogueEntry,
    Role,
    download_command,
)
from nntrain.data.dataset import AUTO, AUTO_MEANS, Dataset, Split, known_names
from nntrain.data.download import SILENT, DownloadReport
from nntrain.data.local import read_path
from nntrain.data.synthetic import NAME as SYNTHETIC
from nntrain.data.synthetic import TITLE as SYNTHETIC_TITLE
from nntrain.data.synthetic import drawn_arrays, drawn_folder
from nntrain.errors import DatasetError, DownloadError, SettingsError, did_you_mean


def load(
    name_or_path: str,
    data_dir: Path,
    *,
    offline: bool = False,
    mirrors: Sequence[str] = (),
    report: DownloadReport = SILENT,
) -> Dataset:
    """Return the dataset of this name, or the one in this folder or ``.npz`` file.

    ``auto`` is MNIST, or the synthetic digits (with the reason) if MNIST cannot be downloaded. A
    name from the catalogue is never substituted. Raises SettingsError for an unknown name,
    DownloadError if every mirror fails, DatasetError for damaged files and disk errors.
    """
    if name_or_path == SYNTHETIC:
        return _synthetic(data_dir, report)
    if name_or_path == AUTO or name_or_path in CATALOGUE:
        entry = CATALOGUE[AUTO_MEANS if name_or_path == AUTO else name_or_path]
        try:
            return load_entry(entry, data_dir, offline=offline, mirrors=mirrors, report=report)
        except DownloadError as error:
            if name_or_path != AUTO:
                raise
            return replace(_synthetic(data_dir, report), substituted_because=str(error))
    return _from_path(name_or_path)


def load_entry(
    entry: CatalogueEntry,
    data_dir: Path,
    *,
    offline: bool = False,
    mirrors: Sequence[str] = (),
    report: DownloadReport = SILENT,
) -> Dataset:
    """Return the dataset that a catalogue entry describes, from the cache or by download."""
    arrays = cached_arrays(entry, data_dir, offline=offline, mirrors=mirrors, report=report)
    folder = data_dir / entry.name
    origins: dict[Role, object] = {file.role: folder / file.raw_name for file in entry.files}
    try:
        return _dataset(
            arrays, origins, entry.name, entry.title, entry.classes, entry.image_shape, folder
        )
    except DatasetError as error:
        raise DatasetError(
            f"{error} Or repair the cache with: {download_command(entry.name, data_dir)}"
        ) from error


def _synthetic(data_dir: Path, report: DownloadReport) -> Dataset:
    arrays, folder = drawn_arrays(data_dir, report), drawn_folder(data_dir)
    origins = {role: folder / RAW_NAMES[role] for role in ROLES}
    drawn = _dataset(arrays, origins, SYNTHETIC, SYNTHETIC_TITLE, DIGITS, (28, 28), folder)
    return replace(drawn, synthetic=True)


def _from_path(given: str) -> Dataset:
    arrays, origins, path = read_given(given)
    # Such a dataset does not name its classes, so they are numbered.
    class_count = int(arrays.train_labels.max(initial=0)) + 1
    classes = tuple(str(label) for label in range(class_count))
    image_shape = arrays.train_images.shape[1:]
    made = _dataset(arrays, origins, given, f"the files in {given}", classes, image_shape, path)
    if class_count < 2:
        raise DatasetError(
            f"{given}: expected at least two classes among the training labels, got only 0. "
            f"With one class there is nothing to learn."
        )
    return made


def read_given(given: str) -> tuple[FourArrays, dict[Role, str], Path]:
    """Return the arrays at a path as typed, the origin of each, and the path itself."""
    try:
        path = Path(given).expanduser()
        there = bool(given) and path.exists()
    except (OSError, RuntimeError, ValueError):
        there = False
    if not there:
        raise SettingsError(
            f"dataset {given!r}: expected one of {', '.join(known_names())}, "
            "or the path of a folder with IDX files or of an .npz file."
            f"{did_you_mean(given.lower(), known_names())}"
        )
    return *read_path(path), path


def _dataset(
    arrays: FourArrays,
    origins: Mapping[Role, object],
    name: str,
    title: str,
    classes: tuple[str, ...],
    image_shape: tuple[int, ...],
    folder: Path,
) -> Dataset:
    check_examples(arrays, origins, class_count=len(classes), image_shape=image_shape)
    n = len(arrays.train_labels)
    train_count = n - n // 6
    return Dataset(
        name=name,
        title=title,
        classes=classes,
        train=Split(arrays.train_images[:train_count], arrays.train_labels[:train_count]),
        validation=Split(arrays.train_images[train_count:], arrays.train_labels[train_count:]),
        test=Split(arrays.test_images, arrays.test_labels),
        folder=folder,
        undivided=Split(arrays.train_images, arrays.train_labels),
    )
