"""Small networks as files, and the book's own reading of its JSON."""

import json

import numpy as np

from nntrain.exchange.model_card import ModelCard

CARD = ModelCard("first", "mnist", ("nought", "one", "two", "three"))
SOFTMAX = "softmax+log-likelihood"


def pixels(count, features=6, seed=3):
    """Images as bytes, and the same as numbers from 0 to 1."""
    images = np.random.default_rng(seed).integers(0, 256, (count, features), dtype=np.uint8)
    return images, images / 255


class BookNetwork:
    """What the book's network2 makes of its file: columns, one image at a time, in float64."""

    def __init__(self, path):
        document = json.loads(path.read_text())
        self.sizes, self.cost = document["sizes"], document["cost"]
        self.weights = [np.array(w) for w in document["weights"]]
        self.biases = [np.array(b) for b in document["biases"]]

    def feedforward(self, a):
        assert a.shape == (self.sizes[0], 1)
        for w, b in zip(self.weights, self.biases, strict=True):
            a = 1.0 / (1.0 + np.exp(-(np.dot(w, a) + b)))
        return a
