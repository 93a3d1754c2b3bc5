import pytest

from nntrain.errors import RunError
from nntrain.experiments.store import Store
from nntrain.experiments.sweep.files import read_sweep
from tests.cli.helpers import run, run_json

SMALL = ("--hidden", "8", "--epochs", "2", "--jobs", "1", "--augment", "none")


def test_what_was_written_is_read_back(where, tmp_path):
    vary = ("--vary", "hidden=4,[8,6]", "--vary", "output=softmax+log-likelihood")
    words = ("--epochs", "3", "--jobs", "1", "--augment", "none", "--seeds", "2", "--seed", "5")
    made = run_json("sweep", *where, *words, *vary)
    read = read_sweep(Store(tmp_path / "a"))
    assert read.seeds == (5, 6)
    assert [vars(one.accuracy) for one in read.ranked] == [
        point["validation_accuracy"] for point in made["points"]
    ]
    assert list(read.tested.accuracies) == made["winner"]["test"]["accuracies"]
    for one in read.ranked:
        assert [len(history) for history in read.epochs[one.point.label]] == [3, 3]


def test_what_is_not_all_there_is_refused_with_what_to_do(where, tmp_path):
    run("sweep", *where, *SMALL, "--seeds", "2")
    trainings = sorted((tmp_path / "a" / "trainings").iterdir())
    trainings[0].unlink()
    with pytest.raises(RunError, match=r"has 1 of its 2 training runs.*--name a --resume"):
        read_sweep(Store(tmp_path / "a"))
    trainings[1].write_bytes(b"spoilt")
    with pytest.raises(RunError, match="has 0 of its 2 training runs"):
        read_sweep(Store(tmp_path / "a"))
