"""Metrics: how many answers are right, how sure we may be of that figure, and proper scores.

Every function takes plain arrays, so it serves recalibrated outputs too (softmax outputs with
inverse temperature c are ``normalise(c * log_outputs)``):

``labels (n,)``, an integer dtype, each in [0, k), n >= 1;
``log_outputs (n, k)``, any float dtype, k >= 2, ln of the output activations; -inf is an
activation of exactly zero. Both are read only; all arithmetic is in float64.

Nothing here holds NaN: a figure that is not defined is None.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nntrain.errors import NntrainError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

Z_95 = 1.959963984540054  # the standard normal's 97.5 % point: two-sided 95 %
ROUNDING = 1e-3  # what float32 may add to ln 1 = 0 or to a row sum of 1; far less than a mistake


@dataclass(frozen=True)
class Interval:
    """A proportion with its 95 % interval: ``successes`` of ``n``, all shares in [0, 1]."""

    estimate: float
    low: float
    high: float
    n: int
    successes: int


@dataclass(frozen=True)
class ClassFigures:
    """How well one class is recognised; shares in [0, 1], None where 0/0.

    ``support`` examples are of the class, ``said`` answers name it, ``right`` are both.
    precision = right / said, None if the class was never said; recall = right / support, None
    if it has no examples; f1 = 2 right / (said + support), the harmonic mean of the two, None
    only if the class was neither said nor present.
    """

    index: int
    name: str
    support: int
    said: int
    right: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class ProperScores:
    """Two scores that reward honest outputs: Brier and the mean log-likelihood.

    ``brier`` in [0, 2], lower is better; ``log_likelihood`` in nats per example, at most 0,
    higher is better, -inf if ``zero_likelihood``, the number of examples whose true class was
    given exactly zero, is not 0. ``normalised`` says that the activations did not form a
    distribution (sigmoid) and were divided by their sum first.
    """

    brier: float
    log_likelihood: float
    zero_likelihood: int
    normalised: bool


def check_classes(values: npt.ArrayLike, k: int, what: str = "labels") -> Ints:
    """Return class indices as int64 ``(n,)``; NntrainError unless all are integers in [0, k)."""
    array = np.asarray(values)
    if array.ndim != 1 or array.size == 0:
        raise NntrainError(f"{what}: expected at least one in a row (n,), got {array.shape}.")
    if not np.issubdtype(array.dtype, np.integer):
        raise NntrainError(f"{what}: expected integers, got {array.dtype}.")
    low, high = int(array.min()), int(array.max())
    if low < 0 or high >= k:
        raise NntrainError(f"{what}: expected 0 to {k - 1} ({k} classes), got {low} to {high}.")
    return array.astype(np.int64)


def check_log_outputs(log_outputs: npt.ArrayLike) -> Floats:
    """Return ln of activations as float64 ``(n, k)``; NntrainError if any activation exceeds 1.

    Values above 0 by no more than float32 rounding are allowed here and count as 1 later.
    """
    logs = _check_logs(log_outputs)
    if logs.max() > ROUNDING:
        raise NntrainError(
            f"log outputs: expected ln of activations, at most 0, got {logs.max():.6g}; "
            "are these weighted inputs z, or activations?"
        )
    return logs


def check(labels: npt.ArrayLike, log_outputs: npt.ArrayLike) -> tuple[Ints, Floats]:
    """Return labels as int64 ``(n,)`` and log outputs as float64 ``(n, k)``, or NntrainError."""
    logs = check_log_outputs(log_outputs)
    truth = check_classes(labels, logs.shape[1])
    if len(truth) != len(logs):
        raise NntrainError(f"labels and outputs differ in number: {len(truth)} and {len(logs)}.")
    return truth, logs


def check_said(labels: npt.ArrayLike, said: npt.ArrayLike, k: int) -> tuple[Ints, Ints]:
    """Return true and said classes, both int64 ``(n,)`` in [0, k), or NntrainError."""
    truth, answer = check_classes(labels, k), check_classes(said, k, "answers")
    if len(truth) != len(answer):
        raise NntrainError(f"labels and answers differ in number: {len(truth)}, {len(answer)}.")
    return truth, answer


def check_distribution(log_outputs: npt.ArrayLike) -> Floats:
    """Return log outputs as float64 ``(n, k)``; NntrainError unless every row sums to 1."""
    logs = check_log_outputs(log_outputs)
    sums = np.exp(logs).sum(axis=1)
    worst = int(np.argmax(np.abs(sums - 1)))
    if abs(sums[worst] - 1) > ROUNDING:
        raise NntrainError(
            f"outputs: expected rows that sum to 1, got {sums[worst]:.6g} at row {worst}; "
            "sigmoid outputs are not a distribution (pass distribution=False)."
        )
    return logs


def activations(log_outputs: npt.ArrayLike) -> Floats:
    """Return the output activations a = exp(ln a), float64 ``(n, k)``, each in [0, 1]."""
    result: Floats = np.exp(np.minimum(check_log_outputs(log_outputs), 0))
    return result


def normalise(log_outputs: npt.ArrayLike) -> Floats:
    """Return ln(a_j / Σ_k a_k) = ln a_j - logsumexp(ln a), float64 ``(n, k)``.

    Accepts any reals (so also c·ln a, the lecture's problem 3) and -inf. A row that is -inf
    throughout becomes 1/k everywhere, which is the limit of equal activations going to zero.
    """
    logs = _check_logs(log_outputs)
    top = logs.max(axis=1, keepdims=True)
    logs = np.where(np.isneginf(top), 0.0, logs)
    shifted = logs - logs.max(axis=1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


def top_two(log_outputs: npt.ArrayLike) -> tuple[Ints, Ints]:
    """Return the answer and the runner-up of each row: the classes of the two largest outputs.

    Two int64 arrays ``(n,)``. Of equal outputs the lowest class comes first. Compared as
    logarithms, so two activations that both round to 1 still have an order.
    """
    order = np.argsort(-check_log_outputs(log_outputs), axis=1, kind="stable")
    return order[:, 0].astype(np.int64), order[:, 1].astype(np.int64)


def wilson(successes: int, n: int) -> Interval:
    """Return a proportion with Wilson's 95 % score interval; NntrainError unless 0 <= s <= n > 0.

    With p = s/n and z = 1.96: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    JASA 22 (1927) 209-212. Unlike p ± z·s.e. it stays in [0, 1] and has a width at p = 0 and 1.
    """
    if not 0 <= successes <= n or n == 0:
        raise NntrainError(f"a proportion needs 0 <= successes <= n > 0, got {successes} of {n}.")
    p = successes / n
    spread = Z_95 * math.sqrt(p * (1 - p) / n + Z_95**2 / (4 * n**2))
    centre, scale = p + Z_95**2 / (2 * n), 1 + Z_95**2 / n
    # Exactly, low = 0 at p = 0 and high = 1 at p = 1; rounding must not move either past p.
    low = min(p, max(0.0, (centre - spread) / scale))
    high = max(p, min(1.0, (centre + spread) / scale))
    return Interval(estimate=p, low=low, high=high, n=n, successes=successes)


def accuracy(labels: npt.ArrayLike, log_outputs: npt.ArrayLike) -> Interval:
    """Return the share of right answers (largest output is the true class) with its interval."""
    truth, logs = check(labels, log_outputs)
    said, _ = top_two(logs)
    return wilson(int(np.count_nonzero(said == truth)), len(truth))


def per_class(
    labels: npt.ArrayLike, said: npt.ArrayLike, classes: Sequence[str]
) -> tuple[ClassFigures, ...]:
    """Return precision, recall, F1 and support of each class; ``said (n,)`` are the answers."""
    k = len(classes)
    truth, answer = check_said(labels, said, k)
    support = np.bincount(truth, minlength=k).tolist()
    spoken = np.bincount(answer, minlength=k).tolist()
    right = np.bincount(truth[truth == answer], minlength=k).tolist()
    return tuple(
        ClassFigures(
            index=j,
            name=str(classes[j]),
            support=support[j],
            said=spoken[j],
            right=right[j],
            precision=ratio(right[j], spoken[j]),
            recall=ratio(right[j], support[j]),
            f1=ratio(2 * right[j], spoken[j] + support[j]),
        )
        for j in range(k)
    )


def ratio(part: int, whole: int) -> float | None:
    """Return part / whole, or None where the whole is 0."""
    return part / whole if whole else None


def brier(labels: npt.ArrayLike, log_outputs: npt.ArrayLike) -> float:
    """Return the Brier score, the mean over examples of Σ_j (a_j - ỹ_j)².

    Summed over all classes, as G. W. Brier, "Verification of forecasts expressed in terms of
    probability", Monthly Weather Review 78 (1950) 1-3: 0 is perfect, 2 is surely wrong always.
    It presumes rows that sum to 1; see ``normalise``.
    """
    truth, logs = check(labels, log_outputs)
    error = activations(logs)
    error[np.arange(len(truth)), truth] -= 1
    return float(np.square(error).sum(axis=1).mean())


def log_likelihood(labels: npt.ArrayLike, log_outputs: npt.ArrayLike) -> float:
    """Return the mean over examples of ln a_y, nats; -inf if any true class was given zero.

    It presumes rows that sum to 1; see ``normalise``. Its negative is the log-likelihood cost.
    """
    truth, logs = check(labels, log_outputs)
    return float(np.minimum(logs[np.arange(len(truth)), truth], 0).mean())


def proper_scores(
    labels: npt.ArrayLike, log_outputs: npt.ArrayLike, *, distribution: bool
) -> ProperScores:
    """Return Brier and log-likelihood; if not ``distribution``, of the normalised activations."""
    truth, logs = check(labels, log_outputs)
    logs = check_distribution(logs) if distribution else normalise(logs)
    impossible = np.isneginf(logs[np.arange(len(truth)), truth])
    return ProperScores(
        brier=brier(truth, logs),
        log_likelihood=log_likelihood(truth, logs),
        zero_likelihood=int(np.count_nonzero(impossible)),
        normalised=not distribution,
    )


def _check_logs(log_outputs: npt.ArrayLike) -> Floats:
    """Return logarithms as float64 ``(n, k)``; NntrainError on shape, dtype, NaN or +inf."""
    array = np.asarray(log_outputs)
    if array.ndim != 2 or array.shape[0] < 1 or array.shape[1] < 2:
        raise NntrainError(f"log outputs: expected (n >= 1, k >= 2), got {array.shape}.")
    if not np.issubdtype(array.dtype, np.floating):
        raise NntrainError(f"log outputs: expected floats, got {array.dtype}.")
    logs = array.astype(np.float64)
    if np.isnan(logs).any() or np.isposinf(logs).any():
        raise NntrainError("log outputs: expected numbers or -inf, got NaN or +inf.")
    return logs
