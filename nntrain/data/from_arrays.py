"""A caller's arrays -> a Dataset: checked, copied, and divided into three parts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nntrain.data.dataset import Dataset, Split, known_names
from nntrain.data.own_arrays import (
    Array,
    Indices,
    Label,
    checked_inputs,
    label_indices,
    label_values,
)
from nntrain.errors import DatasetError, in_a_line
from nntrain.settings.fields import Spec, checked

Given = tuple[npt.ArrayLike | None, npt.ArrayLike | None]
"""Inputs and labels as given: both, or None for both."""
Examples = tuple[Array, Indices]

SHARE = Spec("", float, above=0, high=0.9)
LONGEST_NAME, NOT_IN_NAMES = 100, '/\\<>&"'


def from_arrays(
    examples: tuple[npt.ArrayLike, npt.ArrayLike],
    validation: Given,
    test: Given,
    shares: tuple[float, float],
    seed: int,
    name: str,
) -> Dataset:
    """Return the dataset; the arguments are those of ``Dataset.from_arrays``, in pairs."""
    _check_name(name)
    rng = np.random.default_rng(int(checked("seed", seed, Spec("", int, low=0))))
    x, y = examples
    inputs, values = checked_inputs(x), label_values(y)
    rest = _shuffled(inputs, label_indices(y, values, len(inputs)), rng)
    test_part = _own_part(test, "test", inputs, values)
    if test_part is None:
        test_part, rest = _put_aside(*rest, shares[1], "test", rng)
    validation_part = _own_part(validation, "validation", inputs, values)
    if validation_part is None:
        validation_part, rest = _put_aside(*rest, shares[0], "validation", rng)
    return Dataset(
        name=name,
        title="your own arrays" if name == "arrays" else f"your own arrays, {name}",
        classes=tuple(in_a_line(str(value)) for value in values),
        train=_split(*rest),
        validation=_split(*validation_part),
        test=_split(*test_part),
        folder=Path(),  # they are in no folder
        own_labels=values,
        pictured=inputs.ndim == 3,
    )


def _check_name(name: object) -> None:
    """Raise ``DatasetError`` unless a run may be called ``name``, and no dataset is."""
    text = name if isinstance(name, str) else ""
    plain = text.isprintable() and not text.startswith(".") and not set(text) & set(NOT_IN_NAMES)
    if not 0 < len(text) <= LONGEST_NAME or not plain or text in known_names():
        raise DatasetError(
            f"name: expected a plain name of at most {LONGEST_NAME} characters that no dataset of "
            f"nntrain has, without any of {' '.join(NOT_IN_NAMES)}, and not starting with a dot, "
            f"got {in_a_line(repr(name))}."
        )


def _shuffled(inputs: Array, labels: Indices, rng: np.random.Generator) -> Examples:
    """Return the examples in random order: the first ones are often of one class."""
    order = rng.permutation(len(labels))
    return inputs[order], labels[order]


def _own_part(given: Given, role: str, inputs: Array, values: Sequence[Label]) -> Examples | None:
    """Return the part that was given, checked to be like ``inputs``; None if none was."""
    x, y = given
    if x is None and y is None:
        return None
    if x is None or y is None:
        missing = f"{'x' if x is None else 'y'}_{role}"
        raise DatasetError(f"{missing} is missing: x_{role} and y_{role} belong together.")
    name = f"x_{role}"
    own = checked_inputs(x, name, int(np.prod(inputs.shape[1:])))
    if own.shape[1:] != inputs.shape[1:] or (own.dtype == np.uint8) != (inputs.dtype == np.uint8):
        raise DatasetError(
            f"{name}: expected examples like those of x, {inputs.dtype} {inputs.shape[1:]}, got "
            f"{own.dtype} {own.shape[1:]}."
        )
    labels = label_indices(y, values, len(own), f"y_{role}")
    return own.astype(inputs.dtype), labels


def _put_aside(
    inputs: Array, labels: Indices, share: float, role: str, rng: np.random.Generator
) -> tuple[Examples, Examples]:
    """Return a ``share`` of the examples, which are in random order, and the others.

    Each class has its share, to about one example, and keeps at least one of the others. Raises
    ``DatasetError`` if there are too few examples.
    """
    by_class = np.argsort(labels, kind="stable")
    free = by_class[np.diff(labels[by_class], prepend=-1) == 0]  # all but the first of each class
    count = max(1, round(checked(role, share, SHARE) * len(labels)))
    if count > len(free):
        raise DatasetError(
            f"x: expected more than {len(labels)} examples, to put aside some for {role} and keep "
            f"one of each class. Give more, or x_{role} and y_{role}."
        )
    aside = np.zeros(len(labels), bool)
    steps = np.arange(count) * len(free) // count  # equal steps, so equal shares of the classes
    aside[free[(steps + rng.integers(len(free))) % len(free)]] = True
    return (inputs[aside], labels[aside]), (inputs[~aside], labels[~aside])


def _split(inputs: Array, labels: Indices) -> Split:
    """Return the examples as a read-only part of a dataset: features are images of one row."""
    images = inputs if inputs.ndim == 3 else inputs[:, np.newaxis]
    images, labels = images.copy(), labels.copy()
    images.flags.writeable = labels.flags.writeable = False
    return Split(images, labels)
