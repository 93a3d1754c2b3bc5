"""Image files -> the inputs of a network, and the classes that their folders name."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.data.catalogue import CATALOGUE
from nntrain.errors import DatasetError, NntrainError
from nntrain.exchange.model_card import card
from nntrain.images.normal_form import letterboxed, normalised
from nntrain.images.read import SUFFIXES, read_picture
from nntrain.nn.network import Network
from nntrain.runs import provenance


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


class Reader:
    """Turns pictures into a network's inputs; ``classes`` are the names of its classes.

    ``dataset`` is the name of the dataset that the network was trained on, ``origin`` the run's
    provenance. ``as_is`` only scales pictures, instead of bringing them to MNIST's normal form.
    Raises ``NntrainError`` for a network trained on a caller's tables, or on floats not from 0 to
    1, and for one whose inputs are not a square image and whose dataset is not in the catalogue.
    """

    def __init__(
        self,
        network: Network,
        dataset: str,
        as_is: bool = False,
        origin: Mapping[str, Any] = MappingProxyType({}),
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

    def read(self, picture: Picture) -> NDArray[np.uint8]:
        """Return the picture as an input (rows, columns); raise ``DatasetError`` if unreadable."""
        form = normalised if self.boxed else letterboxed
        return form(read_picture(picture.path), self.image_shape)


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


def find_pictures(paths: Iterable[Path], classes: Sequence[str]) -> Iterator[Picture]:
    """Yield the pictures in ``paths``: each file, and all pictures below a folder, sorted.

    In folders only visible files with a picture's suffix count. One in a folder named after a
    class, or its number unless all classes are numbers, is labelled with it; ``/`` in a class is
    ``_`` there. A folder without pictures, or that cannot be read, is yielded itself: reading it
    reports the problem.
    """
    labels = {name.replace("/", "_").casefold(): label for label, name in enumerate(classes)}
    if not all(name.lstrip("-").isdecimal() for name in classes):
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
