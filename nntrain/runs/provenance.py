"""The origin of a run: versions, seed, threads, git state of the code, hashes of the data."""

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from nntrain import __version__
from nntrain.data.dataset import Dataset
from nntrain.data.download.mirrors import without_password
from nntrain.data.own_arrays import LARGEST_INPUT
from nntrain.data.scale import Scale
from nntrain.nn import engine
from nntrain.nn.blas import kernels_set, threads_set
from nntrain.settings.fit import FitSettings

SCHEMA = "nntrain/provenance/1"
LABELS, INPUTS, RANGE, PICTURED = "labels", "inputs", "range", "pictured"
"""Keys of a run on a caller's arrays: its labels in order, what its inputs are, the smallest and
largest of them, and rows and columns if they are images, else None."""
OF_ARRAYS = LABELS, INPUTS, RANGE, PICTURED
PIXELS, NUMBERS = "pixels", "numbers"
"""What they are: uint8, which the network scales, or numbers that it takes as they are."""


def collect(settings: FitSettings, dataset: Dataset, training_examples: int) -> dict[str, Any]:
    """Return the provenance of work that is about to start, as JSON-able types.

    Raises ``DatasetError`` if the files do not have the hashes of the dataset's name.
    """
    sha256 = dataset.sha256()
    dataset.check_sha256(sha256)
    return {
        **_program(),
        "engine": settings.engine,
        "seed": settings.seed,
        "dataset": dataset.name,
        "dataset_title": dataset.title,
        "synthetic": dataset.synthetic,
        "substituted_because": dataset.substituted_because,
        "training_examples": training_examples,
        "sha256": sha256,
        **of_arrays(dataset),
    }


def of_arrays(dataset: Dataset) -> dict[str, Any]:
    """Return what a caller's arrays have and no name stands for: labels, and kind of inputs."""
    if dataset.own_labels is None:
        return {}
    images = dataset.train.images
    return {
        LABELS: list(dataset.own_labels),
        INPUTS: PIXELS if dataset.scaled else NUMBERS,
        RANGE: [images.min().item(), images.max().item()],
        PICTURED: list(dataset.image_shape) if dataset.pictured else None,
    }


def trained_on_arrays(origin: Mapping[str, Any]) -> bool:
    """Whether a run of this ``origin`` was trained on a caller's arrays, which are not saved."""
    return LABELS in origin


def scale_of_training(origin: Mapping[str, Any]) -> Scale | None:
    """Return what the inputs of the training were; None for networks from elsewhere."""
    if not trained_on_arrays(origin):
        return Scale(True, 0, 255) if "training_examples" in origin else None  # files
    found: Any = origin.get(RANGE)
    known = isinstance(found, list) and len(found) == 2
    numbers = known and all(
        type(value) in (int, float) and abs(value) <= LARGEST_INPUT for value in found
    )
    return Scale(origin.get(INPUTS) != NUMBERS, *(map(float, found) if numbers else ()))


def of_import(path: Path, sha256: str) -> dict[str, Any]:
    """Return the provenance of a run that holds the network in the file ``path``."""
    return {**_program(), "imported_from": str(path), "imported_sha256": sha256}


def _program() -> dict[str, Any]:
    """Return the running program, its machine and its start."""
    return {
        "schema": SCHEMA,
        "started": datetime.now(UTC).isoformat(timespec="microseconds"),
        "command": [without_password(word) for word in sys.argv],
        "nntrain": __version__,
        "git": _git_state(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "numba": engine.versions(),
        "blas": _blas(),
        "blas_threads": threads_set(),
        "blas_kernels": kernels_set(),
    }


def _blas() -> str:
    """Return the name and version of the BLAS that NumPy was built with."""
    config: Any = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    return f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()


@cache
def _git_state() -> dict[str, Any] | None:
    """Return commit and dirtiness when nntrain runs from a git checkout, else None.

    Read once, for the code that this process has loaded.
    """
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    try:
        commit = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no", "--", "nntrain")
    except (OSError, subprocess.SubprocessError):
        return None
    return {"commit": commit, "changed": bool(changed)}


def _git(root: Path, *words: str) -> str:
    command = ["git", "-C", str(root), *words]
    done = subprocess.run(command, capture_output=True, timeout=5, check=True)
    return done.stdout.decode(errors="replace").strip()
