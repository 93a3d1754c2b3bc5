import json
from dataclasses import replace

import numpy as np

from nntrain.experiments.executors import run
from nntrain.experiments.sweep.train import grid, parse_vary, read_outcome, tasks, train
from nntrain.settings.fit import FitSettings
from nntrain.workflows.train import start

BASE = FitSettings(epochs=2, hidden=(6,), batch_size=10)


def test_every_point_has_the_same_seeds():
    points = grid(BASE, parse_vary(["hidden=4,5"]))
    todo = tasks(points, (7, 8))
    assert [(s.hidden, s.seed) for s in todo.values()] == [
        ((4,), 7), ((4,), 8), ((5,), 7), ((5,), 8),
    ]  # fmt: skip
    assert list(todo) == [f"hidden={size} seed={seed}" for size in (4, 5) for seed in (7, 8)]


def test_it_is_the_training_that_fit_would_do(tiny, dataset):
    settings = replace(BASE, dataset=str(tiny), seed=4)
    outcome = train(settings)
    training = start(settings, dataset)
    accuracies = [result.validation_accuracy for result in training]
    assert outcome.document["validation_accuracy"] == max(accuracies)
    assert [e["validation_accuracy"] for e in outcome.document["epochs"]] == accuracies
    for index, parameter in enumerate(training.best.network().parameters):
        np.testing.assert_array_equal(outcome.arrays[f"parameter_{index}"], parameter)
    json.dumps(outcome.document, allow_nan=False)


def test_a_divergence_is_an_outcome(tiny):
    wild = {"learning_rate": 1e30, "output": "sigmoid+cross-entropy"}
    settings = replace(BASE, dataset=str(tiny), **wild)
    outcome = train(settings)
    one, _ = read_outcome(settings, outcome)
    assert one.validation_accuracy is None
    assert "diverged" in one.diverged
    assert outcome.arrays == {}


def test_processes_give_the_same_bits(tiny):
    todo = {str(seed): replace(BASE, dataset=str(tiny), seed=seed) for seed in range(2)}
    here, there = dict(run(train, todo, jobs=1)), dict(run(train, todo, jobs=2))
    for name, outcome in here.items():
        for array, value in outcome.arrays.items():
            np.testing.assert_array_equal(value, there[name].arrays[array])
