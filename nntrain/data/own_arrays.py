"""Own arrays: a caller's inputs x and labels y, checked before anything is trained on them.

uint8 inputs are pixels, which the network scales from 0..255 to 0..1; floats are used as they are.
Labels are whole numbers or strings. Inside they are 0, 1, …: the places of their values in order.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nntrain.data.scale import scale_of, unusual
from nntrain.errors import DatasetError, did_you_mean, in_a_line, warn

Array = npt.NDArray[Any]
Indices = npt.NDArray[np.intp]
Label = int | str

MOST_CLASSES = 1000
"""A confusion matrix and the softmax need memory for the square of it."""
LARGEST_INPUT = 1e30
"""A float32, and so are its products with weights of an ordinary size."""


def checked_inputs(x: npt.ArrayLike, name: str = "x", features: int | None = None) -> Array:
    """Return ``x`` as uint8, float32 or float64, (n, features) or (n, rows, columns), in C order.

    Whole numbers other than uint8 become float64. ``x`` itself is returned if nothing changes.
    ``features`` is the number of values that an example must have, None for any number. Warns of
    floats that look like pixels from 0 to 255, and of uint8 with no value above 1. Raises
    ``DatasetError`` if ``x`` is empty, has another shape, or has a value that is no finite number
    up to 1e30; ``name`` begins the message.
    """
    given = _numbers(x, name)
    _check_shape(given, name, features)
    _check_values(given, name)
    return np.ascontiguousarray(given)


def label_values(y: npt.ArrayLike, name: str = "y") -> tuple[Label, ...]:
    """Return the different labels in ``y`` (n,), whole numbers or strings, in ascending order.

    They are the classes. Raises ``DatasetError`` as ``label_indices`` does, and if there are fewer
    than 2 or more than 1000.
    """
    values = tuple(np.unique(_labels(y, name)).tolist())
    if len(values) < 2:
        raise DatasetError(
            f"{name}: expected at least two different labels, got only {values[0]!r}. With one "
            f"class there is nothing to learn."
        )
    if len(values) > MOST_CLASSES:
        raise DatasetError(
            f"{name}: expected at most {MOST_CLASSES:,} different labels, got {len(values):,}. "
            f"nntrain classifies; it does not predict quantities."
        )
    return values


def label_indices(
    y: npt.ArrayLike, values: Sequence[Label], count: int, name: str = "y"
) -> Indices:
    """Return, for each label in ``y`` (n,), its place in ``values``: intp (n,), 0 … k − 1.

    ``values`` are in ascending order; ``count`` is the number of examples. Raises ``DatasetError``
    for another number of labels, for missing labels, one-hot rows, floats and other types, and for
    a label that is not in ``values``.
    """
    labels = _labels(y, name)
    if len(labels) != count:
        raise DatasetError(
            f"{name}: expected {count:,} labels, one for each example, got {len(labels):,}."
        )
    known = np.array(values)
    if labels.dtype.kind != known.dtype.kind and "U" in (labels.dtype.kind, known.dtype.kind):
        raise _unknown(labels[0].item(), values, name)
    indices = np.minimum(np.searchsorted(known, labels), len(known) - 1)
    if len(odd := np.flatnonzero(known[indices] != labels)):
        raise _unknown(labels[odd[0]].item(), values, name)
    return indices.astype(np.intp, copy=False)


def _numbers(x: npt.ArrayLike, name: str) -> Array:
    """Return ``x`` as an array of uint8, float32 or float64."""
    expected = "an array of numbers"
    _check_order_and_masks(x, name, expected)
    try:
        given = np.asarray(x)
    except (TypeError, ValueError, OverflowError):
        advice = "Each example must have the same number of values"
        raise _unfit(name, expected, _ragged(x) or _type_of(x), advice) from None
    if given.dtype.kind == "O" and given.ndim:
        given = _floats(given, name, expected)
    if given.dtype.kind not in "biuf":
        raise _unfit(name, expected, f"{_type_of(x)} of {given.dtype}")
    if given.dtype in (np.uint8, np.float32, np.float64):
        return given
    return given.astype(np.float32 if given.dtype in (np.bool_, np.float16) else np.float64)


def _floats(objects: Array, name: str, expected: str) -> Array:
    """Return Python objects, which must be numbers, as float64."""
    for place, value in np.ndenumerate(objects):
        where = f"at index {place if objects.ndim > 1 else place[0]}"
        if _missing(value):
            raise _unfit(name, expected, f"a missing value ({value}) {where}", "Fill it first")
        try:
            float("text" if isinstance(value, str | bytes) else value)
        except (TypeError, ValueError, OverflowError):
            raise _unfit(name, expected, f"{_type_of(value)} {where}") from None
    return objects.astype(np.float64)


def _ragged(x: Any) -> str:
    """Return which example of a list has another shape than the first; "" if none has."""
    shapes = [_shape(row) for row in x] if isinstance(x, list | tuple) else []
    odd = next((place for place, shape in enumerate(shapes) if shape != shapes[0]), None)
    return f"{shapes[0]} in example 0 and {shapes[odd]} in example {odd}" if odd else ""


def _shape(row: Any) -> str:
    """Return the shape of one example in words."""
    try:
        shape = np.shape(row)
    except ValueError:
        return "rows of different lengths"
    sizes = "×".join(map(str, shape))
    return f"{sizes} value{'' if sizes == '1' else 's'}" if shape else "one number"


def _check_order_and_masks(given: Any, name: str, expected: str) -> None:
    """Refuse iterators and sets, which have no places, and masked arrays, also in a list."""
    array_like = hasattr(given, "__getitem__") or hasattr(given, "__array__")
    if isinstance(given, Iterable) and not array_like:
        raise _unfit(name, expected, _type_of(given), f"Give an array or list({name})")
    for part in given if isinstance(given, list | tuple) else [given]:
        if np.ma.isMaskedArray(part) and np.ma.getmaskarray(part).any():
            raise _unfit(name, expected, "missing values (a masked array)", "Fill them first")


def _missing(value: object) -> bool:
    """Whether ``value`` is None, NaN, or what pandas writes for a missing value."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float | np.floating | np.datetime64) and value != value


