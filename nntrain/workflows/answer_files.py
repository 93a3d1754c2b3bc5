"""The answers of ``nntrain predict`` as JSON and CSV."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from nntrain.nn.network import Network
from nntrain.storage import atomic
from nntrain.workflows.predict import Answers
from nntrain.workflows.reading import Reader

SCHEMA = "nntrain/predict/1"


def document(answers: Answers, network: Network, reader: Reader) -> dict[str, Any]:
    """Return the answers as JSON-able types."""
    names, accuracy = answers.classes, answers.accuracy
    return {
        "sizes": list(network.sizes),
        "output": network.output.name,
        "distribution": answers.distribution,
        "classes": list(names),
        "normalised": reader.boxed,
        "pictures": [
            {
                "file": answer.picture.name,
                "true": None if answer.picture.true is None else names[answer.picture.true],
                "predicted": names[answer.predicted],
                "runner_up": names[answer.runner_up],
                "confidence": answer.confidence,
                "outputs": list(answer.outputs),
                "digit": answer.digit,
                "note": answer.note or None,
            }
            for answer in answers.answers
        ],
        "failed": [
            {"file": failure.picture.name, "problem": failure.problem}
            for failure in answers.failures
        ],
        "accuracy": asdict(accuracy) if accuracy else None,
    }


def write_csv(path: Path, answers: Answers) -> None:
    """Write one row per answer: file, true, predicted, runner-up, every output, and the problem.

    Then come the digit's place in its row, and the note. Failures come last. Raises
    ``NntrainError`` when the file cannot be written.
    """
    names = answers.classes
    outputs = [f"output_{name}" for name in names]
    rows = [["file", "true", "predicted", "runner_up", *outputs, "problem", "digit", "note"]]
    for answer in answers.answers:
        true = "" if answer.picture.true is None else names[answer.picture.true]
        classes = [true, names[answer.predicted], names[answer.runner_up]]
        shown = [f"{a:.9g}" for a in answer.outputs]
        last = ["", "" if answer.digit is None else str(answer.digit), answer.note]
        rows.append([answer.picture.name, *classes, *shown, *last])
    for failure in answers.failures:
        rows.append([failure.picture.name, *[""] * (3 + len(names)), failure.problem, "", ""])
    atomic.write_csv(path, rows)
