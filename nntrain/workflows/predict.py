"""A trained network and image files -> a prediction for each, and its files."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.analysis.metrics import Interval, wilson
from nntrain.analysis.predictions import activations, top_two
from nntrain.data.catalogue import CATALOGUE
from nntrain.errors import DatasetError, NntrainError
from nntrain.exchange.model_card import class_names
from nntrain.images.normal_form import letterboxed, normalised
from nntrain.images.read import SUFFIXES, read_picture
from nntrain.nn.network import Network
from nntrain.storage import atomic
from nntrain.workflows.evaluate import finite_inputs

SCHEMA = "nntrain/predict/1"


@dataclass(frozen=True)
class Picture:
    """A file to be read; ``true`` is the class named by its folder."""

    path: Path
    true: int | None = None

    @property
    def name(self) -> str:
        """The path, with unprintable characters escaped."""
        letters = (c if c.isprintable() else ascii(c)[1:-1] for c in str(self.path))
        return "".join(letters)


@dataclass(frozen=True)
class Failure:
    """A picture that could not be classified, and why."""

    picture: Picture
    problem: str


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


class Reader:
    """Turns pictures into a network's inputs; ``classes`` are the names of its classes.

    ``dataset`` is the name of the dataset that the network was trained on. ``as_is`` only scales
    pictures, instead of bringing them to MNIST's normal form. Raises ``NntrainError`` for a
    network whose inputs are not a square image and whose dataset is not in the catalogue.
    """

    def __init__(self, network: Network, dataset: str, as_is: bool = False) -> None:
        entry = CATALOGUE.get(dataset)
        inputs, outputs = network.sizes[0], network.sizes[-1]
        self.classes = class_names(dataset, outputs)
        side = isqrt(inputs)
        self.image_shape = entry.image_shape if entry else (side, side)
        if self.image_shape[0] * self.image_shape[1] != inputs:
            raise NntrainError(
                f"The network has {inputs} inputs: expected a square image, as 28×28 = 784. "
                f"It cannot classify image files; use evaluate with a dataset."
            )
        self.boxed = not as_is and (entry is None or entry.normalised)

    def read(self, picture: Picture) -> NDArray[np.uint8]:
        """Return the picture as an input (rows, columns); raise ``DatasetError`` if unreadable."""
        decoded = read_picture(picture.path)
        if self.boxed:
            return normalised(decoded.grey, self.image_shape, decoded.lossy)
        return letterboxed(decoded.grey, self.image_shape)


def find_pictures(paths: Iterable[Path], classes: Sequence[str]) -> Iterator[Picture]:
    """Yield the pictures in ``paths``: each file, and all pictures below a folder, sorted.

    In folders only visible files with a picture's suffix count. One in a folder named after a
    class, or its number, is labelled with it; ``/`` in a class is ``_`` there. A folder without
    pictures, or that cannot be read, is yielded itself: reading it reports the problem.
    """
    labels = {name.replace("/", "_").casefold(): label for label, name in enumerate(classes)}
    labels = {str(label): label for label in range(len(classes))} | labels
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112 - Path's raises without permission
            yield Picture(path)
            continue
        found = False
        for file in _files_below(path):
            found = True
            yield Picture(file, labels.get(file.absolute().parent.name.casefold()))
        if not found:
            yield Picture(path)


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield the pictures below ``folder``, sorted, and each folder that cannot be read."""
    unreadable: list[Path] = []

    def keep(error: OSError) -> None:
        unreadable.append(Path(error.filename))

    for parent, folders, files in os.walk(folder, onerror=keep):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                yield Path(parent) / name
    yield from unreadable


def read_all(
    reader: Reader, pictures: Iterable[Picture]
) -> Iterator[tuple[Picture, NDArray[np.uint8]] | Failure]:
    """Yield each picture with the network's input made from it, or the failure."""
    for picture in pictures:
        try:
            yield picture, reader.read(picture)
        except DatasetError as error:
            yield Failure(picture, str(error))
        except MemoryError:
            yield Failure(picture, "too large for this machine's memory")


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
