import json
from pathlib import Path

import pytest

from nntrain.data.dataset import load
from nntrain.experiments.compare_costs import Trained, summarise, to_json, train_all
from nntrain.fitting import start
from nntrain.nn.outputs import OUTPUTS
from nntrain.nn.training import EpochResult
from nntrain.settings import CompareSettings


@pytest.fixture(scope="module")
def dataset(tiny):
    return load(str(tiny), Path("unused"), offline=True)


SETTINGS = CompareSettings(hidden=(8,), epochs=2, seeds=2)


@pytest.fixture(scope="module")
def trainings(dataset):
    return [event for event in train_all(SETTINGS, dataset) if isinstance(event, Trained)]


def test_every_output_with_every_seed(trainings):
    assert [(t.seed, t.output) for t in trainings] == [(s, o) for s in (0, 1) for o in OUTPUTS]
    assert all(len(t.epochs) == 2 for t in trainings)


def test_each_is_the_training_that_fit_would_do(trainings, dataset):
    for trained in trainings:
        training = start(SETTINGS.fit_settings(trained.output, trained.seed), dataset)
        accuracies = [result.validation_accuracy for result in training]
        assert accuracies == [e.validation_accuracy for e in trained.epochs]
        _, test = training.best_network().cost_and_accuracy(*dataset.test)
        assert trained.test_accuracy == test


def result(epoch, accuracy):
    return EpochResult(epoch, 0.1, 1.0, 0.5, 1.0, accuracy, 1.0, 0.1, 100.0, (1.0,), False)


def trained(output, seed, accuracies, test):
    epochs = tuple(result(i, a) for i, a in enumerate(accuracies, start=1))
    return Trained(output, seed, 0.5, epochs, test)


def test_summary_by_hand():
    (summary,) = summarise(
        [
            trained("sigmoid+quadratic", 0, [0.80, 0.91, 0.96], 0.95),
            trained("sigmoid+quadratic", 1, [0.90, 0.93, 0.94], 0.93),
        ]
    )
    assert summary.accuracy[0].mean == pytest.approx(0.85)
    assert summary.accuracy[0].sd == pytest.approx(0.0707107, rel=1e-5)
    assert summary.epochs_to == {0.90: (2, 1), 0.95: (3, None), 0.97: (None, None)}
    assert (summary.test_accuracy.mean, summary.test_accuracy.n) == (pytest.approx(0.94), 2)


def test_one_seed_has_no_spread():
    (summary,) = summarise([trained("sigmoid+quadratic", 0, [0.8], 0.9)])
    assert summary.test_accuracy.sd is None


def test_json_is_strict(trainings, dataset):
    document = to_json(SETTINGS, dataset, trainings)
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text)["learning_rates"] == SETTINGS.rates()
