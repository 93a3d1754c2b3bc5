from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from nntrain.experiments.compare_costs.files import read_outcome
from nntrain.experiments.compare_costs.train import Diverged, Task, from_outcome, key, tasks, train
from nntrain.settings.compare import CompareSettings
from nntrain.workflows.evaluate import evaluate_network
from nntrain.workflows.train import start


@pytest.fixture(scope="module")
def settings(tiny):
    about = {"dataset": str(tiny), "data_dir": "unused", "start": "random"}
    return CompareSettings(**about, hidden=(8,), epochs=3, seeds=2)


@pytest.fixture(scope="module")
def trained(settings):
    return {k: from_outcome(train(t)) for k, t in tasks(settings, settings.rates()).items()}


@pytest.mark.parametrize("figure", ["delta_norm", "error_norm", "slope", "saturated_wrong"])
@pytest.mark.parametrize("value", [-1e308, -0.1, 1e308])
def test_figures_of_a_file_that_no_network_has_are_refused(settings, figure, value):
    task = next(iter(tasks(settings, settings.rates()).values()))
    outcome = train(replace(task, fit=replace(task.fit, epochs=1)))
    task = replace(task, fit=replace(task.fit, epochs=1))
    read_outcome(task, outcome)
    outcome.document["slowdown"][1][figure] = value
    with pytest.raises(ValueError, match="figures out of range"):
        read_outcome(task, outcome)


def test_one_task_per_output_and_seed(settings):
    made = tasks(settings, settings.rates())
    assert list(made) == [key(o, s) for s in (0, 1) for o in settings.outputs]
    assert {task.start for task in made.values()} == {"random"}
    assert all(name.replace("-", "").replace(".", "").isalnum() for name in made)
    assert {t.fit.learning_rate for t in made.values()} == {0.5, 3.0}


def test_with_both_starts_the_saturated_one_comes_first_under_names_of_its_own(settings):
    both = replace(settings, start="both", output=("all",))
    made = tasks(both, both.rates())
    random = {name: task for name, task in made.items() if not name.startswith("saturated-")}
    assert list(made)[:8] == [f"saturated-{name}" for name in random]
    assert [task.start for task in made.values()] == ["saturated"] * 8 + ["random"] * 8
    assert random == tasks(replace(both, start="random"), both.rates())  # as it was named before


def test_each_run_trains_as_fit_would(settings, trained, dataset):
    """Checking and measuring on the way must not change what is trained."""
    for name, task in tasks(settings, settings.rates()).items():
        training = start(task.fit, dataset)
        expected = list(training)
        got = trained[name].epochs
        assert [e.train_cost for e in got] == [e.train_cost for e in expected]
        _, evaluation = evaluate_network(training.best.network(), dataset, "test")
        assert trained[name].test_right.sum() == evaluation.accuracy.successes


def test_every_update_is_checked_until_100_and_then_a_tenth_more(trained):
    block = 12
    for one in trained.values():
        updates = [check.updates for check in one.checks]
        assert updates[:100] == list(range(1, 101))
        assert updates[-1] == 3 * 50  # 500 examples, mini-batches of 10
        assert all(a < b <= 1.1 * a + block for a, b in pairwise(updates))
        assert len(updates) < 110
        assert one.checks[-1].accuracy == one.epochs[-1].validation_accuracy
        seconds = [check.seconds for check in one.checks]
        assert seconds == sorted(seconds)
        assert seconds[-1] == pytest.approx(sum(e.seconds for e in one.epochs))


def test_histograms_count_the_test_answers(trained):
    for one in trained.values():
        for histogram in (one.raw, one.normalised):
            assert histogram.right.sum() == one.test_right.sum()
            assert histogram.right.sum() + histogram.wrong.sum() == 200


