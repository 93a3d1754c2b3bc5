"""Labels as a network takes them: indices into the classes; and the examples held back."""

from math import ceil
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike
from sklearn.model_selection import train_test_split
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from nntrain.nn.arrays import Array, Floats, Integers
from nntrain.nn.training import Examples


def classes_in(labels: ArrayLike, name: str = "y") -> Array:
    """Return the classes among ``labels`` (n,), sorted; ``ValueError`` for fewer than two."""
    labels = column_or_1d(labels)
    check_classification_targets(labels)
    classes: Array = np.unique(labels)
    if len(classes) < 2:
        got = f"1 class, {classes[0]}" if len(classes) else "none"
        raise ValueError(f"{name}: expected two classes or more, got {got}.")
    return classes


def classes_given(classes: ArrayLike | None, known: Array | None) -> Array:
    """Return the classes for ``partial_fit``: ``known`` from its first call, or ``classes``.

    ``classes`` may be given again, but must be the same.
    """
    if classes is None:
        if known is None:
            raise ValueError("classes: needed in the first call of partial_fit.")
        return known
    _check_classes(classes)
    try:
        given = classes_in(classes, "classes")
    except (TypeError, ValueError) as error:
        text = str(error)
        raise ValueError(text if text.startswith("classes:") else f"classes: {text}") from error
    if known is not None and not np.array_equal(given, known):
        raise ValueError(f"classes: expected {known} as in the first call, got {given}.")
    return given


def _check_classes(classes: ArrayLike) -> None:
    """Refuse what NumPy and scikit-learn turn into other labels, or explain as if it were y."""
    expected = "classes: expected a list or 1d array of labels, all strings or all numbers"
    objects = np.asarray(classes, dtype=object)
    if objects.ndim == 0:
        raise ValueError(f"{expected}, got a {type(classes).__name__}. Give sorted(classes).")
    if objects.ndim > 1 and objects.shape[1:] != (1,):
        raise ValueError(f"{expected}, got an array {objects.shape}.")
    labels = objects.ravel().tolist()
    kinds = {type(label).__name__ for label in labels}
    missing = kinds & {"NoneType", "NAType", "NaTType"}
    if missing or any(label != label for label in labels):  # NaN is not itself
        raise ValueError(f"{expected}, got a missing one. Leave it out.")
    if len({isinstance(label, str) for label in labels}) > 1:
        raise ValueError(f"{expected}, got {' and '.join(sorted(kinds))}.")


def indices(answers: Array, classes: Array) -> Integers:
    """Return the labels ``answers`` (n,) as indices into ``classes`` (K,)."""
    unknown = np.setdiff1d(answers, classes)
    if len(unknown):
        raise ValueError(f"y: expected labels among {classes}, got {unknown}.")
    return np.searchsorted(classes, answers)


def check_share(share: object) -> None:
    """Raise ``ValueError`` for a ``validation_fraction`` that is not between 0 and 1."""
    if not isinstance(share, Real) or not 0 < float(share) < 1:
        raise ValueError(
            f"validation_fraction = {share} is not allowed: expected a number between 0 and 1."
        )


def hold_back(
    inputs: Floats, labels: Integers, classes: Array, share: float, seed: int
) -> tuple[Examples, Examples]:
    """Return the examples to train on and those held back, with equal class shares.

    ``labels`` (n,) are indices into ``classes``. Raises ``ValueError`` for too few examples.
    """
    n, counts, few = len(labels), np.bincount(labels), None
    held = ceil(share * n)
    if counts.min() < 2:
        few = f"there is 1 example of {classes[counts.argmin()]}, and every class needs 2"
    elif min(held, n - held) < len(classes):
        few = (
            f"validation_fraction = {share} of {n} examples gives {held} to hold back and "
            f"{n - held} to train on, and both need at least one per class, {len(classes)}"
        )
    if few:
        raise ValueError(
            f"patience needs examples that are held back: {few}. Give more examples or another "
            f"validation_fraction, or set patience=None to train on all."
        )
    parts = train_test_split(inputs, labels, test_size=share, stratify=labels, random_state=seed)
    return (parts[0], parts[2]), (parts[1], parts[3])
