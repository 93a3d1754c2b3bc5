"""An enlarged dataset: copies of the training images, each copy shifted a little."""

import os
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.data import idx
from nntrain.data.dataset import Dataset

REACH = 2
SHIFTS = sorted(product(range(-REACH, REACH + 1), repeat=2), key=lambda s: abs(s[0]) + abs(s[1]))
"""(rows down, columns right) of each copy in turn, from (0, 0) to two pixels along both axes."""


def write_enlarged(dataset: Dataset, count: int, folder: Path) -> Path:
    """Write four IDX files with ``count`` training images, as a stream; return the folder."""
    folder.mkdir(parents=True)
    images = np.concatenate([dataset.train.images, dataset.validation.images])
    labels = np.concatenate([dataset.train.labels, dataset.validation.labels])
    _write(folder / "train-images-idx3-ubyte", images, count, shift=True)
    _write(folder / "train-labels-idx1-ubyte", labels, count, shift=False)
    idx.write(folder / "t10k-images-idx3-ubyte", dataset.test.images)
    idx.write(folder / "t10k-labels-idx1-ubyte", dataset.test.labels)
    return folder


def _write(path: Path, array: NDArray[Any], count: int, shift: bool) -> None:
    with path.open("wb") as file:
        file.write(idx.header((count, *array.shape[1:])))
        for number, start in enumerate(range(0, count, len(array))):
            some = array[: count - start]
            by = SHIFTS[number % len(SHIFTS)]
            file.write(np.ascontiguousarray(shifted(some, *by) if shift else some).data)
        file.flush()
        os.fsync(file.fileno())  # before anything is measured


def shifted(images: NDArray[np.uint8], down: int, right: int) -> NDArray[np.uint8]:
    """Return the images (n, rows, columns) shifted by whole pixels and filled up with zeros."""
    padded = np.pad(images, ((0, 0), (REACH, REACH), (REACH, REACH)))
    rows, columns = images.shape[1:]
    top, left = REACH - down, REACH - right
    return padded[:, top : top + rows, left : left + columns]
