"""What every test may use: a clean environment, a tiny dataset on disk, the real MNIST if here.

The whole suite runs in one process more than there are cores, as tests often wait for a process
or a server; see ``turns.py``.
"""

import gc
import os
import signal
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings, strategies

from nntrain.data import idx
from nntrain.data.catalogue import CATALOGUE
from nntrain.data.loading import load
from nntrain.runs import run as runs
from tests import turns

# Timings on a loaded machine are no property of the code; and in CI a run that is repeated
# tries the same examples, while everyone else's explores.
settings.register_profile("nntrain", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("nntrain")

REPOSITORY = Path(__file__).parent.parent
MNIST_PLACES = (REPOSITORY / "data" / "mnist", REPOSITORY.parent / "shared" / "mnist")
MOST_PROCESSES = 8
"""Each collects all tests first, which takes a few seconds."""


def pytest_configure():
    """Restore SIGINT's effect in a terminal: background jobs ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """Return how many processes run the tests: 0 means this one, best for single files."""
    whole_folders = all(Path(word).is_dir() for word in config.args)
    if not (whole_folders and turns.POSSIBLE):
        return 0
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(cores + 1, MOST_PROCESSES) if cores > 1 else 0


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Tell a process of pytest-xdist where the lock files are."""
    if not hasattr(node.config, "turns"):
        node.config.turns = tempfile.TemporaryDirectory(prefix="turns-")
        node.config.add_cleanup(node.config.turns.cleanup)
    node.workerinput["turns"] = node.config.turns.name


def pytest_collection_modifyitems(items):
    """Mark tests that mount as alone; run slow tests first, and those marked alone last."""
    for item in items:
        if "disks" in item.fixturenames:
            item.add_marker("alone")
    items.sort(key=lambda item: "real_mnist" not in item.fixturenames)
    items.sort(key=lambda item: item.get_closest_marker("alone") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Run a test with its fixtures when it is its turn."""
    folder = getattr(item.config, "workerinput", {}).get("turns")
    alone = item.get_closest_marker("alone") is not None
    with turns.turn(Path(folder), alone) if folder else nullcontext():
        return (yield)


@pytest.fixture(autouse=True)
def clean_environment():
    """Run each test without the user's variables, and undo its changes to the environment."""
    mattering = ("NNTRAIN_", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(mattering)}
    kept["NNTRAIN_NO_REPORT"] = "1"  # a second each; the tests of the page ask for it
    with mock.patch.dict(os.environ, kept, clear=True):
        yield


def created(*words, **options):
    """Make a run directory and release its lock; return the run."""
    with runs.create(*words, **options) as run:
        return run


def make_idx_folder(folder, train=600, test=200, seed=0, classes=10, side=28, box=None):
    """Write a small learnable dataset as four IDX files: noisy copies of one picture per class.

    With a ``box`` there is ink only in a square of this size in the middle.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = np.random.default_rng(99).integers(0, 200, (classes, side, side))
    rng = np.random.default_rng(seed)
    for prefix, count in (("train", train), ("t10k", test)):
        labels = (np.arange(count) % classes).astype(np.uint8)
        rng.shuffle(labels)
        noise = rng.normal(0, 60, (count, side, side))
        images = np.clip(pictures[labels] + noise, 0, 255).astype(np.uint8)
        if box is not None:
            edge = (side - box) // 2
            images = np.pad(
                images[:, edge:-edge, edge:-edge], ((0, 0), (edge, edge), (edge, edge))
            )
        idx.write(folder / f"{prefix}-images-idx3-ubyte", images)
        idx.write(folder / f"{prefix}-labels-idx1-ubyte", labels)
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A folder with a dataset of 500 / 100 / 200 examples that a small network learns."""
    return make_idx_folder(tmp_path_factory.mktemp("data") / "tiny")


@pytest.fixture(scope="session")
def boxed(tmp_path_factory):
    """The same as ``tiny``, in MNIST's normal form: with ink in a box of 20 pixels."""
    return make_idx_folder(tmp_path_factory.mktemp("data") / "boxed", box=20)


@pytest.fixture(scope="session")
def synthetic(request, tmp_path_factory):
    """A data directory with the synthetic digits, not to change: all processes share one."""
    shared = getattr(request.config, "workerinput", {}).get("turns")
    folder = Path(shared or tmp_path_factory.mktemp("data")) / "drawn"
    load("synthetic", folder)
    return folder


@pytest.fixture(scope="session")
def real_mnist():
    """The folder with the four real MNIST files; skips the test if they are missing."""
    names = [file.name for file in CATALOGUE["mnist"].files]
    for place in MNIST_PLACES:
        if all((place / name).is_file() for name in names):
            return place
    pytest.skip("the real MNIST is not here; get it with: nntrain data download mnist")


def pytest_collection_finish():
    """Keep the garbage collector from going through thousands of tests again and again.

    Hypothesis registers its generator with its first test. Old versions then look for references
    to it, and find none among frozen objects, so an empty test runs before the freeze.
    """
    given(strategies.none())(lambda _: None)()
    gc.collect()
    gc.freeze()


@pytest.fixture
def few_cases(monkeypatch):
    """Have ``verify`` check every claim on fewer and smaller cases, for speed."""
    from nntrain.lecture.claims import gradients, test_cases

    monkeypatch.setattr(test_cases, "SHAPES", ((3, 4, 4, 4, 3),))
    monkeypatch.setattr(test_cases, "ROWS", 30)
    monkeypatch.setattr(test_cases, "REAL_ROWS", 50)
    monkeypatch.setattr(gradients, "WEIGHTS_TOUCHED", 0)
    monkeypatch.setattr(gradients, "LEAST_PER_ARRAY", 2)
