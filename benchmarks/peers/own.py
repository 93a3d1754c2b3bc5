"""nntrain as users call it: by iterating over a ``Trainer``."""

from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.contestant import Contestant, Layers, Problem, Timing
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.engine import AUTO, NUMPY
from nntrain.nn.network import Network
from nntrain.nn.optimizer import SGD
from nntrain.nn.outputs import make_output
from nntrain.nn.training import Trainer

FOREVER = 1_000_000


class Own(Contestant):
    """Everything but evaluation counts: drawing the order and bookkeeping too."""

    engine = AUTO  # as a user gets it: such a long training takes Numba where it is installed

    def __init__(self, problem: Problem, threads: int) -> None:
        super().__init__(problem, threads)
        weights, biases = zip(*problem.layers, strict=True)
        output = make_output("softmax+log-likelihood")
        self.network = Network(weights, biases, ACTIVATIONS["sigmoid"], output)
        sgd = SGD(FOREVER, problem.batch_size, problem.learning_rate)
        examples = (problem.images, problem.labels)
        trainer = Trainer(self.network, examples, None, sgd, self.rng, engine=self.engine)
        self.epochs = iter(trainer)

    def round(self) -> Timing:
        started = perf_counter()
        evaluation = next(self.epochs).evaluation_seconds
        return Timing(perf_counter() - started - evaluation, evaluation)

    def train(self, order: NDArray[Any]) -> None:
        raise NotImplementedError("Trainer draws its own order")

    def layers(self) -> Layers:
        pairs = zip(self.network.weights, self.network.biases, strict=True)
        return [(np.array(w), np.array(b)) for w, b in pairs]


class OwnNumpy(Own):
    engine = NUMPY
