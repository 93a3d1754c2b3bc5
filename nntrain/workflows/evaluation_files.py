"""An evaluated run -> its documents and files: evaluation.json, and predictions as CSV."""

from pathlib import Path
from typing import Any

from nntrain.analysis.evaluation import plain, to_json
from nntrain.analysis.predictions import Predictions
from nntrain.runs.run import EVALUATION_FILE, Run
from nntrain.storage.atomic import write_csv
from nntrain.workflows.evaluate import Calibration, EvaluatedRun

SCHEMA = "nntrain/evaluation/2"


def document(run: Run, evaluated: EvaluatedRun) -> dict[str, Any]:
    """Return ``figures``, with the path of the run."""
    return {**figures(evaluated), "run": str(run.path)}


def figures(evaluated: EvaluatedRun) -> dict[str, Any]:
    """Return the evaluation, with the dataset and network, as JSON-able types.

    ``cost`` is that of the data, ``decay_cost`` λ/2n Σ W², ``total_cost`` their sum; None if
    infinite.
    """
    dataset, network = evaluated.dataset, evaluated.network
    costs = {"decay_cost": evaluated.decay_cost, "total_cost": evaluated.total_cost}
    return {
        "dataset": dataset.name,
        "dataset_title": dataset.title,
        "synthetic": dataset.synthetic,
        "substituted_because": dataset.substituted_because,
        "split": evaluated.split,
        "sizes": list(network.sizes),
        "activation": network.hidden.name,
        "output": network.output.name,
        **to_json(evaluated.evaluation),
        **plain(costs),
        "failure": evaluated.failure,
    }


def save(run: Run, evaluated: EvaluatedRun) -> None:
    """Write evaluation.json into the run."""
    run.write_json(EVALUATION_FILE, {"schema": SCHEMA, **document(run, evaluated)})


def calibration_document(calibration: Calibration) -> dict[str, Any]:
    """Return a calibration as JSON-able types."""
    return {
        "inverse_temperature": calibration.inverse_temperature,
        "fitted_c": calibration.fit.c,
        "at_the_limit": calibration.fit.at_the_limit,
        "fitted_on": calibration.fit.n,
        "p_value": calibration.fit.p_value,
        "before": to_json(calibration.before),
        "after": to_json(calibration.after),
    }


def write_predictions(path: Path, answers: Predictions) -> None:
    """Write one CSV row per example: index, true, predicted, and every output activation.

    Raises ``NntrainError`` when the file cannot be written.
    """
    names = answers.classes
    header = ["index", "true", "predicted", *(f"output_{name}" for name in names)]
    found = zip(answers.labels, answers.predicted, answers.outputs, strict=True)
    rows = (
        [str(index), names[label], names[predicted], *(f"{a:.9g}" for a in outputs)]
        for index, (label, predicted, outputs) in enumerate(found)
    )
    write_csv(path, [header, *rows])
