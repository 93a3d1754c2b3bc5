"""Confusion: which classes are taken for which, and how near the network was to the truth.

A directed pair is true → predicted; a symmetric pair {i, j} adds both directions. The runner-up is
the class of the second largest output activation, and the margin is the largest activation
less the second largest, in [0, 1]: a small margin is a network that hesitated (C4).

Ties are settled the same way every time: equal counts by the lower class indices, equal
confidences or margins by the lower example index, equal outputs by the lower class.
"""

from dataclasses import dataclass

import numpy as np

from nntrain.analysis.metrics import Interval, wilson
from nntrain.analysis.predictions import Bools, Floats, Ints, Predictions

THRESHOLDS = (0.01, 0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True)
class Answer:
    """What the network predicted of one example: ``index`` is its row.

    ``outputs`` are its k activations; ``confidence`` is the largest, ``margin`` that less the
    runner-up's.
    """

    index: int
    true: int
    predicted: int
    runner_up: int
    confidence: float
    margin: float
    outputs: tuple[float, ...]


@dataclass(frozen=True)
class ConfusedPair:
    """A directed pair: ``count`` examples of ``true`` were predicted as ``predicted``.

    ``share`` is of the examples of ``true``. ``examples`` are indices of a few of these errors,
    the most confident first.
    """

    true: int
    predicted: int
    count: int
    share: float
    examples: tuple[int, ...]


@dataclass(frozen=True)
class SymmetricPair:
    """A symmetric pair {first, second}, first < second: errors in either direction.

    ``count`` = ``forth`` (first taken for second) + ``back`` (second taken for first); ``share``
    is of the examples of both classes. ``examples`` as in ConfusedPair, from both directions.
    """

    first: int
    second: int
    forth: int
    back: int
    count: int
    share: float
    examples: tuple[int, ...]


@dataclass(frozen=True)
class MarginShare:
    """How many margins are less than ``below``, and their share of the answers described."""

    below: float
    count: int
    share: float


@dataclass(frozen=True)
class Margins:
    """The margins of n answers: quartiles (interpolated linearly) and shares below thresholds.

    With n = 0 the quartiles are None and ``shares`` is empty.
    """

    n: int
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    shares: tuple[MarginShare, ...]


@dataclass(frozen=True)
class Hesitations:
    """The lecture's C4 measured: errors in which the network chose the wrong one of two.

    ``runner_up`` is the share of the errors whose true class had the second largest output, None
    if there are no errors; ``by_chance`` = 1/(k-1) is that share for a guess among the other
    classes. ``wrong`` and ``right`` are the margins of the errors and, for comparison, of the
    right answers. Among the errors only, ``closest_calls`` are those of smallest margin and
    ``confidently_wrong`` those of largest confidence.
    """

    errors: int
    runner_up: Interval | None
    by_chance: float
    wrong: Margins
    right: Margins
    closest_calls: tuple[Answer, ...]
    confidently_wrong: tuple[Answer, ...]


def confusion_matrix(predictions: Predictions) -> Ints:
    """Count answers: int64 ``(k, k)``, row the true class, column the predicted class."""
    k = len(predictions.classes)
    cells = predictions.labels * k + predictions.predicted
    return np.bincount(cells, minlength=k * k).reshape(k, k).astype(np.int64)


def row_shares(matrix: Ints) -> tuple[tuple[float, ...] | None, ...]:
    """Return each row divided by its sum; None for a class without examples."""
    rows: list[list[int]] = matrix.tolist()
    return tuple(tuple(c / sum(row) for c in row) if sum(row) else None for row in rows)


def confused_pairs(
    predictions: Predictions, *, limit: int | None = None, examples: int = 5
) -> tuple[ConfusedPair, ...]:
    """Rank directed pairs true → predicted by count; those that occur only, at most ``limit``.

    ``examples`` indices are kept of each pair.
    """
    matrix = confusion_matrix(predictions)
    support, errors = matrix.sum(axis=1), _most_confident_errors(predictions)
    return tuple(
        ConfusedPair(
            true=i,
            predicted=j,
            count=int(matrix[i, j]),
            share=float(matrix[i, j] / support[i]),
            examples=_of_pairs(predictions, errors, (i, j))[:examples],
        )
        for i, j in _ranked(matrix)[:limit]
    )


