import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nntrain.analysis.metrics import wilson
from nntrain.data.dataset import load
from nntrain.errors import SettingsError
from nntrain.experiments.executors.run import run
from nntrain.experiments.sweep.files import Sweep, document, trainings_csv
from nntrain.experiments.sweep.grid import Point, check, grid, parse_vary, varied_words
from nntrain.experiments.sweep.rank import rank, read_test_set
from nntrain.experiments.sweep.train import Trained, key, tasks, train, trained
from nntrain.settings.fit import FitSettings
from nntrain.workflows.train import start

BASE = FitSettings(epochs=2, hidden=(6,), batch_size=10)


@pytest.fixture(scope="module")
def dataset(tiny):
    return load(str(tiny), Path("unused"), offline=True)


class TestVary:
    def test_commas_separate_values_and_brackets_hold_one(self):
        words = [
            "learning-rate=0.1, 0.3",
            "hidden=30,[100,30],0,[ 5 ]",
            "output=sigmoid+quadratic",
        ]
        assert parse_vary(words) == {
            "learning_rate": ("0.1", "0.3"),
            "hidden": ("30", "100,30", "0", "5"),
            "output": ("sigmoid+quadratic",),
        }

    def test_a_word_may_be_repeated(self):
        assert parse_vary(["epochs=1", "epochs=2,3"]) == {"epochs": ("1", "2", "3")}

    @pytest.mark.parametrize(
        ("word", "message"),
        [
            ("learning_rat=1", "Did you mean 'learning_rate'"),
            ("epochs", "expected epochs=VALUE"),
            ("epochs=", "expected epochs=VALUE"),
            ("epochs=1,,2", "expected epochs=VALUE"),
            ("hidden=[8,4", "every bracket closed"),
            ("hidden=[]", "expected hidden=VALUE"),
            ("seed=1,2", "--seeds"),
            ("dataset=mnist,kmnist", "cannot vary"),
            ("threads=1,2", "cannot vary"),
        ],
    )
    def test_what_cannot_be_varied_is_refused(self, word, message):
        with pytest.raises(SettingsError, match=message):
            parse_vary([word])

    def test_the_words_of_a_grid_give_the_grid(self):
        varied = parse_vary(
            [
                "hidden=0,[100,30]",
                "learning_rate=1,0.30000000000000004,3e-5",
                "augment=mild,[rotation=10,shift=2],[mild,shear=0.3]",
            ]
        )
        points = grid(BASE, varied)
        assert varied_words(points)[0] == "hidden=0,[100,30]"
        assert grid(BASE, parse_vary(varied_words(points))) == points


class TestGrid:
    def test_every_combination_the_last_fastest(self):
        points = grid(BASE, parse_vary(["hidden=0,[8,4]", "learning_rate=1,0.25"]))
        assert [(p.settings.hidden, p.settings.learning_rate) for p in points] == [
            ((), 1.0), ((), 0.25), ((8, 4), 1.0), ((8, 4), 0.25),
        ]  # fmt: skip
        assert [p.label for p in points][2:] == [
            "hidden=[8,4] learning_rate=1",
            "hidden=[8,4] learning_rate=0.25",
        ]
        assert all(point.settings.epochs == BASE.epochs for point in points)

    def test_nothing_varied_is_one_point(self):
        (point,) = grid(BASE, {})
        assert (point.settings, key(point, 3)) == (BASE, "seed=3")

    @pytest.mark.parametrize(
        ("word", "message"),
        [
            ("epochs=1,zero", "epochs = zero"),
            ("learning_rate=-1", "learning_rate = -1"),
            ("output=sigmoid+quadratik", "Did you mean 'sigmoid\\+quadratic'"),
            ("learning_rate=1,1.0", "learning_rate=1 is there twice"),
        ],
    )
    def test_bad_values_are_refused(self, word, message):
        with pytest.raises(SettingsError, match=message):
            grid(BASE, parse_vary([word]))

    @pytest.mark.parametrize(
        "words", [["train_size=10,501"], ["output=sigmoid+quadratic", "inverse_temperature=2"]]
    )
    def test_what_only_a_training_would_find_is_found_before(self, words, dataset):
        with pytest.raises(SettingsError):
            check(grid(BASE, parse_vary(words)), dataset)

    def test_every_point_has_the_same_seeds(self):
        points = grid(BASE, parse_vary(["hidden=4,5"]))
        todo = tasks(points, (7, 8))
        assert [(s.hidden, s.seed) for s in todo.values()] == [
            ((4,), 7), ((4,), 8), ((5,), 7), ((5,), 8),
        ]  # fmt: skip
        assert list(todo) == [f"hidden={size} seed={seed}" for size in (4, 5) for seed in (7, 8)]


def point(name):
    return Point({"activation": name}, replace(BASE, activation=name))


def figures(**accuracies):
    """Return points and trainings by hand: a list of accuracies a point, None for diverged."""
    points = [point(name) for name in accuracies]
    trainings = {
        key(point(name), seed): Trained(seed, 1, value, 1.0, None if value else "diverged")
        for name, values in accuracies.items()
        for seed, value in enumerate(values)
    }
    return points, trainings


