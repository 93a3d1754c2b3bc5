"""An evaluation: everything a report says about one network on one set of labelled examples."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nntrain.analysis import confidence, metrics
from nntrain.analysis.confusion import (
    ConfusedPair,
    SymmetricPair,
    confused_pairs,
    confusion_matrix,
    row_shares,
    symmetric_pairs,
)
from nntrain.analysis.hesitations import Hesitations, hesitations
from nntrain.analysis.predictions import Ints, Predictions
from nntrain.errors import NntrainError

PAIRS = 20
"""The number of ranked pairs that are kept; the confusion matrix has the rest."""

JSON_KEYS = {"predicted": "said", "closest_calls": "torn", "confidently_wrong": "sure"}
"""JSON keys that differ from the name of their field."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The figures of one report, about ``n`` examples of ``len(classes)`` classes.

    ``distribution``: the outputs sum to 1 (softmax), so they are probabilities; otherwise
    (sigmoid) they are activations only, ``scores`` are of the normalised ones, and
    ``activation_sums`` describes their sums (None for a distribution). ``cost`` is the mean of
    the network's own cost without weight decay, None if not known.
    ``confusion (k, k)`` int64: rows true, columns predicted. Confidence is described by
    ``confidence_is`` and never normalised here.
    """

    classes: tuple[str, ...]
    n: int
    distribution: bool
    cost: float | None
    accuracy: metrics.Interval
    per_class: tuple[metrics.ClassFigures, ...]
    confusion: Ints
    row_shares: tuple[tuple[float, ...] | None, ...]
    confused_pairs: tuple[ConfusedPair, ...]
    symmetric_pairs: tuple[SymmetricPair, ...]
    hesitations: Hesitations
    confidence_is: str
    histogram: confidence.Histogram
    reliability_width: confidence.Reliability
    reliability_mass: confidence.Reliability
    scores: metrics.ProperScores
    activation_sums: confidence.ActivationSums | None


def evaluate(predictions: Predictions, cost: float | None) -> Evaluation:
    """Return the evaluation of ``predictions``; NntrainError if ``cost`` is NaN."""
    if cost is not None and math.isnan(cost):
        raise NntrainError("cost: expected a number or None, got NaN.")
    outputs_are = "probability" if predictions.distribution else "activation"
    about = predictions.confidence, predictions.right
    matrix = confusion_matrix(predictions)
    return Evaluation(
        classes=predictions.classes,
        n=predictions.n,
        distribution=predictions.distribution,
        cost=None if cost is None else float(cost),
        accuracy=metrics.accuracy(predictions),
        per_class=metrics.per_class(predictions),
        confusion=matrix,
        row_shares=row_shares(matrix),
        confused_pairs=confused_pairs(predictions, limit=PAIRS),
        symmetric_pairs=symmetric_pairs(predictions, limit=PAIRS),
        hesitations=hesitations(predictions),
        confidence_is=f"largest output {outputs_are}",
        histogram=confidence.confidence_histogram(*about),
        reliability_width=confidence.reliability(*about),
        reliability_mass=confidence.reliability(*about, kind="equal-mass"),
        scores=metrics.proper_scores(predictions),
        activation_sums=(
            None if predictions.distribution else confidence.activation_sums(predictions.outputs)
        ),
    )


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return the evaluation as dicts, lists, strings, numbers and None, for ``json.dumps``.

    JSON has no infinity: an infinite cost or log-likelihood becomes None (``zero_likelihood``
    then says why).
    """
    document: dict[str, Any] = plain(evaluation)
    return document


def plain(value: Any) -> Any:
    """Return a value of a result object in JSON's types; infinite numbers become None."""
    if dataclasses.is_dataclass(value):
        return {
            JSON_KEYS.get(f.name, f.name): plain(getattr(value, f.name))
            for f in dataclasses.fields(value)
        }
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
