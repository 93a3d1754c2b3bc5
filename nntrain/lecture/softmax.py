"""The softmax of a few numbers, with all that the lecture says about it.

The activations for one or several c beside the sigmoids (C2, C5, C9), the effect of one z or one
activation on the others (C3, C6, C7), the inverse (C8), and the limit c → ∞ (C9). With a label,
also the cost −ln a_y and its derivatives (C10, C11).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np

from nntrain.errors import SettingsError
from nntrain.lecture.true_class import (
    LogLikelihood,
    OtherLayer,
    check_label,
    log_likelihood,
    other_layers,
)
from nntrain.nn.arrays import Floats
from nntrain.nn.outputs import SigmoidCrossEntropy, SoftmaxLogLikelihood

SCHEMA = "nntrain/softmax/1"

LARGEST_COUNT = 20
LARGEST_Z = 1e6  # float64 resolves such numbers to about ten decimals
SMALLEST_SCALE, LARGEST_SCALE = 1e-300, 1e6  # the smallest float64 have no finite 1/c
RAISED_Z = 1.0
RAISED_ACTIVATION = 0.3
LIMIT_REACHED = 1e-6


@dataclass(frozen=True)
class Change:
    """The effect of raising z_1 by ``dz``: the activations before and after, and their changes.

    ``in_proportion`` are the changes that C3 predicts: each other neuron loses part of what
    neuron 1 gains, in proportion to its own activation.
    """

    dz: float
    before: tuple[float, ...]
    after: tuple[float, ...]
    change: tuple[float, ...]
    in_proportion: tuple[float, ...]


@dataclass(frozen=True)
class Scaled:
    """The softmax of c z.

    ``jacobian[j][k]`` is ∂a_j/∂z_k = c a_j (1[j=k] − a_k). C8 is c z_j = ``log_activations[j]``
    + ``constant``, which is ln Σ_k exp(c z_k). ``raised_z`` raises z_1 by 1. ``raised_activation``
    raises a_1 by 0.3, or by half of 1 − a_1 if that is at most 0.3; it is None if 1 − a_1 is below
    1e-6. ``log_likelihood`` is None without a label.
    """

    scale: float
    activations: tuple[float, ...]
    sum: float
    log_activations: tuple[float, ...]
    constant: float
    jacobian: tuple[tuple[float, ...], ...]
    raised_z: Change | None
    raised_activation: Change | None
    log_likelihood: LogLikelihood | None


@dataclass(frozen=True)
class Limit:
    """The limit c → ∞: 1/n for each of the ``tied`` = n numbers equal to the maximum, else 0.

    ``approach`` has pairs of c and the activations, for powers of ten until the activations are
    within 1e-6 of the limit or c is 1,000,000.
    """

    maximum: float
    tied: int
    activations: tuple[float, ...]
    approach: tuple[tuple[float, tuple[float, ...]], ...]


@dataclass(frozen=True)
class Exploration:
    """The numbers z, their sigmoids with their sum, their softmax for each c, and the limit.

    ``lecture`` is the lecture's example for C3: four equal activations, one raised by 0.3.
    ``label`` is the true class, None without one; ``other_layers`` are then the output layers
    besides softmax + log-likelihood.
    """

    z: tuple[float, ...]
    sigmoids: tuple[float, ...]
    sigmoid_sum: float
    scaled: tuple[Scaled, ...]
    limit: Limit
    lecture: Change
    label: int | None
    other_layers: tuple[OtherLayer, ...]


def explore(
    z: Sequence[float], scales: Sequence[float] = (1.0,), label: int | None = None
) -> Exploration:
    """Return the exploration of 1 to 20 finite numbers ``z`` for each c > 0 of ``scales``.

    ``label`` is the true class, from 0. Raises ``SettingsError`` for numbers out of range.
    """
    _check(z, scales)
    if label is not None:
        check_label(label, len(z))
    rows = np.array([z], np.float64)
    sigmoids = np.empty_like(rows)
    SigmoidCrossEntropy().activate(rows, sigmoids)
    equal = _raise_activation(SoftmaxLogLikelihood(), np.zeros((1, 4)))
    assert equal is not None  # ¼ can be raised by 0.3
    return Exploration(
        z=_row(rows),
        sigmoids=_row(sigmoids),
        sigmoid_sum=float(sigmoids.sum()),
        scaled=tuple(_scaled(rows, c, label) for c in scales),
        limit=_limit(rows),
        lecture=equal,
        label=label,
        other_layers=() if label is None else other_layers(rows, label),
    )


def to_json(exploration: Exploration) -> dict[str, Any]:
    """Return the exploration as JSON-able types."""
    return asdict(exploration)


def _check(z: Sequence[float], scales: Sequence[float]) -> None:
    if not 1 <= len(z) <= LARGEST_COUNT:
        raise SettingsError(f"Expected 1 to {LARGEST_COUNT} numbers z, got {len(z)}.")
    for value in z:
        if not isfinite(value) or abs(value) > LARGEST_Z:
            raise SettingsError(
                f"z = {value:,} is not allowed: expected numbers from −{LARGEST_Z:,.0f} to "
                f"{LARGEST_Z:,.0f}."
            )
    if not scales:
        raise SettingsError("Expected at least one c.")
    for c in scales:
        if not SMALLEST_SCALE <= c <= LARGEST_SCALE:
            raise SettingsError(
                f"--scale {c:,} is not allowed: expected a number from {SMALLEST_SCALE:g} to "
                f"{LARGEST_SCALE:,.0f}."
            )


def _scaled(z: Floats, c: float, label: int | None) -> Scaled:
    layer = SoftmaxLogLikelihood(c)
    a, logs = _activate(layer, z), layer.log_activate(z)
    jacobian = c * (np.diag(a) - np.outer(a, a))
    others = z.shape[1] > 1
    return Scaled(
        scale=c,
        activations=_row(a),
        sum=float(a.sum()),
        log_activations=_row(logs),
        constant=float(np.mean(c * z - logs)),
        jacobian=tuple(_row(line) for line in jacobian),
        raised_z=_change(layer, z, RAISED_Z) if others else None,
        raised_activation=_raise_activation(layer, z) if others else None,
        log_likelihood=None if label is None else log_likelihood(layer, z, label),
    )


def _raise_activation(layer: SoftmaxLogLikelihood, z: Floats) -> Change | None:
    """Return the change of z_1 that raises a_1 by 0.3, or by half of 1 − a_1 if that is less."""
    logs = layer.log_activate(z)[0]
    left = float(np.exp(logs[1:]).sum())
    if left < LIMIT_REACHED:
        return None
    gain = RAISED_ACTIVATION if left > RAISED_ACTIVATION else left / 2
    # a_1 / (1 − a_1) grows by the factor exp(c dz)
    before = logs[0] - np.log(left)
    after = np.log(np.exp(logs[0]) + gain) - np.log(left - gain)
    return _change(layer, z, float(after - before) / layer.inverse_temperature)


def _change(layer: SoftmaxLogLikelihood, z: Floats, dz: float) -> Change:
    raised = z.copy()
    raised[0, 0] += dz
    before, after = _activate(layer, z), _activate(layer, raised)
    gain, logs = after[0] - before[0], layer.log_activate(z)[0, 1:]
    weights = np.exp(logs - logs.max())  # a_k up to a factor, even where all a_k are tiny
    in_proportion = np.concatenate([[gain], -gain * weights / weights.sum()])
    return Change(dz, _row(before), _row(after), _row(after - before), _row(in_proportion))


def _limit(z: Floats) -> Limit:
    largest = z.max()
    tied = int(np.count_nonzero(z == largest))
    limit = np.where(z[0] == largest, 1 / tied, 0.0)
    approach = []
    c = 1.0
    while True:
        a = _activate(SoftmaxLogLikelihood(c), z)
        approach.append((c, _row(a)))
        if np.abs(a - limit).max() < LIMIT_REACHED or c >= LARGEST_SCALE:
            return Limit(float(largest), tied, _row(limit), tuple(approach))
        c *= 10


def _activate(layer: SoftmaxLogLikelihood, z: Floats) -> Floats:
    """Return the activations (n,) of the one row ``z`` (1, n)."""
    a = np.empty_like(z)
    layer.activate(z, a)
    row: Floats = a[0]
    return row


def _row(values: Floats) -> tuple[float, ...]:
    return tuple(values.ravel().tolist())
