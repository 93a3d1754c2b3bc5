"""Calibration: one number, c in softmax(c z), that matches confidence to accuracy.

1/c is the temperature. The most probable answer is the same for every c > 0, so only confidence
changes, not accuracy. (Guo et al. 2017, "On calibration of modern neural networks".)
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from nntrain.analysis.predictions import Floats, Predictions, normalise

LOWEST, HIGHEST = 1e-3, 1e3


@dataclass(frozen=True)
class Fit:
    """The c fitted to ``n`` examples, and the mean log-likelihood at 1 and at c, in nats.

    ``at_the_limit``: there is no best c in the range searched, 0.001 to 1000. If every answer
    is right, for example, more confidence is always better; c is then so large that a larger one
    makes no difference in float64.
    """

    c: float
    before: float
    after: float
    n: int
    at_the_limit: bool

    @property
    def p_value(self) -> float:
        """The p-value of c = 1: the likelihood ratio 2n (after − before) is χ² with one degree.

        S. S. Wilks, "The large-sample distribution of the likelihood ratio for testing composite
        hypotheses", Annals of Mathematical Statistics 9 (1938) 60-62.
        """
        return math.erfc(math.sqrt(max(0.0, self.n * (self.after - self.before))))


def scaled(log_outputs: Floats, c: float) -> Floats:
    """Return ln softmax(c z), float64 (n, k), from ln softmax(z): a constant in z cancels."""
    return normalise(log_outputs * c)


def recalibrated(predictions: Predictions, c: float) -> Predictions:
    """Return the predictions of softmax(c z), a distribution like softmax(z)."""
    return replace(predictions, log_outputs=scaled(predictions.log_outputs, c))


def fit(predictions: Predictions) -> Fit:
    """Return the c > 0 of highest log-likelihood for outputs that are a distribution.

    With l = ln softmax(z) and p = softmax(c l), the mean log-likelihood has the derivative
    mean[l_y − Σ_k p_k l_k] in c. It decreases as c grows, so bisection on ln c finds its zero.
    """
    true = np.arange(predictions.n), predictions.labels
    logs = np.maximum(predictions.log_outputs, -1e300)  # 0 · ∞ is not a number, 0 · 1e300 is 0

    def likelihood(c: float) -> float:
        return float(scaled(logs, c)[true].mean())

    def slope(c: float) -> float:
        p = np.exp(scaled(logs, c))
        return float((logs[true] - (p * logs).sum(axis=1)).mean())

    low, high = np.log(LOWEST), np.log(HIGHEST)
    at_the_limit = slope(LOWEST) <= 0 or slope(HIGHEST) >= 0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(float(np.exp(middle))) > 0 else (low, middle)
    c = float(np.exp((low + high) / 2))
    return Fit(c, likelihood(1.0), likelihood(c), predictions.n, at_the_limit)
