"""Evaluated runs made by hand: outputs and labels are given, the network is only described."""

from pathlib import Path

import numpy as np

from nntrain.analysis.evaluation import evaluate
from nntrain.analysis.predictions import predictions
from nntrain.data.dataset import Dataset, Split
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.network import Network
from nntrain.nn.outputs import OUTPUTS
from nntrain.settings.fit import FitSettings
from nntrain.workflows.evaluate import EvaluatedRun

DIGITS = tuple("0123456789")
FASHION = ("T-shirt/top", "Trouser", "[bold]Pullover[/bold]", "Dress", "Coat", "Sandal",
           "Shirt", "Sneaker", "Bag", "Ankle boot")  # fmt: skip
SOFTMAX, SIGMOID = "softmax+log-likelihood", "sigmoid+cross-entropy"


def history(epochs, validation=True, best=1):
    """One mapping an epoch, as in history.jsonl."""
    return [
        {
            "epoch": n,
            "train_cost": 1 / n,
            "train_accuracy": 1 - 0.1 / n,
            "validation_cost": 2 / n if validation else None,
            "validation_accuracy": 1 - 0.2 / n if validation else None,
            "seconds": 0.5,
            "best": n <= best,
        }
        for n in range(1, epochs + 1)
    ]


def evaluated(labels, outputs, *, classes=DIGITS, output=SOFTMAX, epochs=(), hidden=(12,), **rest):
    """A run whose network gave ``outputs`` (n, k) to as many random images."""
    labels, outputs = np.asarray(labels), np.asarray(outputs)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (len(labels), 28, 28)).astype(np.uint8)
    test, empty = Split(images, labels), Split(images[:0], labels[:0])
    sizes = (784, *hidden, len(classes))
    network = Network.create(
        sizes, ACTIVATIONS["relu"], OUTPUTS[output](), INITIALISATIONS["he"], rng
    )
    known = {"classes": classes, "distribution": network.output.distribution}
    made = predictions(labels, np.log(outputs), **known)
    given = {
        "name": "first",
        "origin": "weights of epoch 2 of 3",
        "network": network,
        "dataset": Dataset("mnist", "MNIST digits", classes, empty, empty, test, Path("data")),
        "split": "test",
        "predictions": made,
        "evaluation": evaluate(made, 0.5),
        "decay_cost": 0.0,
        "history": list(epochs),
        "settings": FitSettings(),
        "provenance": {"seed": 0},
    }
    return EvaluatedRun(**given | rest)


def random_run(n=300, sharpness=3.0, output=SOFTMAX, seed=None, sureness=1.0, **rest):
    """A run of ``n`` examples in ten classes; the sharper, the more answers are right.

    With another ``seed`` it gives other answers on the same examples; ``sureness`` is the
    softmax's c.
    """
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, n)
    rng = rng if seed is None else np.random.default_rng(seed)
    z = rng.normal(0, 1, (n, 10))
    z[np.arange(n), labels] += sharpness
    powers = np.exp(sureness * z)
    softmax = powers / powers.sum(1, keepdims=True)
    outputs = softmax if OUTPUTS[output].distribution else 1 / (1 + np.exp(-z))
    return evaluated(labels, outputs, output=output, **rest)
