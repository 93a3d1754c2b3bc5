import numpy as np
import pytest

from nntrain.experiments.executors import Outcome
from nntrain.experiments.reproduce.result import read_outcome
from nntrain.experiments.reproduce.train import tasks, train
from nntrain.settings.fit import FitSettings
from nntrain.settings.presets import Expected, Preset

SETTINGS = FitSettings(hidden=(8,), epochs=4, batch_size=10)


def preset(accuracy, figure="test"):
    return Preset("some", SETTINGS, Expected(figure, accuracy, "somebody"))


def test_figures_come_from_the_curves(tiny):
    (settings,) = tasks([preset(1.0)], [7], str(tiny), "data").values()
    assert settings.seed == 7
    document = train(settings).document
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


def test_all_examples_leave_no_validation_figure(tiny):
    one = Preset("all", FitSettings(hidden=(8,), epochs=2, train_on="all"), preset(1).expected)
    (settings,) = tasks([one], [0], str(tiny), "data").values()
    document = train(settings).document
    assert document["validation"] is document["last_validation"] is None
    assert document["test"] == document["last_test"]


def test_divergence_is_an_outcome(tiny):
    one = Preset("wild", FitSettings(hidden=(8,), learning_rate=1e30), preset(1).expected)
    (settings,) = tasks([one], [0], str(tiny), "data").values()
    document = train(settings).document
    assert "diverged" in document["diverged"]
    read_outcome(settings, Outcome(document))


@pytest.mark.parametrize("change", [{"seed": 5}, {"test": 1.5}, {"test": None}, {"seconds": "x"}])
def test_what_is_no_outcome_of_the_task_is_refused(tiny, change):
    (settings,) = tasks([preset(1.0)], [0], str(tiny), "data").values()
    document = {**train(settings).document, **change}
    with pytest.raises(ValueError, match=r"holds|expected"):
        read_outcome(settings, Outcome(document))
