"""What every test may use: a clean environment, a tiny dataset on disk, the real MNIST if here."""

import os
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import settings

from nntrain.data import idx
from nntrain.data.catalogue import CATALOGUE
from nntrain.runs import run as runs

# Timings on a loaded machine are no property of the code; and in CI a run that is repeated
# tries the same examples, while everyone else's explores.
settings.register_profile("nntrain", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("nntrain")

REPOSITORY = Path(__file__).parent.parent
MNIST_PLACES = (REPOSITORY / "data" / "mnist", REPOSITORY.parent / "shared" / "mnist")


@pytest.fixture(autouse=True)
def clean_environment():
    """Run each test without the user's variables that matter, and undo what it changes."""
    mattering = ("NNTRAIN_", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(mattering)}
    kept["NNTRAIN_NO_REPORT"] = "1"  # a second each; the tests of the page ask for it
    with mock.patch.dict(os.environ, kept, clear=True):
        yield


def created(*words, **options):
    """Make a run directory and let go of its lock; return the run."""
    with runs.create(*words, **options) as run:
        return run


def make_idx_folder(folder, train=600, test=200, seed=0, classes=10, side=28):
    """Write a small learnable dataset as four raw IDX files: one noisy picture a class."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = np.random.default_rng(99).integers(0, 200, (classes, side, side))
    rng = np.random.default_rng(seed)
    for prefix, count in (("train", train), ("t10k", test)):
        labels = (np.arange(count) % classes).astype(np.uint8)
        rng.shuffle(labels)
        noise = rng.normal(0, 60, (count, side, side))
        images = np.clip(pictures[labels] + noise, 0, 255).astype(np.uint8)
        idx.write(folder / f"{prefix}-images-idx3-ubyte", images)
        idx.write(folder / f"{prefix}-labels-idx1-ubyte", labels)
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A folder with a dataset of 500 / 100 / 200 examples that a small network learns."""
    return make_idx_folder(tmp_path_factory.mktemp("data") / "tiny")


@pytest.fixture(scope="session")
def real_mnist():
    """The folder with the four real MNIST files; skips where they are not."""
    names = [file.name for file in CATALOGUE["mnist"].files]
    for place in MNIST_PLACES:
        if all((place / name).is_file() for name in names):
            return place
    pytest.skip("the real MNIST is not here; get it with: nntrain data download mnist")
