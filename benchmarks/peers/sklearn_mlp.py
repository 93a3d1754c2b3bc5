"""scikit-learn: an MLPClassifier, one ``partial_fit`` per epoch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier

from benchmarks.peers.contestant import Contestant, Layers, Problem


class ScikitLearn(Contestant):
    """Each round is a ``partial_fit``: one epoch of ``fit``, including its check of the labels.

    ``fit`` with ``max_iter=1`` would make new arrays each time. The classifier shuffles itself.
    """

    def __init__(self, problem: Problem, threads: int) -> None:
        super().__init__(problem, threads)
        self.images = problem.pixels()
        self.classifier = MLPClassifier(
            hidden_layer_sizes=problem.sizes[1:-1],
            activation="logistic",
            solver="sgd",
            alpha=0.0,
            batch_size=problem.batch_size,
            learning_rate_init=problem.learning_rate,
            momentum=0.0,
            nesterovs_momentum=False,
            random_state=np.random.RandomState(problem.seed),  # an int: the same order each epoch,
        )
        # A first step makes the arrays, which then get the common initial parameters.
        some = slice(problem.batch_size)
        classes = np.arange(problem.sizes[-1])
        self.classifier.partial_fit(self.images[some], problem.labels[some], classes=classes)
        for layer, (w, b) in enumerate(problem.layers):
            self.classifier.coefs_[layer][...] = w.T
            self.classifier.intercepts_[layer][...] = b

    def train(self, order: NDArray[Any]) -> None:
        self.classifier.partial_fit(self.images, self.problem.labels)

    def layers(self) -> Layers:
        pairs = zip(self.classifier.coefs_, self.classifier.intercepts_, strict=True)
        return [(w.T, b) for w, b in pairs]
