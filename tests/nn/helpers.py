"""Small random networks and examples for the tests of this room."""

import numpy as np

from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.network import Network
from nntrain.nn.outputs import OUTPUTS, make_output

OUTPUT_NAMES = sorted(OUTPUTS)
ACTIVATION_NAMES = sorted(ACTIVATIONS)


def make_network(sizes=(6, 5, 4), activation="sigmoid", output=OUTPUT_NAMES[0], **options):
    seed = options.pop("seed", 0)
    dtype = options.pop("dtype", np.float64)
    return Network.create(
        sizes,
        ACTIVATIONS[activation],
        make_output(output, **options),
        INITIALISATIONS["new"],
        np.random.default_rng(seed),
        dtype,
    )


def make_examples(count, features=6, classes=4, seed=1, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.random((count, features)).astype(dtype), rng.integers(0, classes, count)


def blobs(count, seed=0, features=16, classes=4):
    """Examples that a small network learns easily: uint8 pixels around one centre a class."""
    centres = np.random.default_rng(123).integers(0, 256, (classes, features))
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count).astype(np.uint8)
    noise = rng.normal(0, 40, (count, features))
    return np.clip(centres[labels] + noise, 0, 255).astype(np.uint8), labels
