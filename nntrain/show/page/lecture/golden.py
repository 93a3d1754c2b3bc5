"""Golden updates: what nntrain's own step makes of a small network, to check a page's script."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.arrays import scale_pixels
from nntrain.nn.backprop import Workspace, backward, forward
from nntrain.nn.initialisation import lecun
from nntrain.nn.network import Network
from nntrain.nn.optimizer import SGD, Optimizer
from nntrain.nn.outputs import OUTPUTS, make_output
from nntrain.show.page.encoding import floats

BATCHES, BATCH = 20, 10
LIMIT = 1e-5
"""The largest difference of a parameter that the page accepts."""


def golden_updates(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], classes: int, hidden: int = 4
) -> dict[str, Any]:
    """Return the parameters before and after 20 mini-batches, as JSON-able types.

    ``images`` is (n, rows, columns) and ``labels`` (n,), with n ≥ 200: the first 200 are used.
    Every output layer starts from the same random parameters, has its book's learning rate, and
    learns in float64, as scripts do; parameters are stored as float32.
    """
    sizes = (images[0].size, hidden, classes)
    start = _network(next(iter(OUTPUTS)), sizes)
    return {
        "batches": BATCHES,
        "size": BATCH,
        "limit": LIMIT,
        "start": _stored(start),
        "updates": [
            {
                "output": name,
                "rate": layer.book_rate,
                "end": _stored(_trained(name, sizes, images, labels)),
            }
            for name, layer in OUTPUTS.items()
        ],
    }


def _network(output: str, sizes: tuple[int, ...]) -> Network:
    rng = np.random.default_rng(1)
    drawn = Network.create(sizes, ACTIVATIONS["sigmoid"], make_output(output), lecun, rng)
    weights, biases = (  # of float32 numbers: the page starts from the same
        [array.astype(np.float64) for array in arrays] for arrays in (drawn.weights, drawn.biases)
    )
    return Network(weights, biases, drawn.hidden, drawn.output)


def _trained(
    output: str, sizes: tuple[int, ...], images: NDArray[np.uint8], labels: NDArray[np.uint8]
) -> Network:
    network, rate = _network(output, sizes), OUTPUTS[output].book_rate
    sgd = SGD(epochs=1, batch_size=BATCH, learning_rate=rate)
    optimizer, work = Optimizer(network, sgd, BATCHES * BATCH), Workspace(network, BATCH)
    inputs = np.empty((BATCH, sizes[0]), network.dtype)
    for at in range(0, BATCHES * BATCH, BATCH):
        scale_pixels(images[at : at + BATCH].reshape(BATCH, -1), inputs)
        forward(network, inputs, work)
        backward(network, labels[at : at + BATCH].astype(np.int64), work, rate / BATCH)
        optimizer.step(work, rate)
    return network


def _stored(network: Network) -> dict[str, str]:
    (W1, W2), (b1, b2) = network.weights, network.biases
    return {"W1": floats(W1), "b1": floats(b1), "W2": floats(W2), "b2": floats(b2)}
