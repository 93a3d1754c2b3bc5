"""Dataset: images and labels in three fixed parts, for training, validation and testing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nntrain.data.catalogue import (
    CATALOGUE,
    RAW_NAMES,
    ROLES,
    Role,
    download_command,
)
from nntrain.data.digest import sha256
from nntrain.data.synthetic import NAME as SYNTHETIC
from nntrain.errors import DatasetError, SettingsError, did_you_mean

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
        at most 1,000 different ones: the classes, in ascending order. Lists are taken too, but no
        iterators; True and False are refused as labels: give ``y.astype(int)``.

        Without ``x_test`` and ``y_test``, the share ``test`` of the examples is put aside, at
        random by ``seed`` and equally from each class; without ``x_validation`` and
        ``y_validation``, the share ``validation`` of the others. Parts that are given keep their
        order. A run is saved with ``name``, which must be a plain name, as a run's.

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
