import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from nntrain.analysis.metrics import wilson
from nntrain.experiments.store import Store
from nntrain.experiments.sweep.result import (
    document,
    ranked_and_tested,
    read_sweep,
    training_runs,
    trainings_csv,
)
from nntrain.experiments.sweep.train import grid, parse_vary, train
from nntrain.settings.fit import FitSettings
from nntrain.workflows.train import start
from tests.cli.helpers import run_json
from tests.experiments.helpers import new

BASE = FitSettings(epochs=2, hidden=(6,), batch_size=10)


@pytest.fixture(scope="module")
def swept(tiny, dataset, tmp_path_factory):
    """A sweep over two rates with two seeds."""
    points = grid(replace(BASE, dataset=str(tiny)), parse_vary(["learning_rate=0.1,0.000001"]))
    store = new(tmp_path_factory.mktemp("swept"))
    runs = training_runs(store, points, (0, 1), dataset)
    list(runs.train(train, jobs=1))
    return ranked_and_tested(store, points, (0, 1), runs.complete(), dataset)


def test_the_test_figure_is_that_of_the_winners_networks(swept, dataset):
    winner, tested = swept.ranked[0].point, swept.tested
    assert winner.values == {"learning_rate": 0.1}
    accuracies = []
    for seed in (0, 1):
        training = start(replace(winner.settings, seed=seed), dataset)
        list(training)
        accuracies.append(training.best.network().cost_and_accuracy(*dataset.test)[1])
    assert tested.accuracies == tuple(accuracies)
    assert tested.accuracy.mean == pytest.approx(np.mean(accuracies))
    assert tested.interval == wilson(round(float(np.mean(accuracies)) * 200), 200)


def test_as_json_the_test_figure_is_the_winners_alone(swept, dataset):
    back = json.loads(json.dumps(document(swept, dataset), allow_nan=False))
    values = [point["values"] for point in back["points"]]
    assert values == [{"learning_rate": 0.1}, {"learning_rate": 1e-06}]
    assert "test" in back["winner"]
    assert "test" not in json.dumps(back["points"])


def test_csv_has_one_row_per_training_run(swept):
    rows = list(csv.DictReader(io.StringIO(trainings_csv(swept.ranked))))
    assert [(r["rank"], r["learning_rate"], r["seed"]) for r in rows] == [
        ("1", "0.1", "0"), ("1", "0.1", "1"), ("2", "1e-06", "0"), ("2", "1e-06", "1"),
    ]  # fmt: skip
    best = swept.ranked[0].trainings[0]
    assert (float(rows[0]["validation_accuracy"]), rows[0]["diverged"]) == (
        best.validation_accuracy,
        "",
    )


def test_a_written_result_is_read_back(where, tmp_path):
    vary = ("--vary", "hidden=4,[8,6]", "--vary", "output=softmax+log-likelihood")
    words = ("--epochs", "3", "--jobs", "1", "--augment", "none", "--seeds", "2", "--seed", "5")
    made = run_json("sweep", *where, *words, *vary)
    read = read_sweep(Store(tmp_path / "a"))
    assert read.seeds == (5, 6)
    assert [vars(one.accuracy) for one in read.ranked] == [
        point["validation_accuracy"] for point in made["points"]
    ]
    behind = [one.behind and vars(one.behind) for one in read.ranked]
    assert behind == [point["behind_winner"] for point in made["points"]]
    assert list(read.tested.accuracies) == made["winner"]["test"]["accuracies"]
    for one in read.ranked:
        assert [len(history) for history in read.epochs[one.point.label]] == [3, 3]
