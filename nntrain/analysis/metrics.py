"""Metrics: accuracy with its interval, figures for each class, and proper scores.

No figure is NaN: an undefined one is None.
"""

import math
from dataclasses import dataclass

import numpy as np

from nntrain.analysis.predictions import Predictions, activations, normalise
from nntrain.errors import NntrainError

Z_95 = 1.959963984540054  # the standard normal's 97.5 % point: two-sided 95 %


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

    ``support`` examples are labelled with the class, ``predicted`` answers name it, ``right`` are
    both. precision = right / predicted, None if the class was never predicted; recall =
    right / support, None if it has no examples; f1 = 2 right / (predicted + support), the
    harmonic mean of the two, None only if the class was neither predicted nor present.
    """

    index: int
    name: str
    support: int
    predicted: int
    right: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class ProperScores:
    """Two proper scoring rules: the Brier score and the mean log-likelihood.

    ``brier`` in [0, 2], lower is better; ``log_likelihood`` in nats per example, at most 0,
    higher is better. ``zero_likelihood`` counts the examples whose true class got exactly 0; with
    any, ``log_likelihood`` is -inf. ``normalised``: the activations did not form a distribution
    (sigmoid) and were first divided by their sum.
    """

    brier: float
    log_likelihood: float
    zero_likelihood: int
    normalised: bool


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


def accuracy(predictions: Predictions) -> Interval:
    """Return the share of right answers (largest output is the true class) with its interval."""
    return wilson(int(np.count_nonzero(predictions.right)), predictions.n)


def per_class(predictions: Predictions) -> tuple[ClassFigures, ...]:
    """Return precision, recall, F1 and support of each class."""
    k = len(predictions.classes)
    labels = predictions.labels
    support = np.bincount(labels, minlength=k).tolist()
    predicted = np.bincount(predictions.predicted, minlength=k).tolist()
    right = np.bincount(labels[predictions.right], minlength=k).tolist()
    return tuple(
        ClassFigures(
            index=j,
            name=predictions.classes[j],
            support=support[j],
            predicted=predicted[j],
            right=right[j],
            precision=_ratio(right[j], predicted[j]),
            recall=_ratio(right[j], support[j]),
            f1=_ratio(2 * right[j], predicted[j] + support[j]),
        )
        for j in range(k)
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def proper_scores(predictions: Predictions) -> ProperScores:
    """Return the means over examples of Σ_j (a_j - ỹ_j)² (Brier) and of ln a_y, in nats.

    If the outputs are not a distribution, a is normalised first. Brier is summed over all classes
    as in G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly
    Weather Review 78 (1950) 1-3: 0 is perfect, 2 is always confident and wrong.
    """
    logs, outputs = predictions.log_outputs, predictions.outputs.copy()
    if not predictions.distribution:
        logs = normalise(logs)
        outputs = activations(logs)
    true = np.arange(predictions.n), predictions.labels
    outputs[true] -= 1  # a − ỹ
    log_likelihoods = np.minimum(logs[true], 0)
    return ProperScores(
        brier=float(np.square(outputs).sum(axis=1).mean()),
        log_likelihood=float(log_likelihoods.mean()),
        zero_likelihood=int(np.count_nonzero(np.isneginf(log_likelihoods))),
        normalised=not predictions.distribution,
    )
