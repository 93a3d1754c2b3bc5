"""Small random networks and examples for the tests of ``nn``."""

from dataclasses import replace

import numpy as np

from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.dropout import Dropout
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.network import Network
from nntrain.nn.optimizer import SGD
from nntrain.nn.outputs import OUTPUTS, make_output
from nntrain.nn.schedules import Schedule
from nntrain.nn.training import Trainer

OUTPUT_NAMES = sorted(OUTPUTS)
ACTIVATION_NAMES = sorted(ACTIVATIONS)

SIZES = (16, 8, 4)
PLAIN = SGD(epochs=3, batch_size=10, learning_rate=0.5)
FULL = SGD(4, 10, 0.2, momentum=0.9, weight_decay=2.0, schedule=Schedule("cosine", 4, 0.5))
AVERAGED = replace(FULL, max_norm=3.0, average_epochs=0.5)


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
    """Examples that a small network learns easily: uint8 pixels around one centre per class."""
    centres = np.random.default_rng(123).integers(0, 256, (classes, features))
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count).astype(np.uint8)
    noise = rng.normal(0, 40, (count, features))
    return np.clip(centres[labels] + noise, 0, 255).astype(np.uint8), labels


def jitter(inputs, epoch, start):
    """Distort blobs with noise that depends on the position, as a resumed training needs it."""
    noise = np.random.default_rng([epoch, start]).integers(0, 9, inputs.shape, dtype=np.uint8)
    inputs[...] = np.minimum(inputs, 246) + noise


def make_trainer(sgd=PLAIN, output=OUTPUT_NAMES[0], seed=0, count=205, **options):
    """A trainer of a small network on blobs; other options are those of ``make_network``."""
    dropout = Dropout(*options.pop("dropout"), (0, 2)) if "dropout" in options else None
    distort = options.pop("distort", None)
    how = {name: options.pop(name) for name in ("engine", "tell") if name in options}
    network = make_network(SIZES, options.pop("activation", "sigmoid"), output, **options)
    rng = np.random.default_rng(seed)
    return Trainer(network, blobs(count), blobs(60, seed=1), sgd, rng, dropout, distort, **how)
