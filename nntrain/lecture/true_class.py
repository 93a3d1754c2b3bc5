"""What a true class adds to a few numbers z: the cost −ln a_y, and δ factor by factor.

C = −ln a_y gives ∂C/∂z_j = −(1/a_y) ∂a_y/∂z_j = c (a_j − ỹ_j) for the softmax of c z (problems 2
and 4): where a_y is small, ∂a_y/∂z_j is as small, and 1/a_y makes up for it.
"""

from dataclasses import dataclass

import numpy as np

from nntrain.errors import SettingsError, in_a_line
from nntrain.nn.arrays import Floats, Integers
from nntrain.nn.outputs import OUTPUTS, OutputLayer, SoftmaxLogLikelihood

LARGEST_LOG = 709.0  # e^709 is near the largest float64


@dataclass(frozen=True)
class LogLikelihood:
    """The log-likelihood cost of one label, and its derivative by each z_j as two factors.

    ``cost`` is −ln a_y, and ``one_over_a`` is 1/a_y, None where float64 cannot hold it.
    ``derivatives[j]`` is ∂a_y/∂z_j = c a_y (1[j=y] − a_j), and ``delta[j]`` is c (a_j − ỹ_j).
    """

    cost: float
    one_over_a: float | None
    derivatives: tuple[float, ...]
    delta: tuple[float, ...]


@dataclass(frozen=True)
class OtherLayer:
    """The cost, and δ = ∂C/∂z, that another output layer would have at the same z and label."""

    output: str
    cost: float
    delta: tuple[float, ...]


def check_label(label: int, count: int) -> None:
    """Raise ``SettingsError`` unless ``label`` is one of ``count`` classes, which start at 0."""
    if not 0 <= label < count:
        classes = "the only class is 0" if count == 1 else f"the classes are 0 to {count - 1}"
        what = "1 number" if count == 1 else f"{count} numbers"
        raise SettingsError(
            f"--label {in_a_line(str(label))} is not a class: with {what} z, {classes}."
        )


def log_likelihood(layer: SoftmaxLogLikelihood, z: Floats, label: int) -> LogLikelihood:
    """Return the cost and its factors for the one row ``z`` (1, n)."""
    labels = np.array([label])
    cost, (a,) = float(layer.cost(z, labels)[0]), np.exp(layer.log_activate(z))
    target = np.eye(len(a))[label]
    return LogLikelihood(
        cost=cost,
        one_over_a=float(np.exp(cost)) if cost < LARGEST_LOG else None,
        derivatives=tuple((layer.inverse_temperature * a[label] * (target - a)).tolist()),
        delta=_delta(layer, z, labels),
    )


def other_layers(z: Floats, label: int) -> tuple[OtherLayer, ...]:
    """Return what every other output layer would have for the one row ``z`` (1, n), with c = 1."""
    labels = np.array([label])
    layers = [kind() for kind in OUTPUTS.values() if kind is not SoftmaxLogLikelihood]
    return tuple(
        OtherLayer(layer.name, float(layer.cost(z, labels)[0]), _delta(layer, z, labels))
        for layer in layers
    )


def _delta(layer: OutputLayer, z: Floats, labels: Integers) -> tuple[float, ...]:
    a, delta = np.empty_like(z), np.empty_like(z)
    layer.activate(z, a)
    layer.delta(a, z, labels, delta)
    return tuple(delta[0].tolist())
