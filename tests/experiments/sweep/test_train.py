import json
from dataclasses import replace

import numpy as np
import pytest

from nntrain.errors import SettingsError
from nntrain.experiments.sweep.train import (
    check,
    grid,
    key,
    parse_vary,
    read_outcome,
    tasks,
    train,
    varied_words,
)
from nntrain.nn.outputs import OUTPUTS
from nntrain.settings.fit import FitSettings
from nntrain.workflows.train import start

BASE = FitSettings(epochs=2, hidden=(6,), batch_size=10)


class TestVary:
    def test_commas_separate_values_and_brackets_hold_one(self):
        words = ["learning-rate=0.1, 0.3", "hidden=30,[100,30],0,[ 5 ]", "epochs=1", "epochs=2,3"]
        assert parse_vary(words) == {
            "learning_rate": ("0.1", "0.3"),
            "hidden": ("30", "100,30", "0", "5"),
            "epochs": ("1", "2", "3"),
        }

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
    def test_every_combination_with_the_last_setting_changing_fastest(self):
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
        settings = replace(BASE, learning_rate=BASE.rate)
        assert (point.settings, key(point, 3)) == (settings, "seed=3")

    def test_each_output_has_its_own_learning_rate_unless_one_is_given(self):
        varied = {"output": tuple(OUTPUTS)}
        rates = {one.settings.output: one.settings.learning_rate for one in grid(BASE, varied)}
        assert rates == {name: output.default_rate for name, output in OUTPUTS.items()}
        given = grid(replace(BASE, learning_rate=0.7), varied)
        assert {one.settings.learning_rate for one in given} == {0.7}

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
            ("epochs=1,zero", "epochs = zero"),
            ("learning_rate=-1", "learning_rate = -1"),
            ("output=sigmoid+quadratik", "Did you mean 'sigmoid\\+quadratic'"),
            ("learning_rate=1,1.0", "learning_rate=1 is given twice"),
        ],
    )
    def test_a_setting_that_cannot_be_varied_is_refused(self, word, message):
        with pytest.raises(SettingsError, match=message):
            grid(BASE, parse_vary([word]))

    @pytest.mark.parametrize(
        "words", [["train_size=10,501"], ["output=sigmoid+quadratic", "inverse_temperature=2"]]
    )
    def test_errors_that_training_would_find_are_found_before(self, words, dataset):
        with pytest.raises(SettingsError):
            check(grid(BASE, parse_vary(words)), dataset)


class TestTrainingRuns:
    def test_every_point_has_the_same_seeds(self):
        todo = tasks(grid(BASE, parse_vary(["hidden=4,5"])), (7, 8))
        assert [(name, s.hidden, s.seed) for name, s in todo.items()] == [
            (f"hidden={size} seed={seed}", (size,), seed) for size in (4, 5) for seed in (7, 8)
        ]

    def test_a_run_trains_as_fit_would(self, tiny, dataset):
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
        wild = {"learning_rate": 1e30, "output": "sigmoid+cross-entropy"}
        settings = replace(BASE, dataset=str(tiny), **wild)
        outcome = train(settings)
        one, epochs = read_outcome(settings, outcome)
        assert (one.validation_accuracy, epochs, outcome.arrays) == (None, (), {})
        assert "diverged" in one.diverged

    @pytest.mark.parametrize(
        ("spoil", "message"),
        [
            (lambda arrays: arrays.pop("parameter_1"), "another number"),
            (lambda arrays: arrays.update(parameter_1=arrays["parameter_0"]), "other parameters"),
            (lambda arrays: arrays.update(parameter_2=np.zeros(6)), "other parameters"),
            (lambda arrays: arrays["parameter_0"].fill(np.nan), "not finite"),
        ],
    )
    def test_other_parameters_are_refused(self, tiny, dataset, spoil, message):
        settings = replace(BASE, dataset=str(tiny), epochs=1)
        outcome = train(settings)
        read_outcome(settings, outcome, dataset)
        spoil(outcome.arrays)
        with pytest.raises(ValueError, match=message):
            read_outcome(settings, outcome, dataset)
