"""An evaluated run -> its JSON documents and its CSV file."""

import csv
import io
from pathlib import Path
from typing import Any

from nntrain.analysis.evaluation import to_json
from nntrain.analysis.predictions import Predictions
from nntrain.runs.run import EVALUATION_FILE, Run
from nntrain.storage.atomic import write_asked
from nntrain.workflows.evaluate import Calibration, EvaluatedRun

SCHEMA = "nntrain/evaluation/1"


def document(run: Run, evaluated: EvaluatedRun) -> dict[str, Any]:
    """Return the evaluation and what it is about, as JSON-able types."""
    dataset, network = evaluated.dataset, evaluated.network
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
        "run": str(run.path),
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
        "fitted_on": calibration.fitted_on,
        "before": to_json(calibration.before),
        "after": to_json(calibration.after),
    }


def write_predictions(path: Path, answers: Predictions) -> None:
    """Write one CSV row an example: index, true, predicted, and every output activation.

    Raises ``NntrainError`` when the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = answers.classes
    writer.writerow(["index", "true", "predicted", *(f"output_{name}" for name in names)])
    rows = zip(answers.labels, answers.predicted, answers.outputs, strict=True)
    for index, (label, predicted, outputs) in enumerate(rows):
        cells = (f"{a:.9g}" for a in outputs)
        writer.writerow([index, names[label], names[predicted], *cells])
    write_asked(path, text.getvalue())
