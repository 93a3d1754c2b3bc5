from pathlib import Path

import numpy as np
import pytest

from nntrain.data.dataset import load
from nntrain.evaluating import evaluate_network
from nntrain.experiments.compare_costs import Task, from_outcome, key, tasks, train
from nntrain.fitting import start
from nntrain.nn.outputs import OUTPUTS
from nntrain.settings import CompareSettings


@pytest.fixture(scope="module")
def settings(tiny):
    return CompareSettings(dataset=str(tiny), data_dir="unused", hidden=(8,), epochs=3, seeds=2)


@pytest.fixture(scope="module")
def dataset(tiny):
    return load(str(tiny), Path("unused"), offline=True)


@pytest.fixture(scope="module")
def trained(settings):
    return {k: from_outcome(train(t)) for k, t in tasks(settings, settings.rates()).items()}


def test_one_task_an_output_and_seed(settings):
    made = tasks(settings, settings.rates())
    assert list(made) == [key(o, s) for s in (0, 1) for o in OUTPUTS]
    assert all(name.replace("-", "").replace(".", "").isalnum() for name in made)
    assert {t.fit.learning_rate for t in made.values()} == {0.5, 3.0}


def test_each_is_the_training_that_fit_would_do(settings, trained, dataset):
    """Checking and measuring on the way must not change what is trained."""
    for name, task in tasks(settings, settings.rates()).items():
        training = start(task.fit, dataset)
        expected = list(training)
        got = trained[name].epochs
        assert [e.train_cost for e in got] == [e.train_cost for e in expected]
        evaluation, _ = evaluate_network(training.best_network(), dataset, "test")
        assert trained[name].test_right.sum() == evaluation.accuracy.successes


def test_outputs_are_paired_before_training(trained):
    """Both sigmoid outputs begin with the same activations, so with the same error."""
    for seed in (0, 1):
        a, b = (
            trained[key(f"sigmoid+{c}", seed)].slowdown[0] for c in ("quadratic", "cross-entropy")
        )
        assert a.error_norm == b.error_norm
        assert a.slope == b.slope
        assert a.delta_norm < b.delta_norm == pytest.approx(b.error_norm)


def test_checks_are_dense_at_first_and_end_with_the_epoch(trained):
    for one in trained.values():
        updates = [check.updates for check in one.checks]
        assert updates == sorted(set(updates))
        assert updates[-1] == 3 * 50  # 500 examples, mini-batches of 10
        assert updates[0] == 12  # a block
        assert one.checks[-1].accuracy == one.epochs[-1].validation_accuracy
        seconds = [check.seconds for check in one.checks]
        assert seconds == sorted(seconds)
        assert seconds[-1] == pytest.approx(sum(e.seconds for e in one.epochs))


def test_histograms_count_the_test_answers(trained):
    for one in trained.values():
        for histogram in (one.raw, one.normalised):
            assert histogram.right.sum() == one.test_right.sum()
            assert histogram.right.sum() + histogram.wrong.sum() == 200
        same = np.array_equal(one.raw.right, one.normalised.right)
        assert same or not one.output.startswith("softmax")


def test_the_saturated_start_holds_the_quadratic_cost_back(settings):
    def reached(output):
        fit = settings.fit_settings(output, 0, 0.5)
        checks = from_outcome(train(Task(fit, "saturated"))).checks
        return next((check.updates for check in checks if check.accuracy > 0.5), None)

    assert reached("softmax+log-likelihood") is not None
    assert reached("sigmoid+cross-entropy") is not None
    assert reached("sigmoid+quadratic") is None
