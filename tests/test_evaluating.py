import csv
from pathlib import Path

import numpy as np
import pytest

from nntrain import evaluating, fitting
from nntrain.data.dataset import load
from nntrain.errors import NntrainError
from nntrain.nn.outputs import OUTPUTS
from nntrain.settings import FitSettings
from tests.conftest import make_idx_folder


@pytest.fixture(scope="module")
def dataset(tiny):
    return load(str(tiny), Path("unused"), offline=True)


def trained(dataset, output):
    settings = FitSettings(hidden=(12,), epochs=3, batch_size=10, output=output)
    training = fitting.start(settings, dataset)
    list(training)
    return training.network


@pytest.mark.parametrize("output", OUTPUTS)
def test_agrees_with_the_networks_own_cost_and_accuracy(dataset, output):
    network = trained(dataset, output)
    evaluation, outputs = evaluating.evaluate_network(network, dataset, "test", decay_cost=0.25)
    cost, accuracy = network.cost_and_accuracy(*dataset.test)
    assert evaluation.accuracy.estimate == accuracy
    assert evaluation.cost == pytest.approx(cost + 0.25, rel=1e-5)
    np.testing.assert_allclose(outputs, network.outputs(dataset.test.images), atol=1e-6)
    assert evaluation.distribution == (output == "softmax+log-likelihood")


def test_predictions_are_one_row_an_example(dataset, tmp_path):
    network = trained(dataset, "sigmoid+quadratic")
    _, outputs = evaluating.evaluate_network(network, dataset, "validation")
    path = tmp_path / "p.csv"
    evaluating.write_predictions(path, dataset, "validation", outputs)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [int(row["index"]) for row in rows] == list(range(100))
    for row, out, label in zip(rows, outputs, dataset.validation.labels, strict=True):
        values = [float(row[f"output_{k}"]) for k in range(10)]
        np.testing.assert_allclose(values, out, rtol=1e-8)
        assert int(row["predicted"]) == out.argmax()
        assert int(row["true"]) == label


def test_a_dataset_of_another_size_is_a_clear_error(dataset, tmp_path):
    network = trained(dataset, "softmax+log-likelihood")
    other = load(str(make_idx_folder(tmp_path / "small", 30, 10, side=8)), Path("unused"))
    with pytest.raises(NntrainError, match=r"784 inputs.*8×8 = 64 pixels"):
        evaluating.evaluate_network(network, other, "test")


def test_decay_cost_is_the_books(dataset):
    network = trained(dataset, "softmax+log-likelihood")
    squares = sum((w.astype(float) ** 2).sum() for w in network.weights)
    assert evaluating.decay_cost(network, 5.0, 500) == pytest.approx(5.0 / 1000 * squares)
