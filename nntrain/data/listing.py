"""Listing: datasets with the state of their caches, and the examples to show."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.data import synthetic
from nntrain.data.augment import Distorter
from nntrain.data.cache import cached_state
from nntrain.data.catalogue import CATALOGUE, DIGITS
from nntrain.data.dataset import Dataset
from nntrain.errors import SettingsError, did_you_mean
from nntrain.settings.distortions import Distortions

VERSIONS = 5
"""Distorted versions of an image: with the original, two rows of an 80-column terminal."""


def list_datasets(data_dir: Path) -> list[dict[str, Any]]:
    """Return a row per known dataset: name, title, classes, download_bytes, state of its cache."""
    rows: list[dict[str, Any]] = [
        {
            "name": entry.name,
            "title": entry.title,
            "classes": list(entry.classes),
            "download_bytes": sum(file.size_bytes for file in entry.files),
            "state": cached_state(entry, data_dir),
        }
        for entry in CATALOGUE.values()
    ]
    complete = synthetic.kept_arrays(synthetic.drawn_folder(data_dir)) is not None
    rows.append(
        {
            "name": synthetic.NAME,
            "title": synthetic.TITLE,
            "classes": list(DIGITS),
            "download_bytes": 0,
            "state": "complete" if complete else "absent",
        }
    )
    return rows


def select_examples(
    dataset: Dataset, split: str, start: int, count: int, label: str | None
) -> list[int]:
    """Return up to ``count`` indices into ``split`` from ``start``, of class ``label`` if given.

    Raises ``SettingsError`` for an unknown class, or if no example is left.
    """
    labels = dataset.split(split).labels[start:]
    if label is not None and label not in dataset.classes:
        raise SettingsError(
            f"--class {label}: {dataset.name} has the classes {', '.join(dataset.classes)}."
            f"{did_you_mean(label, dataset.classes)}"
        )
    wanted = np.ones(len(labels), bool)
    if label is not None:
        wanted = labels == dataset.classes.index(label)
    indices: list[int] = (np.flatnonzero(wanted)[:count] + start).tolist()
    if not indices:
        raise SettingsError(
            f"--start {start}: the {split} part of {dataset.name} has "
            f"{len(dataset.split(split).labels):,} examples, none matching from {start} on."
        )
    return indices


def distorted_versions(
    images: NDArray[np.uint8], distortions: Distortions, seed: int
) -> NDArray[np.uint8]:
    """Return ``VERSIONS`` distorted versions of each of ``images (n, rows, columns)``.

    The result is uint8 (n, VERSIONS, rows, columns). The versions of an image do not depend on the
    images after it.
    """
    n, rows, columns = images.shape
    repeated = np.repeat(images, VERSIONS, axis=0)
    distorter = Distorter(distortions, (rows, columns))
    versions = distorter.distort(repeated, np.random.default_rng(seed))
    return versions.reshape(n, VERSIONS, rows, columns)
