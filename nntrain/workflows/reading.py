"""Pictures -> the inputs of a network, one for each or one for each digit of a row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isqrt
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.data.catalogue import CATALOGUE
from nntrain.errors import DatasetError, NntrainError
from nntrain.exchange.model_card import card
from nntrain.images.components import count_digits, in_row
from nntrain.images.normal_form import in_box, letterboxed, strokes_of
from nntrain.images.read import ROW_SIDE, WORKING_SIDE, read_picture
from nntrain.nn.network import Network
from nntrain.runs import provenance
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


class Reader:
    """Turns pictures into a network's inputs; ``classes`` are the names of its classes.

    ``dataset`` is the name of the dataset that the network was trained on, ``origin`` the run's
    provenance. ``as_is`` only scales pictures, instead of bringing them to MNIST's normal form.
    ``row`` reads each picture as a row of digits. Raises ``NntrainError`` for a network trained on
    a caller's tables, or on floats not from 0 to 1; for one whose inputs are not a square image
    and whose dataset is not in the catalogue; and for a row if pictures are only scaled.
    """

    def __init__(
        self,
        network: Network,
        dataset: str,
        as_is: bool = False,
        origin: Mapping[str, Any] = MappingProxyType({}),
        *,
        row: bool = False,
    ) -> None:
        entry = CATALOGUE.get(dataset)
        inputs, side = network.sizes[0], isqrt(network.sizes[0])
        self.classes = card("", dataset, origin, network).classes
        self.image_shape = entry.image_shape if entry else (side, side)
        if provenance.trained_on_arrays(origin):
            self.image_shape = _own_shape(origin, inputs)
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


def _own_shape(origin: Mapping[str, Any], inputs: int) -> tuple[int, int]:
    """Return the rows and columns of a caller's images; refuse what no picture can become."""
    shape: Any = origin.get(provenance.PICTURED)
    pictured = isinstance(shape, list) and len(shape) == 2 and {*map(type, shape)} == {int}
    if not pictured:
        raise NntrainError(
            f"The network was trained on a table of {inputs} features, not on images: it cannot "
            f"classify image files. Give it features in Python: nntrain.load_run(…)"
            f".network.predict(x)."
        )
    scale = provenance.scale_of_training(origin)
    if scale and not scale.pixels and not 0 <= scale.low <= scale.high <= 1:
        raise NntrainError(
            f"The network was trained on images of numbers from {scale.low:g} to {scale.high:g}: "
            f"image files have pixels, which become numbers from 0 to 1. Give it arrays in "
            f"Python: nntrain.load_run(…).network.predict(x)."
        )
    return shape[0], shape[1]


def read_all(reader: Reader, pictures: Iterable[Picture]) -> Iterator[Sequence[Reading] | Failure]:
    """Yield the network's inputs made from each picture, or the failure."""
    for picture in pictures:
        try:
            yield reader.read(picture)
        except DatasetError as error:
            yield Failure(picture, str(error))
        except MemoryError:
            yield Failure(picture, "too large for this machine's memory")
