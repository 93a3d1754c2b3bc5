"""The learning slowdown, measured: how much of the error reaches the weights, and why not more.

With a sigmoid and the quadratic cost, δ^L = (a − ỹ) ⊙ σ'(z): if σ'(z) is near 0, δ is almost 0
however large the error. With a softmax and this cost, δ^L = J (a − ỹ), and its Jacobian J is near
0 too. Log-likelihood and cross-entropy have δ^L = a − ỹ.
"""

from dataclasses import dataclass

import numpy as np

from nntrain.nn.arrays import Array, Floats, Integers
from nntrain.nn.network import Network

PROBE_EXAMPLES = 1000
WRONG_BY = 0.9
"""A neuron is saturated and wrong when |a − ỹ| is at least this; σ' is then at most 0.09."""

SATURATION = 8.0
"""Output biases of the saturated start: +8 for class 0, −8 for every other; σ'(8) = 0.0003."""


@dataclass(frozen=True)
class Slowdown:
    """Figures at the output layer, means over the first 1,000 training examples.

    ``delta_norm``: ‖δ^L‖; ``error_norm``: ‖a − ỹ‖; ``slope``: a(1 − a) over all output neurons,
    which is σ'(z) for sigmoid outputs and ∂a_j/∂z_j for the softmax with c = 1;
    ``saturated_wrong``: the share of output neurons with |a − ỹ| ≥ 0.9.
    """

    delta_norm: float
    error_norm: float
    slope: float
    saturated_wrong: float


def measure(network: Network, inputs: Array, labels: Integers) -> Slowdown:
    """Return the figures of ``network`` on ``inputs`` (n, ...) and ``labels`` (n,)."""
    inputs, labels = inputs[:PROBE_EXAMPLES], labels[:PROBE_EXAMPLES]
    z = network.weighted_inputs(inputs).astype(np.float64)
    a, delta = np.empty_like(z), np.empty_like(z)
    network.output.activate(z, a)
    network.output.delta(a, z, labels, delta)
    error = a.copy()
    error[np.arange(len(labels)), labels] -= 1
    return Slowdown(
        delta_norm=_mean_norm(delta),
        error_norm=_mean_norm(error),
        slope=float((a * (1 - a)).mean()),
        saturated_wrong=float((np.abs(error) >= WRONG_BY).mean()),
    )


def saturate(network: Network) -> None:
    """Make the output neurons confidently wrong: bias +8 for class 0 and −8 for the others.

    The network then predicts 0 for every image, with an activation near 1. For an example of
    another class, two neurons are wrong and saturated: that of class 0, and its own.
    """
    network.biases[-1][...] = -SATURATION
    network.biases[-1][0] = SATURATION


def _mean_norm(rows: Floats) -> float:
    return float(np.linalg.norm(rows, axis=1).mean())
