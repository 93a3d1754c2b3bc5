"""Predictions: what a network answered to labelled examples, checked once, where it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy.typing as npt

from nntrain.analysis import metrics
from nntrain.analysis.metrics import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Predictions:
    """Outputs and the labels that they answer to: every function of ``analysis`` takes these.

    ``labels`` (n,) int64 in [0, k), ``log_outputs`` (n, k) float64, ln of the output activations,
    ``classes`` the k names. ``distribution``: rows sum to 1 (softmax). Made by ``predictions``,
    which checks all that; nothing is checked again.
    """

    labels: Ints
    log_outputs: Floats
    classes: tuple[str, ...]
    distribution: bool

    @cached_property
    def outputs(self) -> Floats:
        """The output activations (n, k), float64 in [0, 1]."""
        return metrics.activations(self.log_outputs)

    @cached_property
    def top_two(self) -> tuple[Ints, Ints]:
        """The classes (n,) of the largest and of the second largest output."""
        return metrics.top_two(self.log_outputs)

    @property
    def predicted(self) -> Ints:
        """The class (n,) of the largest output; of equal ones the lowest class."""
        return self.top_two[0]

    @cached_property
    def right(self) -> Bools:
        """Which (n,) of the answers are right."""
        right: Bools = self.predicted == self.labels
        return right


def predictions(
    labels: npt.ArrayLike,
    log_outputs: npt.ArrayLike,
    *,
    classes: Sequence[str],
    distribution: bool,
) -> Predictions:
    """Return the checked predictions; raise ``NntrainError`` for a wrong shape, dtype or range."""
    truth, logs = metrics.check(labels, log_outputs)
    return Predictions(truth, logs, tuple(classes), distribution)
