import csv
from pathlib import Path

import numpy as np
import pytest

from nntrain.data.dataset import load
from nntrain.errors import NntrainError
from nntrain.nn.outputs import OUTPUTS
from nntrain.settings.fit import FitSettings
from nntrain.workflows import evaluate, train
from tests.conftest import make_idx_folder


@pytest.fixture(scope="module")
def dataset(tiny):
    return load(str(tiny), Path("unused"), offline=True)


def trained(dataset, output):
    settings = FitSettings(hidden=(12,), epochs=3, batch_size=10, output=output)
    training = train.start(settings, dataset)
    list(training)
    return training.network


@pytest.mark.parametrize("output", OUTPUTS)
def test_agrees_with_the_networks_own_cost_and_accuracy(dataset, output):
    network = trained(dataset, output)
    evaluation, logs = evaluate.evaluate_network(network, dataset, "test", decay_cost=0.25)
    cost, accuracy = network.cost_and_accuracy(*dataset.test)
    assert evaluation.accuracy.estimate == accuracy
    assert evaluation.cost == pytest.approx(cost + 0.25, rel=1e-5)
    np.testing.assert_allclose(np.exp(logs), network.outputs(dataset.test.images), atol=1e-6)
    assert evaluation.distribution == (output == "softmax+log-likelihood")


def test_predictions_are_one_row_an_example(dataset, tmp_path):
    network = trained(dataset, "sigmoid+quadratic")
    _, logs = evaluate.evaluate_network(network, dataset, "validation")
    path = tmp_path / "p.csv"
    evaluate.write_predictions(path, dataset, "validation", logs)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [int(row["index"]) for row in rows] == list(range(100))
    for row, out, label in zip(rows, np.exp(logs), dataset.validation.labels, strict=True):
        values = [float(row[f"output_{k}"]) for k in range(10)]
        np.testing.assert_allclose(values, out, rtol=1e-8)
        assert int(row["predicted"]) == out.argmax()
        assert int(row["true"]) == label


def test_a_dataset_of_another_size_is_a_clear_error(dataset, tmp_path):
    network = trained(dataset, "softmax+log-likelihood")
    other = load(str(make_idx_folder(tmp_path / "small", 30, 10, side=8)), Path("unused"))
    with pytest.raises(NntrainError, match=r"784 inputs.*8×8 = 64 pixels"):
        evaluate.evaluate_network(network, other, "test")


def test_saturated_predictions_are_those_of_the_report(dataset, tmp_path):
    """Sigmoid activations that all round to 1 still have an order in their logarithms."""
    network = trained(dataset, "sigmoid+quadratic")
    for parameter in network.parameters:
        parameter *= 30
    network.biases[-1] += 200
    evaluation, logs = evaluate.evaluate_network(network, dataset, "test")
    path = tmp_path / "p.csv"
    evaluate.write_predictions(path, dataset, "test", logs)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    right = sum(row["true"] == row["predicted"] for row in rows)
    assert right == evaluation.accuracy.successes


def test_outputs_that_are_not_finite_are_an_error_without_warnings(dataset):
    network = trained(dataset, "sigmoid+quadratic")
    network.weights[0][...] = 1e38
    with pytest.raises(NntrainError, match="not finite"):
        evaluate.evaluate_network(network, dataset, "test")


class TestCalibrate:
    def test_confidence_changes_and_answers_do_not(self, dataset):
        network = trained(dataset, "softmax+log-likelihood")
        for parameter in (network.weights[-1], network.biases[-1]):
            parameter *= 5  # far too sure of itself
        result = evaluate.calibrate(network, dataset, "test")
        assert result.fit.c < 0.7
        assert result.before.accuracy == result.after.accuracy
        np.testing.assert_array_equal(result.before.confusion, result.after.confusion)
        assert result.after.scores.log_likelihood > result.before.scores.log_likelihood
        plain, _ = evaluate.evaluate_network(network, dataset, "test")
        assert result.before.scores.brier == pytest.approx(plain.scores.brier)

    def test_c_is_chosen_on_validation_whatever_is_evaluated(self, dataset):
        network = trained(dataset, "softmax+log-likelihood")
        fits = {evaluate.calibrate(network, dataset, split).fit.c for split in ("test", "train")}
        assert len(fits) == 1

    def test_sigmoid_outputs_are_refused(self, dataset):
        with pytest.raises(NntrainError, match="no distribution"):
            evaluate.calibrate(trained(dataset, "sigmoid+quadratic"), dataset, "test")
