"""A trained network and pictures -> a prediction for each, and its files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.analysis.metrics import Interval, wilson
from nntrain.analysis.predictions import activations, top_two
from nntrain.nn.network import Network
from nntrain.storage import atomic
from nntrain.workflows.evaluate import finite_inputs
from nntrain.workflows.pictures import Failure, Picture, Reader

SCHEMA = "nntrain/predict/1"


@dataclass(frozen=True, eq=False)
class Answer:
    """The network's prediction for one picture.

    ``image`` (rows, columns) uint8 is its input, ``outputs`` its activations, ``predicted`` and
    ``runner_up`` the classes of the largest two.
    """

    picture: Picture
    image: NDArray[np.uint8]
    outputs: tuple[float, ...]
    predicted: int
    runner_up: int

    @property
    def confidence(self) -> float:
        """The largest output."""
        return self.outputs[self.predicted]


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers in input order; ``distribution``: whether outputs are probabilities.

    ``accuracy`` is over the pictures whose class is known, None without any.
    """

    classes: tuple[str, ...]
    distribution: bool
    answers: tuple[Answer, ...]
    failures: tuple[Failure, ...]
    accuracy: Interval | None


def predict(
    network: Network,
    classes: tuple[str, ...],
    read: Iterable[tuple[Picture, NDArray[np.uint8]] | Failure],
) -> Answers:
    """Return the network's prediction for each picture that could be read.

    Raises ``NntrainError`` when an output is not finite.
    """
    entries = list(read)
    failures = tuple(entry for entry in entries if isinstance(entry, Failure))
    seen = [entry for entry in entries if not isinstance(entry, Failure)]
    answers = tuple(_answers(network, seen)) if seen else ()
    known = [answer for answer in answers if answer.picture.true is not None]
    right = sum(answer.predicted == answer.picture.true for answer in known)
    return Answers(
        classes=classes,
        distribution=network.output.distribution,
        answers=answers,
        failures=failures,
        accuracy=wilson(right, len(known)) if known else None,
    )


def _answers(
    network: Network, seen: Sequence[tuple[Picture, NDArray[np.uint8]]]
) -> Iterator[Answer]:
    z = finite_inputs(network, np.stack([image for _, image in seen]))
    # ranked by logarithms, which still differ when activations all round to 1
    logs = network.output.log_activate(z).astype(np.float64, copy=False)
    predicted, runner_up = top_two(logs)
    outputs = activations(logs)
    for row, (picture, image) in enumerate(seen):
        first, second = int(predicted[row]), int(runner_up[row])
        yield Answer(picture, image, tuple(outputs[row].tolist()), first, second)


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
    """Write one row per picture: file, true, predicted, runner-up, every output, and the problem.

    Failures come last. Raises ``NntrainError`` when the file cannot be written.
    """
    names = answers.classes
    outputs = [f"output_{name}" for name in names]
    rows = [["file", "true", "predicted", "runner_up", *outputs, "problem"]]
    for answer in answers.answers:
        true = "" if answer.picture.true is None else names[answer.picture.true]
        classes = [true, names[answer.predicted], names[answer.runner_up]]
        rows.append([answer.picture.name, *classes, *(f"{a:.9g}" for a in answer.outputs), ""])
    for failure in answers.failures:
        rows.append([failure.picture.name, *[""] * (3 + len(names)), failure.problem])
    atomic.write_csv(path, rows)
