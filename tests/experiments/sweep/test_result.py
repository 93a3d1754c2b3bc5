import csv
import io
import json

import pytest

from nntrain.errors import RunError
from nntrain.experiments.store import Store
from nntrain.experiments.sweep.result import document, read_sweep, trainings_csv
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


def test_as_json_the_test_figure_is_the_winners_alone(swept, dataset):
    text = json.dumps(document(swept, dataset), allow_nan=False)
    back = json.loads(text)
    assert [p["values"] for p in back["points"]] == [
        {"learning_rate": 0.1},
        {"learning_rate": 1e-06},
    ]
    assert "test" in back["winner"]
    assert "test" not in json.dumps(back["points"])


def test_as_csv_a_row_a_training(swept):
    rows = list(csv.DictReader(io.StringIO(trainings_csv(swept.ranked))))
    assert [(r["rank"], r["learning_rate"], r["seed"]) for r in rows] == [
        ("1", "0.1", "0"), ("1", "0.1", "1"), ("2", "1e-06", "0"), ("2", "1e-06", "1"),
    ]  # fmt: skip
    assert (
        float(rows[0]["validation_accuracy"]) == swept.ranked[0].trainings[0].validation_accuracy
    )
