"""A trained network and pictures -> a prediction for each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nntrain.analysis.metrics import Interval, wilson
from nntrain.analysis.predictions import activations, top_two
from nntrain.nn.network import Network
from nntrain.workflows.evaluate import finite_inputs
from nntrain.workflows.pictures import Picture
from nntrain.workflows.reading import Failure, Reading


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