def test_histograms_are_of_raw_and_of_normalised_activations(settings, trained, dataset):
    for output in ("sigmoid+quadratic", "softmax+log-likelihood"):
        one = trained[key(output, 0)]
        training = start(tasks(settings, settings.rates())[key(output, 0)].fit, dataset)
        list(training)
        a = training.best.network().outputs(dataset.test.images).astype(float)
        for histogram, sure in ((one.raw, a), (one.normalised, a / a.sum(1)[:, None])):
            expected, _ = np.histogram(sure.max(1), bins=10, range=(0, 1))
            np.testing.assert_allclose(histogram.right + histogram.wrong, expected, atol=1)
        assert np.array_equal(one.raw.right, one.normalised.right) is ("softmax" in output)


def test_the_test_set_is_evaluated_with_the_best_weights_not_the_last(settings, dataset):
    for seed in range(9):
        fit = replace(settings.fit_settings("sigmoid+quadratic", seed, 9.0), epochs=6)
        training = start(fit, dataset)
        list(training)
        last = training.network.outputs(dataset.test.images).argmax(1) == dataset.test.labels
        if training.best.epoch < 6 and last.sum() != _right(training, dataset).sum():
            break
    else:
        pytest.fail("no seed whose best weights and last ones answer differently")
    one = from_outcome(train(Task(fit)))
    np.testing.assert_array_equal(one.test_right, _right(training, dataset))


def _right(training, dataset):
    outputs = training.best.network().outputs(dataset.test.images)
    return outputs.argmax(1) == dataset.test.labels


def test_updates_count_the_shorter_last_mini_batch(settings):
    fit = replace(settings.fit_settings("sigmoid+quadratic", 0, 1.0), batch_size=70, epochs=2)
    one = from_outcome(train(Task(fit)))
    assert one.checks[-1].updates == 2 * 8  # 500 examples in seven of 70 and one of 10


def test_all_outputs_have_the_same_start_and_order(settings, dataset):
    made = tasks(settings, settings.rates())
    for seed in (0, 1):
        group = [start(made[key(output, seed)].fit, dataset) for output in settings.outputs]
        assert len(group) == 3
        for other in group[1:]:
            for a, b in zip(group[0].network.parameters, other.network.parameters, strict=True):
                assert a.tobytes() == b.tobytes()
            assert group[0].rng.bit_generator.state == other.rng.bit_generator.state


def test_divergence_is_an_outcome(settings):
    fit = replace(settings.fit_settings("softmax+log-likelihood", 0, 1e30), activation="relu")
    one = from_outcome(train(Task(fit)))
    assert isinstance(one, Diverged)
    assert one.message.startswith("softmax+log-likelihood, seed 0: Training diverged")


def test_the_saturated_start_slows_the_quadratic_cost(settings):
    def reached(output):
        fit = settings.fit_settings(output, 0, 0.5)
        checks = from_outcome(train(Task(fit, "saturated"))).checks
        return next((check.updates for check in checks if check.accuracy > 0.5), None)

    assert reached("softmax+log-likelihood") is not None
    assert reached("sigmoid+cross-entropy") is not None
    assert reached("sigmoid+quadratic") is None
    assert reached("softmax+quadratic") is None


def test_an_early_check_is_of_the_first_1000_validation_images(settings, dataset, monkeypatch):
    monkeypatch.setattr("nntrain.experiments.compare_costs.train.EARLY_EXAMPLES", 37)
    fit = replace(settings.fit_settings("sigmoid+cross-entropy", 0, 0.02), epochs=3)
    checks = from_outcome(train(Task(fit))).checks
    training = start(fit, dataset)
    next(training.run_epoch([10]))  # one update
    images, labels = (part[:37] for part in dataset.validation)
    assert checks[0].accuracy == training.network.cost_and_accuracy(images, labels)[1]
    for of, chosen in ((37, checks[:49]), (len(dataset.validation.labels), checks[100:])):
        assert len(chosen) > 1
        for check in chosen:
            assert of * check.accuracy == pytest.approx(round(of * check.accuracy))
