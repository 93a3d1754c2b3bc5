"""Hesitations: how close the network was to the true class in its errors (C4).

The runner-up is the class of the second largest output activation, and the margin is the largest
activation minus the second largest, in [0, 1]: a small margin means that the network hesitated.

Equal margins are ordered by the lower example index.
"""

from dataclasses import dataclass

import numpy as np

from nntrain.analysis.confusion import ascending, confusion_matrix, most_confident_errors
from nntrain.analysis.metrics import Interval, wilson
from nntrain.analysis.predictions import Floats, Ints, Predictions, normalise

MOSTLY = 0.9
"""In a hesitation between two, the two largest outputs make up more than this share of all."""
THRESHOLDS = (0.01, 0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True)
class Answer:
    """What the network predicted for one example: ``index`` is its row.

    ``outputs`` are its k activations; ``confidence`` is the largest, ``margin`` that minus the
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
    if there are no errors. Two baselines ignore the other outputs: ``by_chance`` = 1/(k-1)
    guesses one of the other classes, and ``informed`` guesses the commonest true class given the
    answer; counted on the same errors, it is the best any such guess can do. ``between_two`` is
    the share of the errors that are hesitations in the narrow sense: the two largest outputs make
    up more than 0.9 of the sum of all, and the true class is one of them. ``wrong`` and ``right``
    are the margins of the errors and, for comparison, of the right answers. Among the errors,
    ``closest_calls`` have the smallest margins and ``confidently_wrong`` the largest confidence.
    """

    errors: int
    runner_up: Interval | None
    by_chance: float
    informed: float | None
    between_two: Interval | None
    wrong: Margins
    right: Margins
    closest_calls: tuple[Answer, ...]
    confidently_wrong: tuple[Answer, ...]


def hesitations(predictions: Predictions, *, examples: int = 10) -> Hesitations:
    """Measure how the network hesitated in its errors.

    Keeps up to ``examples`` closest calls and as many confidently wrong answers.
    """
    wrong, margin = ~predictions.right, predictions.margin
    errors = int(np.count_nonzero(wrong))
    second = predictions.runner_up[wrong] == predictions.labels[wrong]
    shares = np.sort(np.exp(normalise(predictions.log_outputs[wrong])), axis=1)
    between = second & (shares[:, -2:].sum(axis=1) > MOSTLY)
    return Hesitations(
        errors=errors,
        runner_up=wilson(int(second.sum()), errors) if errors else None,
        by_chance=1 / (len(predictions.classes) - 1),
        informed=_informed(confusion_matrix(predictions), errors) if errors else None,
        between_two=wilson(int(between.sum()), errors) if errors else None,
        wrong=describe_margins(margin[wrong]),
        right=describe_margins(margin[~wrong]),
        closest_calls=answers_at(predictions, ascending(margin, wrong)[:examples]),
        confidently_wrong=answers_at(predictions, most_confident_errors(predictions)[:examples]),
    )


def _informed(matrix: Ints, errors: int) -> float:
    """Return the share of the errors whose true class is the commonest one for their answer."""
    missed = matrix.copy()
    np.fill_diagonal(missed, 0)
    return float(missed.max(axis=0).sum() / errors)


def describe_margins(margin: Floats) -> Margins:
    """Return quartiles and shares of the margins ``(n,)``, n may be 0; "below" is strict."""
    n = len(margin)
    if n == 0:
        return Margins(0, None, None, None, ())
    low, median, high = np.quantile(margin, (0.25, 0.5, 0.75)).tolist()
    counts = {t: int(np.count_nonzero(margin < t)) for t in THRESHOLDS}
    shares = tuple(MarginShare(t, count, count / n) for t, count in counts.items())
    return Margins(n, low, median, high, shares)


def answers_at(predictions: Predictions, indices: Ints) -> tuple[Answer, ...]:
    """Return the answers at the given rows, each in [0, n), in the order given."""
    of = predictions
    columns = (of.labels, of.predicted, of.runner_up, of.confidence, of.margin, of.outputs)
    rows = zip(indices.tolist(), *(column[indices].tolist() for column in columns), strict=True)
    return tuple(
        Answer(index, true, first, second, confidence, margin, tuple(outputs))
        for index, true, first, second, confidence, margin, outputs in rows
    )
