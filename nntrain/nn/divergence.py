"""Divergence: training has left the finite numbers; where, and what would help."""

import numpy as np

from nntrain.errors import DivergenceError
from nntrain.nn.network import Network
from nntrain.nn.optimizer import SGD


def divergence(network: Network, sgd: SGD, examples: int, when: str) -> DivergenceError:
    """Return the error for a training on ``examples`` that diverged at ``when``, in words."""
    layers = zip(network.weights, network.biases, strict=True)
    finite = [bool(np.isfinite(W).all() and np.isfinite(b).all()) for W, b in layers]
    where = f"layer {finite.index(False) + 1}" if False in finite else "the cost"
    shrink = sgd.learning_rate * sgd.weight_decay / examples
    if shrink >= 1:  # W ← (1 − ηλ/n) W − … turns W round, and from 2 on lets it grow
        advice = (
            f"Weight decay takes away more than there is: learning_rate × weight_decay / n is "
            f"{shrink:.3g}, it must stay below 1; try weight_decay "
            f"{sgd.weight_decay / shrink / 10:.2g}."
        )
    else:
        advice = (
            f"The steps are too large: learning_rate is {sgd.learning_rate:g}, try "
            f"{min(sgd.learning_rate / 10, 1.0):g}."
        )
    return DivergenceError(f"Training diverged in {when}: {where} is no longer finite. {advice}")
