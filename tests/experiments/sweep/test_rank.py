from dataclasses import replace

import numpy as np
import pytest

from nntrain.analysis.metrics import wilson
from nntrain.experiments.sweep.result import rank
from nntrain.experiments.sweep.train import Point, Trained, key
from nntrain.settings.fit import FitSettings
from nntrain.workflows.train import start

BASE = FitSettings(epochs=2, hidden=(6,), batch_size=10)


def point(name):
    return Point({"activation": name}, replace(BASE, activation=name))


def figures(**accuracies):
    """Return points and trainings by hand: a list of accuracies a point, None for diverged."""
    points = [point(name) for name in accuracies]
    trainings = {
        key(point(name), seed): (Trained(seed, 1, value, 1.0, None if value else "diverged"), ())
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


def test_the_test_figure_is_that_of_its_networks(swept, dataset):
    ranked, tested = swept.ranked, swept.tested
    assert ranked[0].point.values == {"learning_rate": 0.1}
    accuracies = []
    for seed in (0, 1):
        training = start(replace(ranked[0].point.settings, seed=seed), dataset)
        list(training)
        accuracies.append(training.best.network().cost_and_accuracy(*dataset.test)[1])
    assert tested.accuracies == tuple(accuracies)
    assert tested.accuracy.mean == pytest.approx(np.mean(accuracies))
    assert tested.interval == wilson(round(float(np.mean(accuracies)) * 200), 200)