def _check_shape(given: Array, name: str, features: int | None) -> None:
    """Raise ``DatasetError`` unless ``given`` has examples of ``features`` values."""
    wanted = "(n, features) or (n, rows, columns)"
    if features is not None:
        wanted = f"(n, {features}), or (n, rows, columns) with {features} values"
    width = int(np.prod(given.shape[1:]))
    if given.size == 0 and given.ndim:
        raise _unfit(name, f"at least one example: {wanted}", f"an empty array {given.shape}")
    if given.ndim not in (2, 3) or features not in (None, width):
        one = features == given.size and given.ndim in (1, 2)
        advice = f"For one example, give {name}[numpy.newaxis]" if one else ""
        raise _unfit(name, wanted, f"an array {given.shape}", advice)


def _check_values(given: Array, name: str) -> None:
    """Raise ``DatasetError`` unless all values are finite; warn of an unusual scale."""
    scale = scale_of(given)
    if not -LARGEST_INPUT <= scale.low <= scale.high <= LARGEST_INPUT:
        finite = np.abs(given) <= LARGEST_INPUT  # False for NaN
        place = tuple(int(i) for i in np.argwhere(~finite)[0])
        got = f"{given[place]} at index {place}"
        raise _unfit(name, f"finite numbers up to {LARGEST_INPUT:g}", got)
    if advice := unusual(scale, name):
        warn(advice)


def _labels(y: npt.ArrayLike, name: str) -> Array:
    """Return labels (n,) as integers or as strings."""
    expected = "one whole number or string for each example"
    _check_order_and_masks(y, name, expected)
    array = name if isinstance(y, np.ndarray) else f"numpy.array({name})"
    try:
        given = np.asarray(y)
        if given.dtype.kind == "U" and not isinstance(y, np.ndarray):
            given = np.asarray(y, object)  # NumPy turns 1 beside "a" into "1"
    except (TypeError, ValueError):
        raise _unfit(name, expected, _type_of(y)) from None
    if given.ndim == 2:
        advice = f"If the rows are one-hot, give {array}.argmax(axis=1)"
        if given.shape[1] == 1:
            advice = f"Give {array}.ravel()"
        raise _unfit(name, expected, f"an array {given.shape}", advice)
    if given.ndim != 1 or not given.size:
        raise _unfit(name, expected, f"an array {given.shape}")
    if given.dtype.kind in "OT":
        given = _of_objects(given.tolist(), name, expected)
    if given.dtype.kind == "f":
        if np.isnan(given).any():
            place = int(np.flatnonzero(np.isnan(given))[0])
            raise _unfit(name, expected, f"a missing label (NaN) at index {place}")
        whole = bool((given == np.rint(given)).all())
        advice = f"If they are classes, give {array}.astype(int)" if whole else ""
        raise _unfit(name, expected, f"{given.dtype}", advice)
    if given.dtype.kind not in "iuU":
        advice = f"Give {array}.astype(int) for 0 and 1, or {array}.astype(str)"
        raise _unfit(name, expected, f"{given.dtype}", advice if given.dtype == bool else "")
    if given.dtype.kind == "u" and given.max() > np.iinfo(np.int64).max:
        advice = f"Give {array}.astype(str)"
        raise _unfit(name, "whole numbers below 2⁶³", f"{given.max()}", advice)
    if given.dtype.kind == "U":
        try:
            "".join(given.tolist()).encode()
        except UnicodeEncodeError as error:  # half of a surrogate pair, which no file can hold
            raise _unfit(name, expected, f"text that is no Unicode: {error.reason}") from None
    return given


def _of_objects(labels: list[Any], name: str, expected: str) -> Array:
    """Return Python objects, which must be all strings or all whole numbers, as an array."""
    for place, label in enumerate(labels):
        if _missing(label):
            raise _unfit(name, expected, f"a missing label ({label}) at index {place}")
    if all(isinstance(label, str) for label in labels):
        return np.array(labels, dtype=str)
    if all(isinstance(label, int | np.integer | np.bool_) for label in labels):
        return np.array(labels)
    kinds = sorted({type(label).__name__ for label in labels})
    raise _unfit(name, expected, f"labels of type {', '.join(kinds)}")


def _unknown(label: Label, values: Sequence[Label], name: str) -> DatasetError:
    shown = ", ".join(repr(value) for value in values[:20]) + (", …" if len(values) > 20 else "")
    words = [value for value in values if isinstance(value, str)]
    hint = did_you_mean(label, words) if isinstance(label, str) else ""
    return DatasetError(
        f"{name}: expected labels of the training examples ({in_a_line(shown)}), got "
        f"{in_a_line(repr(label))}.{hint}"
    )


def _type_of(value: object) -> str:
    return f"a {type(value).__name__}" if not isinstance(value, np.ndarray) else "an array"


def _unfit(name: str, expected: str, got: str, advice: str = "") -> DatasetError:
    return DatasetError(f"{name}: expected {expected}, got {got}.{advice and f' {advice}.'}")
