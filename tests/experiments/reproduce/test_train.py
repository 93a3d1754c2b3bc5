import numpy as np
import pytest

from nntrain.experiments.executors import Outcome
from nntrain.experiments.reproduce.train import read_outcome, tasks, train
from nntrain.settings.fit import FitSettings
from nntrain.settings.presets import Expected, Preset


@pytest.fixture
def trained(tiny):
    """A function that trains a preset; it returns the settings and the outcome's document."""

    def make(**changes):
        settings = FitSettings(**{"hidden": (8,), "epochs": 4, "batch_size": 10, **changes})
        preset = Preset("some", settings, Expected("test", 1.0, "somebody", True))
        (task,) = tasks([preset], [7], str(tiny), "data").values()
        assert task.seed == 7
        return task, train(task).document

    return make


def test_figures_come_from_the_curves(trained):
    settings, document = trained()
    epochs = document["epochs"]
    assert len(epochs) == 4
    assert document["best_test"] == max(epoch["test"] for epoch in epochs)
    assert document["last_test"] == epochs[-1]["test"]
    validation = [epoch["validation"] for epoch in epochs]
    best = int(np.argmax(validation))
    assert document["best_epoch"] == best + 1
    assert document["validation"] == validation[best]
    assert document["test"] == epochs[best]["test"]
    read_outcome(settings, Outcome(document))
    for change in ({"seed": 5}, {"test": 1.5}, {"test": None}, {"seconds": "x"}):
        with pytest.raises(ValueError, match=r"holds|expected"):
            read_outcome(settings, Outcome({**document, **change}))


def test_all_examples_leave_no_validation_figure(trained):
    _, document = trained(epochs=2, train_on="all")
    assert document["validation"] is document["last_validation"] is None
    assert document["test"] == document["last_test"]


def test_divergence_is_an_outcome(trained):
    settings, document = trained(learning_rate=1e30)
    assert "diverged" in document["diverged"]
    read_outcome(settings, Outcome(document))
