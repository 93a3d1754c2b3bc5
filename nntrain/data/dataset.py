"""Dataset: images and labels in three fixed parts, for training, validation and testing.

``load`` loads a dataset by name (from the cache or by download), draws the synthetic one, or
reads the user's own files. The validation examples are the last sixth of the training file (the
last 10,000 of MNIST's 60,000). Every choice is made on them; the test examples choose nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

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
from nntrain.data.digest import sha256
from nntrain.data.download import SILENT, DownloadReport
from nntrain.data.local import read_path
from nntrain.data.synthetic import NAME as SYNTHETIC
from nntrain.data.synthetic import TITLE as SYNTHETIC_TITLE
from nntrain.data.synthetic import drawn_arrays, drawn_folder
from nntrain.errors import DatasetError, DownloadError, SettingsError, did_you_mean

AUTO = "auto"
AUTO_MEANS = "mnist"


class Split(NamedTuple):
    """Examples: ``images`` (n, rows, columns), ``labels`` integers (n,); read only.

    Both are uint8 in files. A caller's images may be floats; rows of features, which are no
    images, are (n, 1, features).
    """

    images: npt.NDArray[Any]
    labels: npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Dataset:
    """A dataset ready for use; the arrays of raw files are views of memory maps.

    ``train``, ``validation`` and ``test`` are pairs (``images``, ``labels``): (n, rows, columns),
    or (n, 1, features) for rows of features, and (n,) integers 0, 1, …, which ``classes`` names in
    order. ``substituted_because`` is the reason why
    synthetic digits replace MNIST. ``undivided`` has the arrays of which ``train`` and
    ``validation`` are views, if such arrays exist. ``own_labels`` are the labels of a caller's
    arrays, in the order of ``classes``; None for a dataset in files. ``pictured``: whether the
    examples are images.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    train: Split
    validation: Split
    test: Split
    folder: Path
    synthetic: bool = False
    substituted_because: str | None = None
    undivided: Split | None = None
    own_labels: tuple[int | str, ...] | None = None
    pictured: bool = True

    @classmethod
    def from_arrays(
        cls,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        x_validation: npt.ArrayLike | None = None,
        y_validation: npt.ArrayLike | None = None,
        x_test: npt.ArrayLike | None = None,
        y_test: npt.ArrayLike | None = None,
        validation: float = 1 / 6,
        test: float = 1 / 6,
        seed: int = 0,
        name: str = "arrays",
    ) -> "Dataset":
        """Return a dataset of your own arrays, which are copied.

        ``x`` is (n, features) or (n, rows, columns): uint8 pixels, which the network divides by
        255, or other numbers, which are used as they are. ``y`` (n,) has whole numbers or strings,
        at most 1,000 different ones: the classes, in ascending order. Lists are taken too.

        Without ``x_test`` and ``y_test``, the share ``test`` of the examples is put aside, at
        random by ``seed`` and equally from each class; without ``x_validation`` and
        ``y_validation``, the share ``validation`` of the others. A run is saved with ``name``.

        Warns (``UserWarning``) of floats that look like pixels from 0 to 255. Raises
        ``DatasetError`` if arrays are empty, of another shape or width, have NaN or missing, too
        many, one-hot or float labels, or labels that no training example has.
        """
        from nntrain.data.from_arrays import from_arrays

        return from_arrays(
            (x, y),
            (x_validation, y_validation),
            (x_test, y_test),
            (validation, test),
            seed,
            name,
        )

    def __repr__(self) -> str:
        """Return the dataset in one line."""
        parts = {"training": self.train, "validation": self.validation, "test": self.test}
        counts = ", ".join(f"{len(split.labels):,} {part}" for part, split in parts.items())
        rows, columns = self.image_shape
        what = f"images of {rows}×{columns} pixels" if self.pictured else f"rows of {columns}"
        what += "" if self.pictured else " features"
        return f"<Dataset {self.name!r}: {counts} {what}, {len(self.classes)} classes>"

    @property
    def scaled(self) -> bool:
        """Whether the inputs are pixels as bytes, which the network scales from 0..255 to 0..1."""
        return self.train.images.dtype == np.uint8

    @property
    def distortable(self) -> bool:
        """Whether the examples can be distorted in training: images of pixels as bytes."""
        return self.pictured and self.scaled

    @property
    def image_shape(self) -> tuple[int, int]:
        """Rows and columns of an image."""
        _, rows, columns = self.train.images.shape
        return rows, columns

    def split(self, name: str) -> Split:
        """Return the part called ``train``, ``validation`` or ``test``; else SettingsError."""
        parts = {"train": self.train, "validation": self.validation, "test": self.test}
        if name not in parts:
            raise SettingsError(
                f"split {name!r}: expected one of {', '.join(parts)}.{did_you_mean(name, parts)}"
            )
        return parts[name]

    def to_train_on(self, which: str) -> Split:
        """Return the training examples; for ``all``, with the validation examples."""
        if which != "all":
            return self.train
        if self.undivided is not None:
            return self.undivided
        return Split(*map(np.concatenate, zip(self.train, self.validation, strict=True)))

    @property
    def lasting_name(self) -> str:
        """The name, or for the user's own files the absolute path: valid in any directory."""
        named = self.name in known_names() or self.own_labels is not None
        return self.name if named else str(self.folder.absolute())

    def check_sha256(self, found: Mapping[str, str]) -> None:
        """Raise DatasetError if ``found``, from ``sha256()``, differs from the catalogue."""
        entry = CATALOGUE.get(self.name)
        for file in entry.files if entry else ():
            got = found[RAW_NAMES[file.role]]
            if file.raw_sha256 not in (None, got):
                raise DatasetError(
                    f"{self.folder / file.raw_name} is damaged: expected SHA-256 "
                    f"{file.raw_sha256}, got {got}. "
                    f"Repair it with: {download_command(self.name, self.folder.parent)}"
                )

    def sha256(self) -> dict[str, str]:
        """Return the SHA-256 of each of the four arrays as a raw IDX file, by the file's name.

        Raises ``DatasetError`` if a large file cannot be read.
        """
        pieces: dict[Role, tuple[npt.NDArray[Any], ...]] = {
            "train_images": (self.train.images, self.validation.images),
            "train_labels": (self.train.labels, self.validation.labels),
            "test_images": (self.test.images,),
            "test_labels": (self.test.labels,),
        }
        return {RAW_NAMES[role]: sha256(pieces[role]) for role in ROLES}


def known_names() -> tuple[str, ...]:
    """Return the name of every dataset, ``auto`` first."""
    return (AUTO, *CATALOGUE, SYNTHETIC)


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
