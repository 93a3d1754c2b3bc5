"""The files of an evaluation: their keys stay, and predictions are one row an example."""

import csv
import json

import numpy as np
import pytest

from nntrain.workflows import evaluate, evaluation_files
from nntrain.workflows.evaluate import evaluate_network, evaluate_run
from tests.workflows.conftest import SIGMOID, SOFTMAX, run_of

KEYS = [
    "dataset", "dataset_title", "synthetic", "substituted_because", "split", "sizes",
    "activation", "output", "classes", "n", "distribution", "cost", "accuracy", "per_class",
    "confusion", "row_shares", "confused_pairs", "symmetric_pairs", "hesitations",
    "confidence_is", "histogram", "reliability_width", "reliability_mass", "scores",
    "activation_sums", "decay_cost", "total_cost", "failure", "run",
]  # fmt: skip


def test_the_keys_are_those_of_every_version(trained, dataset, tmp_path):
    run = run_of(trained(SOFTMAX), tmp_path)
    of = evaluate_run(run, run.settings(), dataset, "test")
    evaluation_files.save(run, of)
    saved = json.loads((run.path / "evaluation.json").read_text())
    assert list(saved) == ["schema", *KEYS]
    assert saved["schema"] == "nntrain/evaluation/2"
    assert saved["run"] == str(run.path)
    assert saved == {
        "schema": saved["schema"],
        **json.loads(json.dumps(evaluation_files.document(run, of))),
    }
    calibration = evaluation_files.calibration_document(evaluate.calibrated(of).calibration)
    keys = "inverse_temperature fitted_c at_the_limit fitted_on p_value before after"
    assert " ".join(calibration) == keys
    assert list(calibration["after"]) == KEYS[8:-4]


@pytest.mark.parametrize("saturated", [False, True])
def test_predictions_are_one_row_an_example(trained, dataset, tmp_path, saturated):
    """Sigmoid activations that all round to 1 still have an order in their logarithms."""
    network = trained(SIGMOID)
    if saturated:
        for parameter in network.parameters:
            parameter *= 30
        network.biases[-1] += 200
    answers, evaluation = evaluate_network(network, dataset, "validation")
    evaluation_files.write_predictions(tmp_path / "p.csv", answers)
    rows = list(csv.DictReader((tmp_path / "p.csv").read_text().splitlines()))
    assert [int(row["index"]) for row in rows] == list(range(100))
    assert [int(row["true"]) for row in rows] == dataset.validation.labels.tolist()
    assert sum(row["true"] == row["predicted"] for row in rows) == evaluation.accuracy.successes
    for row, logs in zip(rows, answers.log_outputs, strict=True):
        values = [float(row[f"output_{k}"]) for k in range(10)]
        np.testing.assert_allclose(values, np.exp(logs), rtol=1e-8)
        assert int(row["predicted"]) == logs.argmax()
