"""Max-norm: no hidden neuron's incoming weights may grow longer than a limit.

After a step every row w of a hidden layer's W with ‖w‖ > c is shortened to c w/‖w‖: the nearest
point of the ball (Srivastava et al. 2014). It allows large learning rates beside dropout.
"""

from collections.abc import Sequence

import numpy as np

from nntrain.nn.arrays import Floats


def limit_norms(weights: Sequence[Floats], most: float) -> None:
    """Shorten the rows of all ``weights`` but the output layer's to ``most``, in place."""
    for W in weights[:-1]:
        squares = np.einsum("jk,jk->j", W, W)
        if squares.max() > most**2:
            np.multiply(W, (most / np.sqrt(np.maximum(squares, most**2)))[:, np.newaxis], out=W)
