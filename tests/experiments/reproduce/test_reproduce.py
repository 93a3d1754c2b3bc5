import numpy as np
import pytest

from nntrain.experiments.executors.run import Outcome
from nntrain.experiments.reproduce.files import read_outcome
from nntrain.experiments.reproduce.judge import judge
from nntrain.experiments.reproduce.train import Reproduced, tasks, train
from nntrain.settings.fit import FitSettings
from nntrain.settings.presets import Expected, Preset

SETTINGS = FitSettings(hidden=(8,), epochs=4, batch_size=10)


def preset(accuracy, figure="test"):
    return Preset("some", SETTINGS, Expected(figure, accuracy, "somebody"))


def trainings(*accuracies):
    return [
        Reproduced(seed, None, 1.0, 3, a / 100, 0.99, 0.9, 0.98, 0.97)
        for seed, a in enumerate(accuracies)
    ]


class TestVerdict:
    """A published figure is one more training: t₀.₉₇₅,₂ s √(1 + 1/3) = 4.303 × 0.1 × 1.155."""

    @pytest.mark.parametrize(
        ("published", "verdict"),
        [
            (98.0, "reproduced"),
            (98.49, "reproduced"),
            (97.51, "reproduced"),
            (98.51, "worse"),
            (97.49, "better"),
        ],
    )
    def test_three_seeds(self, published, verdict):
        judged = judge(preset(published), trainings(97.9, 98.0, 98.1), 10_000, True)
        assert judged.verdict == verdict
        assert judged.ours.mean == pytest.approx(98.0)
        assert judged.ours.sd == pytest.approx(0.1)
        # Student's interval of the mean: 4.303 × 0.1/√3
        assert judged.low == pytest.approx(98 - 0.24841, abs=1e-4)
        assert judged.high == pytest.approx(98 + 0.24841, abs=1e-4)

    def test_one_seed_has_the_interval_of_the_examples(self):
        judged = judge(preset(98.3), trainings(98.0), 10_000, True)
        assert judged.verdict == "worse"
        assert judged.low < 98 < judged.high < 98.3
        assert judge(preset(98.2), trainings(98.0), 10_000, True).verdict == "reproduced"

    def test_the_figure_is_the_published_one_and_the_honest_one_stands_beside(self):
        judged = judge(preset(99.0, "best test"), trainings(97.0, 98.0), 10_000, True)
        assert judged.ours.mean == pytest.approx(99)
        assert judged.test.mean == pytest.approx(97.5)

    def test_another_dataset_has_no_verdict(self):
        judged = judge(preset(98.0), trainings(97.9, 98.1), 10_000, False)
        assert judged.verdict == "another dataset"

    def test_one_that_diverged(self):
        lost = Reproduced(2, "too fast", 1.0, *[None] * 6)
        judged = judge(preset(98.0), [*trainings(97.9, 98.1), lost], 10_000, True)
        assert judged.verdict == "diverged"
        assert judged.ours is None


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
