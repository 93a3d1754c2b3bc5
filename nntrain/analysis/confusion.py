"""Confusion: which classes are taken for which, and how near the network was to the truth.

A directed pair is true → said; a symmetric pair {i, j} adds both directions. The runner-up is
the class of the second largest output activation, and the margin is the largest activation
less the second largest, in [0, 1]: a small margin is a network that hesitated (C4).

Ties are settled the same way every time: equal counts by the lower class indices, equal
confidences or margins by the lower example index, equal outputs by the lower class.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nntrain.analysis.confidence import confidences
from nntrain.analysis.metrics import (
    Bools,
    Floats,
    Interval,
    Ints,
    activations,
    check,
    check_said,
    top_two,
    wilson,
)
from nntrain.errors import NntrainError

THRESHOLDS = (0.01, 0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True)
class Answer:
    """What the network said of one example: ``index`` is its row in the arrays given.

    ``outputs`` are its k activations; ``confidence`` is the largest, ``margin`` that less the
    runner-up's.
    """

    index: int
    true: int
    said: int
    runner_up: int
    confidence: float
    margin: float
    outputs: tuple[float, ...]


@dataclass(frozen=True)
class ConfusedPair:
    """A directed pair: ``count`` examples of ``true`` were called ``said``.

    ``share`` is of the examples of ``true``. ``examples`` are indices of a few of these errors,
    the most confident first.
    """

    true: int
    said: int
    count: int
    share: float
    examples: tuple[int, ...]


@dataclass(frozen=True)
class SymmetricPair:
    """A symmetric pair {first, second}, first < second: errors in either direction.

    ``count`` = ``forth`` (first called second) + ``back`` (second called first); ``share`` is of
    the examples of both classes. ``examples`` as in ConfusedPair, from both directions.
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
    if there are no errors; ``by_chance`` = 1/(k-1) is that share if the runner-up were drawn
    blindly among the classes not said. ``wrong`` and ``right`` are the margins of the errors and,
    for comparison, of the right answers. Among the errors only, ``torn`` are those of smallest
    margin and ``sure`` those of largest confidence.
    """

    errors: int
    runner_up: Interval | None
    by_chance: float
    wrong: Margins
    right: Margins
    torn: tuple[Answer, ...]
    sure: tuple[Answer, ...]


def confusion_matrix(labels: npt.ArrayLike, said: npt.ArrayLike, k: int) -> Ints:
    """Count answers: int64 ``(k, k)``, row the true class, column the class said.

    ``labels`` and ``said`` are ``(n,)`` integers in [0, k); NntrainError otherwise.
    """
    truth, answer = check_said(labels, said, k)
    return np.bincount(truth * k + answer, minlength=k * k).reshape(k, k).astype(np.int64)


def row_shares(matrix: npt.ArrayLike) -> tuple[tuple[float, ...] | None, ...]:
    """Return each row divided by its sum; None for a class without examples."""
    rows: list[list[int]] = np.asarray(matrix).tolist()
    return tuple(tuple(c / sum(row) for c in row) if sum(row) else None for row in rows)


def confused_pairs(
    labels: npt.ArrayLike,
    said: npt.ArrayLike,
    confidence: npt.ArrayLike,
    k: int,
    *,
    limit: int | None = None,
    examples: int = 5,
) -> tuple[ConfusedPair, ...]:
    """Rank directed pairs true → said by count; those that occur only, at most ``limit``.

    ``labels``, ``said``, ``confidence`` are ``(n,)``; ``examples`` indices are kept of each pair.
    """
    truth, answer = check_said(labels, said, k)
    matrix = confusion_matrix(truth, answer, k)
    support = matrix.sum(axis=1)
    errors = _most_confident_first(confidence, truth != answer)
    return tuple(
        ConfusedPair(
            true=i,
            said=j,
            count=int(matrix[i, j]),
            share=float(matrix[i, j] / support[i]),
            examples=_first(errors, (truth == i) & (answer == j), examples),
        )
        for i, j in _ranked(matrix)[:limit]
    )


def symmetric_pairs(
    labels: npt.ArrayLike,
    said: npt.ArrayLike,
    confidence: npt.ArrayLike,
    k: int,
    *,
    limit: int | None = None,
    examples: int = 5,
) -> tuple[SymmetricPair, ...]:
    """Rank symmetric pairs {i, j} by count; those that occur only, at most ``limit``.

    Arguments as for ``confused_pairs``.
    """
    truth, answer = check_said(labels, said, k)
    matrix = confusion_matrix(truth, answer, k)
    support = matrix.sum(axis=1)
    errors = _most_confident_first(confidence, truth != answer)
    both = np.triu(matrix + matrix.T, k=1)
    low, high = np.minimum(truth, answer), np.maximum(truth, answer)
    return tuple(
        SymmetricPair(
            first=i,
            second=j,
            forth=int(matrix[i, j]),
            back=int(matrix[j, i]),
            count=int(both[i, j]),
            share=float(both[i, j] / (support[i] + support[j])),
            examples=_first(errors, (low == i) & (high == j), examples),
        )
        for i, j in _ranked(both)[:limit]
    )


def answers_at(
    labels: npt.ArrayLike, log_outputs: npt.ArrayLike, indices: npt.ArrayLike
) -> tuple[Answer, ...]:
    """Return the answers at the given rows, in the order given."""
    truth, logs = check(labels, log_outputs)
    rows = np.asarray(indices, dtype=np.int64)
    if rows.size == 0:
        return ()
    if rows.min() < 0 or rows.max() >= len(truth):
        raise NntrainError(f"expected rows 0 to {len(truth) - 1}, got {rows.min()}, {rows.max()}.")
    chosen = logs[rows]
    said, runner_up = top_two(chosen)
    columns = (rows, truth[rows], said, runner_up, confidences(chosen), margins(chosen))
    return tuple(
        Answer(index, true, first, second, sure, margin, tuple(outputs))
        for index, true, first, second, sure, margin, outputs in zip(
            *(column.tolist() for column in columns), activations(chosen).tolist(), strict=True
        )
    )


def margins(log_outputs: npt.ArrayLike) -> Floats:
    """Return the largest activation less the second largest: float64 ``(n,)`` in [0, 1]."""
    outputs = np.sort(activations(log_outputs), axis=1)
    result: Floats = outputs[:, -1] - outputs[:, -2]
    return result


def hesitations(
    labels: npt.ArrayLike, log_outputs: npt.ArrayLike, *, examples: int = 10
) -> Hesitations:
    """Measure how the network hesitated where it was wrong; ``examples`` torn and sure answers."""
    truth, logs = check(labels, log_outputs)
    said, runner_up = top_two(logs)
    wrong = said != truth
    errors = int(np.count_nonzero(wrong))
    second = int(np.count_nonzero(runner_up[wrong] == truth[wrong]))
    margin, confidence = margins(logs), confidences(logs)
    torn = _ascending(margin, wrong)[:examples]
    sure = _most_confident_first(confidence, wrong)[:examples]
    return Hesitations(
        errors=errors,
        runner_up=wilson(second, errors) if errors else None,
        by_chance=1 / (logs.shape[1] - 1),
        wrong=describe_margins(margin[wrong]),
        right=describe_margins(margin[~wrong]),
        torn=answers_at(truth, logs, torn),
        sure=answers_at(truth, logs, sure),
    )


def describe_margins(margin: Floats) -> Margins:
    """Return quartiles and shares of the margins ``(n,)``, n may be 0; "below" is strict."""
    n = len(margin)
    if n == 0:
        return Margins(n=0, lower_quartile=None, median=None, upper_quartile=None, shares=())
    low, median, high = np.quantile(margin, (0.25, 0.5, 0.75)).tolist()
    counts = [int(np.count_nonzero(margin < t)) for t in THRESHOLDS]
    shares = tuple(
        MarginShare(below=t, count=c, share=c / n) for t, c in zip(THRESHOLDS, counts, strict=True)
    )
    return Margins(n=n, lower_quartile=low, median=median, upper_quartile=high, shares=shares)


def _ranked(counts: Ints) -> list[tuple[int, int]]:
    """Return the filled cells off the diagonal by falling count, equal ones by rising indices."""
    cells = [(int(i), int(j)) for i, j in np.argwhere(counts) if i != j]
    return sorted(cells, key=lambda cell: (-counts[cell], cell))


def _ascending(values: Floats, chosen: Bools) -> Ints:
    """Return the chosen indices by rising value, equal values by rising index."""
    where = np.flatnonzero(chosen)
    return where[np.argsort(values[where], kind="stable")].astype(np.int64)


def _most_confident_first(confidence: npt.ArrayLike, chosen: Bools) -> Ints:
    """Return the chosen indices by falling confidence, equal ones by rising index."""
    sure = np.asarray(confidence, dtype=np.float64)
    if sure.shape != chosen.shape:
        raise NntrainError(f"confidence: expected {chosen.shape} numbers, got {sure.shape}.")
    return _ascending(-sure, chosen)


def _first(ranked: Ints, member: Bools, count: int) -> tuple[int, ...]:
    """Return the first ``count`` of the ranked indices that are members, in their order."""
    return tuple(ranked[member[ranked]][:count].tolist())
