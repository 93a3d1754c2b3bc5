"""The main job on the real 70,000 digits, with a fixed seed and a floor under the accuracy."""

import json

import pytest

from nntrain.data import idx
from nntrain.data.catalogue import CATALOGUE
from tests.cli.helpers import process, run_json


@pytest.fixture(scope="module")
def home(real_mnist, tmp_path_factory):
    """A working directory whose cache holds the real files."""
    home = tmp_path_factory.mktemp("home")
    cache = home / "data" / "mnist"
    cache.mkdir(parents=True)
    for file in CATALOGUE["mnist"].files:
        idx.write(cache / file.raw_name, idx.read(real_mnist / file.name))
    return home


@pytest.fixture(scope="module")
def bare(home):
    """The bare command's JSON document about its run."""
    done = process("fit", "--json", "--name", "bare", cwd=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_bare_command_reaches_98_percent_of_the_test_set(bare):
    assert bare["settings"]["dataset"] == "mnist"
    assert bare["evaluation"]["n"] == 10_000
    assert bare["evaluation"]["accuracy"]["estimate"] >= 0.98
    training = sum(epoch["seconds"] for epoch in bare["history"])
    assert training < 60  # about 5 s on two idle cores; a hanging BLAS takes minutes


def test_the_split_is_that_of_the_book(home, bare, monkeypatch):
    monkeypatch.chdir(home)
    splits = ("train", "validation", "test")
    sizes = [run_json("evaluate", "bare", "--split", split)["n"] for split in splits]
    assert sizes == [50_000, 10_000, 10_000]


@pytest.mark.slow
def test_synthetic_digits_teach_a_network_to_read_real_ones(home):
    """The figure itself, 94.7 %, is measured by ``python -m benchmarks synthetic``."""
    words = ["--hidden", "100", "--batch-size", "50", "--learning-rate", "0.05", "--epochs", "20"]
    process("fit", "--dataset", "synthetic", *words, "--name", "drawn", "-q", cwd=home)
    done = process("evaluate", "drawn", "--dataset", "mnist", "--json", cwd=home)
    assert json.loads(done.stdout)["accuracy"]["estimate"] >= 0.85