def symmetric_pairs(
    predictions: Predictions, *, limit: int | None = None, examples: int = 5
) -> tuple[SymmetricPair, ...]:
    """Rank symmetric pairs {i, j} like ``confused_pairs``."""
    matrix = confusion_matrix(predictions)
    support, errors = matrix.sum(axis=1), _most_confident_errors(predictions)
    both = np.triu(matrix + matrix.T, k=1)
    return tuple(
        SymmetricPair(
            first=i,
            second=j,
            forth=int(matrix[i, j]),
            back=int(matrix[j, i]),
            count=int(both[i, j]),
            share=float(both[i, j] / (support[i] + support[j])),
            examples=_of_pairs(predictions, errors, (i, j), (j, i))[:examples],
        )
        for i, j in _ranked(both)[:limit]
    )


def answers_at(predictions: Predictions, indices: Ints) -> tuple[Answer, ...]:
    """Return the answers at the given rows, each in [0, n), in the order given."""
    of = predictions
    columns = (of.labels, of.predicted, of.runner_up, of.confidence, of.margin, of.outputs)
    rows = zip(indices.tolist(), *(column[indices].tolist() for column in columns), strict=True)
    return tuple(
        Answer(index, true, first, second, confidence, margin, tuple(outputs))
        for index, true, first, second, confidence, margin, outputs in rows
    )


def hesitations(predictions: Predictions, *, examples: int = 10) -> Hesitations:
    """Measure how the network hesitated where it was wrong.

    At most ``examples`` answers each of smallest margin and of largest confidence are kept.
    """
    wrong, margin = ~predictions.right, predictions.margin
    errors = int(np.count_nonzero(wrong))
    second = int(np.count_nonzero(predictions.runner_up[wrong] == predictions.labels[wrong]))
    return Hesitations(
        errors=errors,
        runner_up=wilson(second, errors) if errors else None,
        by_chance=1 / (len(predictions.classes) - 1),
        wrong=describe_margins(margin[wrong]),
        right=describe_margins(margin[~wrong]),
        closest_calls=answers_at(predictions, _ascending(margin, wrong)[:examples]),
        confidently_wrong=answers_at(predictions, _most_confident_errors(predictions)[:examples]),
    )


def describe_margins(margin: Floats) -> Margins:
    """Return quartiles and shares of the margins ``(n,)``, n may be 0; "below" is strict."""
    n = len(margin)
    if n == 0:
        return Margins(0, None, None, None, ())
    low, median, high = np.quantile(margin, (0.25, 0.5, 0.75)).tolist()
    counts = {t: int(np.count_nonzero(margin < t)) for t in THRESHOLDS}
    shares = tuple(MarginShare(t, count, count / n) for t, count in counts.items())
    return Margins(n, low, median, high, shares)


def _ranked(counts: Ints) -> list[tuple[int, int]]:
    """Return the filled cells off the diagonal by falling count, equal ones by rising indices."""
    cells = [(int(i), int(j)) for i, j in np.argwhere(counts) if i != j]
    return sorted(cells, key=lambda cell: (-counts[cell], cell))


def _ascending(values: Floats, chosen: Bools) -> Ints:
    """Return the chosen indices by rising value, equal values by rising index."""
    where = np.flatnonzero(chosen)
    return where[np.argsort(values[where], kind="stable")].astype(np.int64)


def _most_confident_errors(predictions: Predictions) -> Ints:
    """Return the indices of the errors by falling confidence, equal ones by rising index."""
    return _ascending(-predictions.confidence, ~predictions.right)


def _of_pairs(predictions: Predictions, ranked: Ints, *pairs: tuple[int, int]) -> tuple[int, ...]:
    """Return those of the ``ranked`` examples that are of one of the pairs true → predicted."""
    labels, predicted = predictions.labels[ranked], predictions.predicted[ranked]
    member = [(labels == true) & (predicted == wrong) for true, wrong in pairs]
    return tuple(ranked[np.any(member, axis=0)].tolist())
