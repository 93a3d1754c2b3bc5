"""What a step of training does to the parameters: the update, weight decay and momentum."""

import numpy as np

from nntrain.lecture.claims.check import Errors
from nntrain.lecture.claims.gradients import Pass
from nntrain.lecture.claims.test_cases import Case
from nntrain.nn.engine import NUMPY
from nntrain.nn.network import Network
from nntrain.nn.optimizer import SGD
from nntrain.nn.training import Trainer

LARGEST_STEP = 0.5  # of any parameter at first: a steep cost must not overflow
DECAY = 0.3
MOMENTA = (0.0, 0.9)
STEPS = 2  # from the second one on, momentum has an effect


def steps_of_training(errors: Errors, case: Case) -> None:
    """V ← μV − η(∂C/∂W + λ/n W), W ← W + V; biases likewise without λ. And C + λ/2n Σ W²."""
    m = len(case.labels)
    largest = max(float(np.abs(g).max()) for g in Pass(case).gradients.arrays)
    rate = LARGEST_STEP / max(1.0, largest)
    for momentum in MOMENTA:
        network = case.network.copy()
        sgd = SGD(STEPS, m, rate, momentum=momentum, weight_decay=DECAY)
        examples, rng = (case.inputs, case.labels), np.random.default_rng(0)
        trainer = Trainer(network, examples, None, sgd, rng, engine=NUMPY)
        velocity = [np.zeros_like(p) for p in network.parameters]
        for _ in range(STEPS):
            gradients = Pass(Case(network.copy(), case.inputs, case.labels)).gradients
            before = [p.copy() for p in network.parameters]
            for _ in trainer.run_epoch():
                pass
            for number, (W, gradient) in enumerate(zip(before, gradients.arrays, strict=True)):
                decay = DECAY / m if W.ndim == 2 else 0.0
                velocity[number] = momentum * velocity[number] - rate * (gradient + decay * W)
                after, expected = network.parameters[number], W + velocity[number]
                size = max(1.0, np.abs(expected).max(), rate * np.abs(gradient).max())
                errors.compare("steps of training", after, expected, scale=size)
            cost = trainer.finish_epoch().train_cost
            errors.compare("C + λ/2n Σ W²", cost, _cost(network, case))


def _cost(network: Network, case: Case) -> float:
    """Return the mean cost plus λ/2n Σ W²."""
    squares = sum(float(np.square(W).sum()) for W in network.weights)
    mean_cost = Pass(Case(network, case.inputs, case.labels)).mean_cost()
    return mean_cost + DECAY / (2 * len(case.labels)) * squares
