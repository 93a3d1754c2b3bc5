"""Confusion: which classes are mistaken for which.

A directed pair is true → predicted; a symmetric pair {i, j} adds both directions.

Ties are broken deterministically: equal counts, which share a rank, by class index, equal
confidences by example index, equal outputs by class, the lowest first.
"""

from dataclasses import dataclass

import numpy as np

from nntrain.analysis.predictions import Bools, Floats, Ints, Predictions


@dataclass(frozen=True)
class ConfusedPair:
    """A directed pair: ``count`` examples of ``true`` were predicted as ``predicted``.

    ``rank`` is 1 + the number of pairs with a larger count, so equal counts share it. ``share``
    is relative to the examples of ``true``. ``examples`` are indices of a few of these errors,
    the most confident first.
    """

    rank: int
    true: int
    predicted: int
    count: int
    share: float
    examples: tuple[int, ...]


@dataclass(frozen=True)
class SymmetricPair:
    """A symmetric pair {first, second}, first < second: errors in either direction.

    ``count`` = ``forth`` (first → second) + ``back`` (second → first); ``share`` is relative to
    the examples of both classes. ``rank`` and ``examples`` as in ConfusedPair, the latter from
    both directions.
    """

    rank: int
    first: int
    second: int
    forth: int
    back: int
    count: int
    share: float
    examples: tuple[int, ...]


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
    """Rank the directed pairs true → predicted that occur by count; return up to ``limit``.

    Each pair keeps up to ``examples`` indices.
    """
    matrix = confusion_matrix(predictions)
    support, errors = matrix.sum(axis=1), most_confident_errors(predictions)
    return tuple(
        ConfusedPair(
            rank=rank,
            true=i,
            predicted=j,
            count=int(matrix[i, j]),
            share=float(matrix[i, j] / support[i]),
            examples=_of_pairs(predictions, errors, (i, j))[:examples],
        )
        for rank, (i, j) in _ranked(matrix)[:limit]
    )


def symmetric_pairs(
    predictions: Predictions, *, limit: int | None = None, examples: int = 5
) -> tuple[SymmetricPair, ...]:
    """Rank symmetric pairs {i, j} like ``confused_pairs``."""
    matrix = confusion_matrix(predictions)
    support, errors = matrix.sum(axis=1), most_confident_errors(predictions)
    both = np.triu(matrix + matrix.T, k=1)
    return tuple(
        SymmetricPair(
            rank=rank,
            first=i,
            second=j,
            forth=int(matrix[i, j]),
            back=int(matrix[j, i]),
            count=int(both[i, j]),
            share=float(both[i, j] / (support[i] + support[j])),
            examples=_of_pairs(predictions, errors, (i, j), (j, i))[:examples],
        )
        for rank, (i, j) in _ranked(both)[:limit]
    )


def _ranked(counts: Ints) -> list[tuple[int, tuple[int, int]]]:
    """Return (rank, cell) of the non-zero cells off the diagonal, by decreasing count.

    Equal counts share a rank and are ordered by increasing indices.
    """
    cells = [(int(i), int(j)) for i, j in np.argwhere(counts) if i != j]
    cells.sort(key=lambda cell: (-counts[cell], cell))
    ranks: dict[int, int] = {}
    for place, cell in enumerate(cells, start=1):
        ranks.setdefault(int(counts[cell]), place)
    return [(ranks[int(counts[cell])], cell) for cell in cells]


def ascending(values: Floats, chosen: Bools) -> Ints:
    """Return the chosen indices by increasing value, equal values by increasing index."""
    where = np.flatnonzero(chosen)
    return where[np.argsort(values[where], kind="stable")].astype(np.int64)


def most_confident_errors(predictions: Predictions) -> Ints:
    """Return the indices of the errors by decreasing confidence, ties by increasing index."""
    return ascending(-predictions.confidence, ~predictions.right)


def _of_pairs(predictions: Predictions, ranked: Ints, *pairs: tuple[int, int]) -> tuple[int, ...]:
    """Return the ``ranked`` examples that belong to one of the pairs true → predicted."""
    labels, predicted = predictions.labels[ranked], predictions.predicted[ranked]
    member = [(labels == true) & (predicted == wrong) for true, wrong in pairs]
    return tuple(ranked[np.any(member, axis=0)].tolist())
