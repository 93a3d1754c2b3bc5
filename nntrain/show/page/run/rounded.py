"""A network with weights of 8 bits, as its page holds it.

The weights of a neuron are whole numbers from -127 to 127 times one float32 scale.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nntrain.nn.network import Network

LARGEST = 127


@dataclass(frozen=True, eq=False)
class Rounded:
    """A network with rounded weights and float32 biases, and what its weights are products of.

    Each layer has ``whole`` numbers (fan_out, fan_in) int8, and ``scales`` (fan_out,) float32.
    """

    network: Network
    whole: list[NDArray[np.int8]]
    scales: list[NDArray[np.float32]]


def rounded(network: Network) -> Rounded:
    """Return ``network`` with each weight rounded to the nearest of 255 values.

    They lie evenly from -s to s, where s is the largest absolute weight into the same neuron.
    """
    whole, scales, weights = [], [], []
    for W in network.weights:
        scale = (np.abs(W).max(axis=1) / LARGEST).astype(np.float32)
        # a scale of 0 belongs to weights that are all 0
        steps = np.rint(W / np.where(scale > 0, scale, 1)[:, None])
        whole.append(np.clip(steps, -LARGEST, LARGEST).astype(np.int8))
        scales.append(scale)
        weights.append(whole[-1].astype(np.float32) * scale[:, None])
    biases = [b.astype(np.float32) for b in network.biases]
    return Rounded(Network(weights, biases, network.hidden, network.output), whole, scales)
