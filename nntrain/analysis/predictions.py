"""Predictions: a network's outputs for labelled examples, checked once, when they are made.

Outputs are given as ln of the output activations, float64 (n, k); -inf is an activation of
exactly zero. As logarithms, two activations that both round to 1 can still be ordered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from nntrain.errors import NntrainError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ROUNDING = 1e-3
"""The rounding error allowed in ln 1 = 0 and in a row sum of 1; mistakes are far larger."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """Outputs and labels of the same examples, which every function of ``analysis`` takes.

    ``labels`` (n,) int64 in [0, k), ``log_outputs`` (n, k) float64, ln of the output activations,
    ``classes`` the k names. ``distribution``: rows sum to 1 (softmax). ``predictions`` makes them
    and checks all this; nothing is checked again. Treat the arrays as read only.
    """

    labels: Ints
    log_outputs: Floats
    classes: tuple[str, ...]
    distribution: bool

    @property
    def n(self) -> int:
        """The number of examples, at least 1."""
        return len(self.labels)

    @cached_property
    def outputs(self) -> Floats:
        """The output activations (n, k), float64 in [0, 1]."""
        return activations(self.log_outputs)

    @cached_property
    def top_two(self) -> tuple[Ints, Ints]:
        """The classes (n,) of the largest and of the second largest output."""
        return top_two(self.log_outputs)

    @property
    def predicted(self) -> Ints:
        """The class (n,) of the largest output, the lowest class on ties."""
        return self.top_two[0]

    @property
    def runner_up(self) -> Ints:
        """The class (n,) of the second largest output."""
        return self.top_two[1]

    @cached_property
    def right(self) -> Bools:
        """Which (n,) of the answers are right."""
        right: Bools = self.predicted == self.labels
        return right

    @cached_property
    def confidence(self) -> Floats:
        """The largest output activation (n,) of each answer, float64 in [0, 1]."""
        confidence: Floats = self.outputs.max(axis=1)
        return confidence

    @cached_property
    def margin(self) -> Floats:
        """The largest activation minus the second largest (n,), float64 in [0, 1]."""
        ordered = np.sort(self.outputs, axis=1)
        margin: Floats = ordered[:, -1] - ordered[:, -2]
        return margin


def predictions(
    labels: npt.ArrayLike,
    log_outputs: npt.ArrayLike,
    *,
    classes: Sequence[str],
    distribution: bool,
) -> Predictions:
    """Return the checked predictions.

    ``labels`` (n ≥ 1,) of any integer dtype, ``log_outputs`` (n, k ≥ 2) of any float dtype, ln of
    the output activations. Values above 0 by no more than float32 rounding are allowed and count
    as 1. Raises ``NntrainError`` for a wrong shape, dtype, range or number of names, and for
    rows that do not sum to 1 if ``distribution`` is true.
    """
    logs = _checked_logs(log_outputs)
    n, k = logs.shape
    truth = _checked_labels(labels, k)
    if len(truth) != n:
        raise NntrainError(f"labels: expected {n}, one per row of outputs, got {len(truth)}.")
    if len(classes) != k:
        raise NntrainError(f"classes: expected {k} names, one per output, got {len(classes)}.")
    if distribution:
        _check_sums(logs)
    return Predictions(truth, logs, tuple(str(name) for name in classes), bool(distribution))


def activations(log_outputs: Floats) -> Floats:
    """Return the output activations a = exp(ln a), new, float64 (n, k), each in [0, 1]."""
    result: Floats = np.exp(np.minimum(log_outputs, 0))
    return result


def top_two(log_outputs: Floats) -> tuple[Ints, Ints]:
    """Return the classes of the two largest outputs of each row of (n, k), two int64 (n,).

    Of equal outputs, the lowest class comes first.
    """
    order = np.argsort(-log_outputs, axis=1, kind="stable")
    return order[:, 0].astype(np.int64), order[:, 1].astype(np.int64)


def normalise(log_outputs: Floats) -> Floats:
    """Return ln(a_j / Σ_k a_k) = ln a_j - logsumexp(ln a), new, float64 (n, k).

    Accepts any reals (so also c·ln a, the lecture's problem 3) and -inf. A row of -inf only
    becomes 1/k everywhere, the limit of equal activations going to zero.
    """
    top = log_outputs.max(axis=1, keepdims=True)
    logs = np.where(np.isneginf(top), 0.0, log_outputs)
    shifted = logs - logs.max(axis=1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


def _checked_logs(log_outputs: npt.ArrayLike) -> Floats:
    array = np.asarray(log_outputs)
    if array.ndim != 2 or array.shape[0] < 1 or array.shape[1] < 2:
        raise NntrainError(f"log outputs: expected (n >= 1, k >= 2), got {array.shape}.")
    if not np.issubdtype(array.dtype, np.floating):
        raise NntrainError(f"log outputs: expected floats, got {array.dtype}.")
    logs = array.astype(np.float64)
    if np.isnan(logs).any() or np.isposinf(logs).any():
        raise NntrainError("log outputs: expected numbers or -inf, got NaN or +inf.")
    if logs.max() > ROUNDING:
        raise NntrainError(
            f"log outputs: expected ln of activations, at most 0, got {logs.max():.6g}; "
            "are these weighted inputs z, or activations?"
        )
    return logs


def _checked_labels(labels: npt.ArrayLike, k: int) -> Ints:
    array = np.asarray(labels)
    if array.ndim != 1 or array.size == 0:
        raise NntrainError(f"labels: expected shape (n,) with n >= 1, got {array.shape}.")
    if not np.issubdtype(array.dtype, np.integer):
        raise NntrainError(f"labels: expected integers, got {array.dtype}.")
    low, high = int(array.min()), int(array.max())
    if low < 0 or high >= k:
        raise NntrainError(f"labels: expected 0 to {k - 1} ({k} classes), got {low} to {high}.")
    return array.astype(np.int64)


def _check_sums(logs: Floats) -> None:
    sums = np.exp(logs).sum(axis=1)
    worst = int(np.argmax(np.abs(sums - 1)))
    if abs(sums[worst] - 1) > ROUNDING:
        raise NntrainError(
            f"outputs: expected rows that sum to 1, got {sums[worst]:.6g} at row {worst}; "
            "sigmoid outputs are not a distribution (pass distribution=False)."
        )