def ranking(**accuracies):
    points, trainings = figures(**accuracies)
    seeds = range(len(next(iter(accuracies.values()))))
    return [one.point.values["activation"] for one in rank(points, seeds, trainings)]


class TestRanking:
    def test_the_best_mean_first_by_hand(self):
        points, trainings = figures(relu=[0.8, 0.9], tanh=[0.95, 0.95], sigmoid=[0.99, 0.1])
        ranked = rank(points, (0, 1), trainings)
        assert [one.point for one in ranked] == [points[1], points[0], points[2]]
        assert ranked[1].accuracy.mean == pytest.approx(0.85)
        assert ranked[1].accuracy.sd == pytest.approx(0.0707107, rel=1e-5)
        assert ranked[1].accuracy.n == 2

    def test_what_diverged_is_last_the_more_the_later(self):
        order = ranking(relu=[None, None], sigmoid=[0.99, None], tanh=[0.1, 0.1])
        assert order == ["tanh", "sigmoid", "relu"]

    def test_equals_keep_the_order_of_the_grid(self):
        assert ranking(tanh=[0.5], relu=[0.5], sigmoid=[0.5]) == ["tanh", "relu", "sigmoid"]


class TestTraining:
    def test_it_is_the_training_that_fit_would_do(self, tiny, dataset):
        settings = replace(BASE, dataset=str(tiny), seed=4)
        outcome = train(settings)
        training = start(settings, dataset)
        accuracies = [result.validation_accuracy for result in training]
        assert outcome.document["validation_accuracy"] == max(accuracies)
        assert [e["validation_accuracy"] for e in outcome.document["epochs"]] == accuracies
        for index, parameter in enumerate(training.best.network().parameters):
            np.testing.assert_array_equal(outcome.arrays[f"parameter_{index}"], parameter)
        json.dumps(outcome.document, allow_nan=False)

    def test_a_divergence_is_an_outcome(self, tiny):
        outcome = train(
            replace(BASE, dataset=str(tiny), learning_rate=1e30, output="sigmoid+cross-entropy")
        )
        one = trained(outcome.document)
        assert one.validation_accuracy is None
        assert "diverged" in one.diverged
        assert outcome.arrays == {}

    def test_processes_give_the_same_bits(self, tiny):
        todo = {str(seed): replace(BASE, dataset=str(tiny), seed=seed) for seed in range(2)}
        here, there = dict(run(train, todo, jobs=1)), dict(run(train, todo, jobs=2))
        for name, outcome in here.items():
            for array, value in outcome.arrays.items():
                np.testing.assert_array_equal(value, there[name].arrays[array])


@pytest.fixture(scope="module")
def swept(tiny, dataset):
    base = replace(BASE, dataset=str(tiny))
    points = grid(base, parse_vary(["learning_rate=0.1,0.000001"]))
    outcomes = dict(run(train, tasks(points, (0, 1)), jobs=1))
    trainings = {name: trained(o.document) for name, o in outcomes.items()}
    ranked = rank(points, (0, 1), trainings)
    parameters = [outcomes[key(ranked[0].point, seed)].arrays for seed in (0, 1)]
    return ranked, read_test_set(ranked[0], parameters, dataset)


class TestWinner:
    def test_the_test_figure_is_that_of_its_networks(self, swept, dataset):
        ranked, tested = swept
        assert ranked[0].point.values == {"learning_rate": 0.1}
        accuracies = []
        for seed in (0, 1):
            training = start(replace(ranked[0].point.settings, seed=seed), dataset)
            list(training)
            accuracies.append(training.best.network().cost_and_accuracy(*dataset.test)[1])
        assert tested.accuracies == tuple(accuracies)
        assert tested.accuracy.mean == pytest.approx(np.mean(accuracies))
        assert tested.interval == wilson(round(float(np.mean(accuracies)) * 200), 200)

    def test_as_json_the_test_figure_is_the_winners_alone(self, swept, dataset):
        ranked, tested = swept
        whole = Sweep(tuple(one.point for one in ranked), (0, 1), ranked, tested, {})
        text = json.dumps(document(whole, dataset), allow_nan=False)
        back = json.loads(text)
        assert [p["values"] for p in back["points"]] == [
            {"learning_rate": 0.1},
            {"learning_rate": 1e-06},
        ]
        assert "test" in back["winner"]
        assert "test" not in json.dumps(back["points"])

    def test_as_csv_a_row_a_training(self, swept):
        ranked, _ = swept
        rows = list(csv.DictReader(io.StringIO(trainings_csv(ranked))))
        assert [(r["rank"], r["learning_rate"], r["seed"]) for r in rows] == [
            ("1", "0.1", "0"), ("1", "0.1", "1"), ("2", "1e-06", "0"), ("2", "1e-06", "1"),
        ]  # fmt: skip
        assert float(rows[0]["validation_accuracy"]) == ranked[0].trainings[0].validation_accuracy
