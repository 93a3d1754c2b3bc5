"""Dropout, augmentation, averaging and the rest, through the command line."""

import numpy as np
import pytest

from nntrain.storage.array_file import read_arrays
from tests.cli.helpers import run, run_json

EVERYTHING = (
    *("--augment", "mild,shift=2", "--dropout", "0.2", "--input-dropout", "0.1"),
    *("--max-norm", "3", "--label-smoothing", "0.1", "--average-epochs", "1"),
)


@pytest.fixture
def small(home, tiny, tmp_path):
    return ("fit", "--dataset", tiny, "--runs-dir", tmp_path, "--hidden", "10")


def test_all_of_it_is_announced_and_learns(small, tmp_path):
    result = run(*small, "--epochs", "3", "--name", "all", "-v", *EVERYTHING)
    for words in ("dropout of 0.2", "max-norm 3", "ε = 0.1", "averaged", "mild,shift=2"):
        assert words in " ".join(result.stderr.split())


def test_a_resumed_run_ends_with_the_same_bits(small, tmp_path):
    run(*small, "--epochs", "4", "--schedule", "constant", "--name", "whole", *EVERYTHING)
    run(*small, "--epochs", "2", "--schedule", "constant", "--name", "half", *EVERYTHING)
    run("fit", "--resume", "half", "--epochs", "4", "--runs-dir", tmp_path)
    one, other = (read_arrays(tmp_path / name / "checkpoint.npz") for name in ("whole", "half"))
    for name in one:
        if name != "progress":
            np.testing.assert_array_equal(one[name], other[name])
    assert any(name.startswith("average_") for name in one)


def test_training_on_all_leaves_nothing_to_choose_and_keeps_the_last(small):
    document = run_json(*small, "--epochs", "3", "--name", "all", "--train-on", "all")
    assert [line["validation_accuracy"] for line in document["history"]] == [None] * 3
    assert all(line["best"] for line in document["history"])
    result = run("evaluate", "all", "--runs-dir", small[4])
    assert "weights of epoch 3 of 3" in " ".join(result.stdout.split())
