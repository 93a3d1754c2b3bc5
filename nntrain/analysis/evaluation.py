"""An evaluation: everything a report says about one network on one set of labelled examples."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nntrain.analysis import confidence as conf
from nntrain.analysis import confusion as conf_pairs
from nntrain.analysis import metrics
from nntrain.errors import NntrainError

PAIRS = 20  # ranked pairs kept; the confusion matrix holds the rest


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The figures of one report, about ``n`` examples of ``len(classes)`` classes.

    ``distribution``: the outputs sum to 1 (softmax), so they are probabilities; otherwise
    (sigmoid) they are activations only, ``scores`` are of the normalised ones, and
    ``activation_sums`` describes their sums (None for a distribution). ``cost`` is the caller's,
    the mean of the network's own cost, None if not known. ``confusion (k, k)`` int64: rows true,
    columns said. Confidence is described by ``confidence_is`` and never normalised here.
    """

    classes: tuple[str, ...]
    n: int
    distribution: bool
    cost: float | None
    accuracy: metrics.Interval
    per_class: tuple[metrics.ClassFigures, ...]
    confusion: metrics.Ints
    row_shares: tuple[tuple[float, ...] | None, ...]
    confused_pairs: tuple[conf_pairs.ConfusedPair, ...]
    symmetric_pairs: tuple[conf_pairs.SymmetricPair, ...]
    hesitations: conf_pairs.Hesitations
    confidence_is: str
    histogram: conf.Histogram
    reliability_width: conf.Reliability
    reliability_mass: conf.Reliability
    scores: metrics.ProperScores
    activation_sums: conf.ActivationSums | None


def evaluate(
    labels: npt.ArrayLike,
    log_outputs: npt.ArrayLike,
    *,
    classes: Sequence[str],
    distribution: bool,
    cost: float | None,
) -> Evaluation:
    """Return the evaluation of outputs against labels.

    ``labels (n,)`` integers in [0, k); ``log_outputs (n, k)`` ln of the output activations;
    ``classes`` the k names. NntrainError if a shape, range or number of names is wrong, if the
    cost is NaN, or if ``distribution`` is claimed of rows that do not sum to 1.
    """
    truth, logs = metrics.check(labels, log_outputs)
    k = logs.shape[1]
    if len(classes) != k:
        raise NntrainError(f"classes: expected {k} names, one per output, got {len(classes)}.")
    if cost is not None and math.isnan(cost):
        raise NntrainError("cost: expected a number or None, got NaN.")
    said, _ = metrics.top_two(logs)
    right = said == truth
    sure = conf.confidences(logs)
    matrix = conf_pairs.confusion_matrix(truth, said, k)
    return Evaluation(
        classes=tuple(str(name) for name in classes),
        n=len(truth),
        distribution=bool(distribution),
        cost=None if cost is None else float(cost),
        accuracy=metrics.accuracy(truth, logs),
        per_class=metrics.per_class(truth, said, classes),
        confusion=matrix,
        row_shares=conf_pairs.row_shares(matrix),
        confused_pairs=conf_pairs.confused_pairs(truth, said, sure, k, limit=PAIRS),
        symmetric_pairs=conf_pairs.symmetric_pairs(truth, said, sure, k, limit=PAIRS),
        hesitations=conf_pairs.hesitations(truth, logs),
        confidence_is="largest output " + ("probability" if distribution else "activation"),
        histogram=conf.confidence_histogram(sure, right),
        reliability_width=conf.reliability(sure, right),
        reliability_mass=conf.reliability(sure, right, kind="equal-mass"),
        scores=metrics.proper_scores(truth, logs, distribution=distribution),
        activation_sums=None if distribution else conf.activation_sums(logs),
    )


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return the evaluation as dicts, lists, strings, numbers and None, for ``json.dumps``.

    JSON has no infinity: an infinite cost or log-likelihood becomes None (``zero_likelihood``
    then says why).
    """
    return {f.name: _plain(getattr(evaluation, f.name)) for f in dataclasses.fields(evaluation)}


def _plain(value: Any) -> Any:
    """Return a value of a result object as types that JSON has."""
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
