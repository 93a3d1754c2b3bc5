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
    rank,
    ranked_and_tested,
    read_sweep,
    training_runs,
    trainings_csv,
)
from nntrain.experiments.sweep.train import Point, Trained, grid, key, parse_vary, train
from nntrain.settings.fit import FitSettings
from nntrain.workflows.train import start
from tests.cli.helpers import run_json
from tests.experiments.helpers import new

BASE = FitSettings(epochs=2, hidden=(6,), batch_size=10)


def ranking(**accuracies):
    """Rank points by hand: a list of accuracies a point, None for diverged."""
    points = [Point({"activation": name}, replace(BASE, activation=name)) for name in accuracies]
    read = {
        key(point, seed): (Trained(seed, 1, value, 1.0, None if value else "diverged"), ())
        for point, values in zip(points, accuracies.values(), strict=True)
        for seed, value in enumerate(values)
    }
    return rank(points, range(len(next(iter(accuracies.values())))), read)


class TestRanking:
    def test_the_best_mean_first_by_hand(self):
        ranked = ranking(relu=[0.8, 0.9], tanh=[0.95, 0.95], sigmoid=[0.99, 0.1])
        assert [one.point.settings.activation for one in ranked] == ["tanh", "relu", "sigmoid"]
        assert ranked[1].accuracy.mean == pytest.approx(0.85)
        assert ranked[1].accuracy.sd == pytest.approx(0.0707107, rel=1e-5)
        assert ranked[1].accuracy.n == 2

    @pytest.mark.parametrize(
        ("accuracies", "order"),
        [
            ({"relu": [None, None], "sigmoid": [0.99, None], "tanh": [0.1, 0.1]}, "tsr"),
            ({"tanh": [0.5], "relu": [0.5], "sigmoid": [0.5]}, "trs"),
        ],
    )
    def test_what_diverged_is_last_and_equals_keep_the_order_of_the_grid(self, accuracies, order):
        names = [one.point.values["activation"] for one in ranking(**accuracies)]
        assert "".join(name[0] for name in names) == order


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


def test_as_csv_a_row_a_training(swept):
    rows = list(csv.DictReader(io.StringIO(trainings_csv(swept.ranked))))
    assert [(r["rank"], r["learning_rate"], r["seed"]) for r in rows] == [
        ("1", "0.1", "0"), ("1", "0.1", "1"), ("2", "1e-06", "0"), ("2", "1e-06", "1"),
    ]  # fmt: skip
    best = swept.ranked[0].trainings[0]
    assert (float(rows[0]["validation_accuracy"]), rows[0]["diverged"]) == (
        best.validation_accuracy,
        "",
    )


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
