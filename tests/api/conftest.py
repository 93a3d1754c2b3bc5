"""A dataset of images in files, a table of a caller's, and runs on both."""

from pathlib import Path

import numpy as np
import pytest

import nntrain
from tests.conftest import make_idx_folder

KINDS = ("setosa", "versicolor", "virginica")


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """500 / 100 / 200 images of 28×28 pixels in files."""
    folder = make_idx_folder(tmp_path_factory.mktemp("api") / "tiny")
    return nntrain.load_dataset(folder)


def rows(n=600, seed=0):
    """Rows of four features, and strings for labels: three clouds that overlap a little."""
    rng = np.random.default_rng(seed)
    which = rng.integers(len(KINDS), size=n)
    centres = np.array([[0, 0, 0, 0], [2, 2, 0, 0], [0, 2, 2, 0]], float)
    return centres[which] + rng.normal(size=(n, 4)), np.array(KINDS)[which]


@pytest.fixture(scope="session")
def table():
    return nntrain.Dataset.from_arrays(*rows(), name="flowers")


@pytest.fixture(scope="session")
def trained(images):
    """A network that learned the images, and still makes errors."""
    run = nntrain.fit(images, hidden=[30], epochs=8, learning_rate=0.01, batch_size=5)
    assert 0.8 < nntrain.evaluate(run).accuracy < 1
    return run


@pytest.fixture(scope="session")
def trained_on_table(table):
    run = nntrain.fit(table, hidden=[20], epochs=5, learning_rate=0.1, batch_size=10)
    assert 0.8 < nntrain.evaluate(run).accuracy < 1
    return run


@pytest.fixture
def inside(tmp_path, monkeypatch):
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return Path()
