"""The product with one equation broken on purpose, to see which claims fail.

Each break replaces one function of ``nntrain.nn`` by one with a mistake that students make.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from nntrain.nn import backprop, optimizer, training
from nntrain.nn.arrays import Floats, Integers, LayerArrays
from nntrain.nn.backprop import Workspace
from nntrain.nn.network import Network
from nntrain.nn.outputs import SigmoidQuadratic, SoftmaxLogLikelihood


@dataclass(frozen=True)
class Break:
    """A mistake: what it is, the (object, attribute) pairs to replace, and the replacement."""

    says: str
    places: tuple[tuple[Any, str], ...]
    replacement: Callable[..., None]


def _delta_without_slope(
    self: SigmoidQuadratic, a: Floats, z: Floats, labels: Integers, out: Floats
) -> None:
    self.error(a, labels, out)


def _delta_without_c(
    self: SoftmaxLogLikelihood, a: Floats, z: Floats, labels: Integers, out: Floats
) -> None:
    self.error(a, labels, out)


def _delta_elementwise(
    self: SoftmaxLogLikelihood, a: Floats, z: Floats, labels: Integers, out: Floats
) -> None:
    """(∂C/∂a_j) ∂a_j/∂z_j = −(1/a_y) c a_y (1 − a_y) for j = y, and 0 for every other j."""
    rows = np.arange(len(a))
    out.fill(0)
    out[rows, labels] = self.inverse_temperature * (a[rows, labels] - 1)


def _softmax_without_sum(self: SoftmaxLogLikelihood, z: Floats, out: Floats) -> None:
    np.exp(self.inverse_temperature * (z - z.max(axis=1, keepdims=True)), out=out)


def _backward_transposed(
    network: Network, labels: Integers, work: Workspace, factor: float
) -> None:
    """Read each W column by column, which is its transpose where it is square."""
    matrices = [W.T.reshape(W.shape) for W in network.layers.W]
    _backward(network, labels, work, factor, matrices, work.slope)


def _backward_without_slope(
    network: Network, labels: Integers, work: Workspace, factor: float
) -> None:
    _backward(network, labels, work, factor, network.layers.W, [np.ones(())] * len(work.slope))


def _backward(
    network: Network,
    labels: Integers,
    work: Workspace,
    factor: float,
    matrices: list[Floats],
    slopes: list[Floats],
) -> None:
    delta = work.delta
    network.output.delta(work.a[-1], work.z[-1], labels, delta[-1])
    delta[-1] *= factor
    for l in range(len(delta) - 2, 0, -1):
        delta[l][...] = delta[l + 1] @ matrices[l + 1] * slopes[l]


def _gradients_doubled(work: Workspace, into: LayerArrays) -> None:
    _gradients(work, into, work.a, 2.0)


def _gradients_without_a(work: Workspace, into: LayerArrays) -> None:
    _gradients(work, into, [np.ones_like(a) for a in work.a], 1.0)


def _gradients(work: Workspace, into: LayerArrays, a: list[Floats], factor: float) -> None:
    for l in range(1, len(work.delta)):
        into.b[l][...] = factor * work.delta[l].sum(axis=0)
        into.W[l][...] = work.delta[l].T @ a[l - 1]


_BACKWARD = ((backprop, "backward"), (training, "backward"))
_GRADIENTS = ((backprop, "gradients"), (optimizer, "gradients"))

BREAKS = {
    "quadratic-without-slope": Break(
        "δ of sigmoid+quadratic without σ'(z)",
        ((SigmoidQuadratic, "delta"),),
        _delta_without_slope,
    ),
    "softmax-without-sum": Break(
        "softmax without the division by Σ exp(z_k)",
        ((SoftmaxLogLikelihood, "activate"),),
        _softmax_without_sum,
    ),
    "softmax-without-c": Break(
        "δ of softmax without the factor c", ((SoftmaxLogLikelihood, "delta"),), _delta_without_c
    ),
    "bp1-elementwise": Break(
        "BP1 for softmax as if a_j depended on z_j alone",
        ((SoftmaxLogLikelihood, "delta"),),
        _delta_elementwise,
    ),
    "bp2-transposed": Break("BP2 with W read column by column", _BACKWARD, _backward_transposed),
    "bp2-without-slope": Break("BP2 without f'(z)", _BACKWARD, _backward_without_slope),
    "bp3-doubled": Break("BP3 twice as large", _GRADIENTS, _gradients_doubled),
    "bp4-without-a": Break("BP4 without a_k", _GRADIENTS, _gradients_without_a),
}


@contextmanager
def broken(name: str | None) -> Iterator[None]:
    """Break the product as ``BREAKS[name]`` says, and repair it at the end; None breaks nothing.

    Not for several threads: the product is broken in all of them.
    """
    if name is None:
        yield
        return
    places, replacement = BREAKS[name].places, BREAKS[name].replacement
    originals = [getattr(place, attribute) for place, attribute in places]
    try:
        for place, attribute in places:
            setattr(place, attribute, replacement)
        yield
    finally:
        for (place, attribute), original in zip(places, originals, strict=True):
            setattr(place, attribute, original)
