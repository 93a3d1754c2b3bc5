"""A trained network and image files -> a prediction for each, and its files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from nntrain.analysis.metrics import Interval, wilson
from nntrain.analysis.predictions import activations, top_two
from nntrain.data.catalogue import CATALOGUE
from nntrain.errors import DatasetError, NntrainError
from nntrain.exchange.model_card import class_names
from nntrain.images.components import count_digits, in_row
from nntrain.images.normal_form import in_box, letterboxed, strokes_of
from nntrain.images.read import ROW_SIDE, WORKING_SIDE, read_picture
from nntrain.nn.network import Network
from nntrain.workflows.evaluate import finite_inputs
from nntrain.workflows.pictures import Picture

SEVERAL = "may be more than one digit"
TOUCHING = "too wide for one digit: digits probably touch"


@dataclass(frozen=True)
class Failure:
    """A picture that could not be classified, and why."""

    picture: Picture
    problem: str


@dataclass(frozen=True, eq=False)
class Reading:
    """A network's input ``image`` (rows, columns) uint8, made of a picture.

    ``note`` says what may be wrong with it, or is empty. ``digit`` is its place, from 1, where the
    picture is a row of digits.
    """

    picture: Picture
    image: NDArray[np.uint8]
    note: str = ""
    digit: int | None = None


@dataclass(frozen=True, eq=False)
class Answer:
    """The network's prediction for one picture, or for one digit of its row.

    ``image`` (rows, columns) uint8 is its input, ``outputs`` its activations, ``predicted`` and
    ``runner_up`` the classes of the largest two; ``note`` and ``digit`` are those of the reading.
    """

    picture: Picture
    image: NDArray[np.uint8]
    outputs: tuple[float, ...]
    predicted: int
    runner_up: int
    note: str = ""
    digit: int | None = None

    @property
    def name(self) -> str:
        """The picture's name, with the place of the digit in its row."""
        return self.picture.name + ("" if self.digit is None else f" #{self.digit}")

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
    pictures, instead of bringing them to MNIST's normal form. ``row`` reads each picture as a row
    of digits. Raises ``NntrainError`` for a network whose inputs are not a square image and whose
    dataset is not in the catalogue, and for a row if pictures are only scaled.
    """

    def __init__(
        self, network: Network, dataset: str, as_is: bool = False, row: bool = False
    ) -> None:
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
        self.row = row
        if row and not self.boxed:
            raise NntrainError(
                "A row of digits can only be cut into digits in MNIST's form; here images are "
                "only scaled. Leave out --line."
            )

    def read(self, picture: Picture) -> list[Reading]:
        """Return the picture as inputs: one, or one per digit of its row.

        Raises ``DatasetError`` if it is unreadable.
        """
        decoded = read_picture(picture.path, ROW_SIDE if self.row else WORKING_SIDE)
        if not self.boxed:
            return [Reading(picture, letterboxed(decoded.grey, self.image_shape))]
        strokes = strokes_of(decoded.grey, self.image_shape, decoded.lossy, self.row)
        if self.row:
            return self._row(replace(picture, true=None), strokes)
        count = count_digits(strokes)
        note = "" if count < 2 else f"{SEVERAL} ({count} separate parts); --line reads a row"
        return [Reading(picture, in_box(strokes, self.image_shape), note)]

    def _row(self, picture: Picture, strokes: NDArray[np.floating]) -> list[Reading]:
        digits, marks = in_row(strokes)
        readings = []
        for place, digit in enumerate(digits, 1):
            notes = [TOUCHING] if digit.touching else []
            if count_digits(digit.foreground) > 1:
                notes.append(SEVERAL)
            if marks and place == 1:
                notes.append(f"marks left out, less tall than a digit: {marks}")
            image = in_box(digit.foreground, self.image_shape)
            readings.append(Reading(picture, image, "; ".join(notes), place))
        return readings


def read_all(reader: Reader, pictures: Iterable[Picture]) -> Iterator[Sequence[Reading] | Failure]:
    """Yield the network's inputs made from each picture, or the failure."""
    for picture in pictures:
        try:
            yield reader.read(picture)
        except DatasetError as error:
            yield Failure(picture, str(error))
        except MemoryError:
            yield Failure(picture, "too large for this machine's memory")


def predict(
    network: Network,
    classes: tuple[str, ...],
    read: Iterable[Sequence[Reading] | Failure],
) -> Answers:
    """Return the network's prediction for each input read.

    Raises ``NntrainError`` when an output is not finite.
    """
    entries = list(read)
    failures = tuple(entry for entry in entries if isinstance(entry, Failure))
    seen = [one for entry in entries if not isinstance(entry, Failure) for one in entry]
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


def _answers(network: Network, seen: Sequence[Reading]) -> Iterator[Answer]:
    z = finite_inputs(network, np.stack([reading.image for reading in seen]))
    # ranked by logarithms, which still differ when activations all round to 1
    logs = network.output.log_activate(z).astype(np.float64, copy=False)
    predicted, runner_up = top_two(logs)
    outputs = activations(logs)
    for row, reading in enumerate(seen):
        yield Answer(
            picture=reading.picture,
            image=reading.image,
            outputs=tuple(outputs[row].tolist()),
            predicted=int(predicted[row]),
            runner_up=int(runner_up[row]),
            note=reading.note,
            digit=reading.digit,
        )
