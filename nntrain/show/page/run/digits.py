"""The examples that a run's page holds: its errors, and some of its right answers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nntrain.analysis.confidence import FINE_EDGES, bin_index, equal_edges
from nntrain.analysis.confusion import most_confident_errors
from nntrain.analysis.predictions import Ints
from nntrain.show.page.encoding import deflated
from nntrain.workflows.evaluate import EvaluatedRun

MOST_ERROR_BYTES = 150_000
"""The errors' images take at most so many characters of the page."""
FEW = 100
"""Images from whose size it is estimated how many may fit."""
OF_EACH = 10
"""Right answers of each class, and of each bin of confidence."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """Examples by ``index`` (n,): first the errors, the most confident first, then right answers.

    ``images`` are theirs as text; ``fine`` and ``even`` (n,) are the bins of their confidence:
    those of the table and those of the reliability diagram.
    """

    index: Ints
    images: str
    fine: Ints
    even: Ints


def chosen(run: EvaluatedRun) -> Chosen:
    """Return the examples to hold: as many errors as fit, and a sample of the right answers."""
    of = run.predictions
    fine = bin_index(of.confidence, FINE_EDGES)
    even = bin_index(of.confidence, equal_edges(len(run.evaluation.reliability_width.bins)))
    errors = np.asarray(most_confident_errors(of), np.int64)
    errors = errors[: _fitting(run.images, errors)]
    index = np.concatenate([errors, _right(run, (of.labels, fine, even))])
    return Chosen(index, deflated(run.images[index]), fine[index], even[index])


def _fitting(images: NDArray[np.uint8], errors: Ints) -> int:
    """Return how many of the errors fit, the first ones."""
    few = errors[:FEW]
    each = len(deflated(images[few])) / max(1, len(few))
    low, high = 0, min(len(errors), int(2 * MOST_ERROR_BYTES / each))
    while low < high:
        middle = (low + high + 1) // 2
        if len(deflated(images[errors[:middle]])) <= MOST_ERROR_BYTES:
            low = middle
        else:
            high = middle - 1
    return low


def _right(run: EvaluatedRun, groups: tuple[Ints, ...]) -> Ints:
    """Return right answers from each group of each grouping, evenly from sure to unsure."""
    of = run.predictions
    right = np.flatnonzero(of.right)
    right = right[np.argsort(-of.confidence[right], kind="stable")]
    found = [
        members[np.unique(np.linspace(0, len(members) - 1, OF_EACH).astype(int))]
        for group in groups
        for value in range(int(group.max()) + 1)
        if len(members := right[group[right] == value])
    ]
    return np.unique(np.concatenate(found)) if found else right
