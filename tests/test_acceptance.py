"""The main job on the real 70,000 digits, with a fixed seed and a floor under the accuracy."""

import json

import pytest

from nntrain.data import idx
from nntrain.data.catalogue import CATALOGUE
from tests.cli.helpers import process


@pytest.fixture(scope="module")
def home(real_mnist, tmp_path_factory):
    """A working directory whose cache holds the real files."""
    home = tmp_path_factory.mktemp("home")
    cache = home / "data" / "mnist"
    cache.mkdir(parents=True)
    for file in CATALOGUE["mnist"].files:
        idx.write(cache / file.raw_name, idx.read(real_mnist / file.name))
    return home


def test_the_bare_command_reaches_98_percent_of_the_test_set(home):
    done = process("fit", "--json", "--name", "bare", cwd=home)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["settings"]["dataset"] == "mnist"
    assert document["evaluation"]["n"] == 10_000
    assert document["evaluation"]["accuracy"]["estimate"] >= 0.98
    training = sum(epoch["seconds"] for epoch in document["history"])
    assert training < 60  # about 5 s on two idle cores; a hanging BLAS takes minutes


def test_the_split_is_the_books(home):
    process("fit", "--epochs", "1", "--name", "split", "-q", cwd=home)
    sizes = {}
    for split in ("train", "validation", "test"):
        done = process("evaluate", "split", "--split", split, "--json", cwd=home)
        sizes[split] = json.loads(done.stdout)["n"]
    assert sizes == {"train": 50_000, "validation": 10_000, "test": 10_000}


@pytest.mark.slow
def test_synthetic_digits_teach_a_network_to_read_real_ones(home):
    """The figure itself, 94.7 %, is measured by ``python -m benchmarks synthetic``."""
    words = ["--hidden", "100", "--batch-size", "50", "--learning-rate", "0.05", "--epochs", "20"]
    process("fit", "--dataset", "synthetic", *words, "--name", "drawn", "-q", cwd=home)
    done = process("evaluate", "drawn", "--dataset", "mnist", "--json", cwd=home)
    assert json.loads(done.stdout)["accuracy"]["estimate"] >= 0.85
