"""A course of training that can continue with other examples, and what the data choose for it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from dataclasses import fields, replace
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from nntrain.errors import warn
from nntrain.nn.arrays import Floats
from nntrain.nn.backprop import Workspace, forward
from nntrain.nn.blas import LARGE_STEP
from nntrain.nn.network import Network
from nntrain.nn.optimizer import SGD
from nntrain.nn.training import Examples, Trainer
from nntrain.settings.fit import FitSettings, make
from nntrain.workflows.parts import ORDER_STREAM, dropout_of, network_of
from nntrain.workflows.train import possible_engine

LEAST_UPDATES, LEAST_EPOCHS = 2000, 5
"""What ``epochs`` None gives: for MNIST the 5 epochs of ``fit``."""
SMALLEST_BATCH, LARGEST_BATCH = 32, 128
"""The bounds of ``batch_size`` None, which is a hundredth of the examples."""
USUAL_INPUT_SIZE = 100.0
"""``input_size`` of MNIST, for which the outputs' own η were chosen."""
PROBE_EXAMPLES = 1000
LARGE_FEATURES = 20.0
"""Initial weights suit features of about 1: from this root mean square on, training suffers."""


def settings_for(parameters: Mapping[str, Any], examples: int, seed: int) -> FitSettings:
    """Return parameters of ``NNClassifier`` as settings for a training set of this size.

    Parameters that are no settings are left out. Raises ``SettingsError``.
    """
    known = {item.name for item in fields(FitSettings)}
    values = {name: value for name, value in parameters.items() if name in known}
    train_on = "all" if values["patience"] is None else "train"
    values |= {"seed": seed, "augment": "none", "train_on": train_on}
    chosen = {name for name in ("epochs", "batch_size") if values[name] is None}
    if "batch_size" in chosen:
        values["batch_size"] = min(max(examples // 100, SMALLEST_BATCH), LARGEST_BATCH)
    if "epochs" in chosen:
        values["epochs"] = LEAST_EPOCHS
    settings = make(FitSettings, values)
    if "epochs" not in chosen:
        return settings
    updates = -(-examples // settings.batch_size)
    return replace(settings, epochs=max(LEAST_EPOCHS, -(-LEAST_UPDATES // updates)))


def suitable_rate(settings: FitSettings, network: Network, inputs: Floats) -> float:
    """Return the learning rate η: the one given, or the output's own, less for large inputs."""
    if settings.learning_rate is not None:
        return settings.learning_rate
    return settings.rate / max(1.0, input_size(network, inputs) / USUAL_INPUT_SIZE)


def warn_of_large(inputs: Floats) -> None:
    """Warn if the features of ``inputs`` (n, features) are too large to train on as they are."""
    scale = float(np.sqrt(np.square(_some(inputs), dtype=np.float64).mean()))
    if scale >= LARGE_FEATURES:
        warn(
            f"X has a root mean square of {scale:.3g}; networks train best on features of about "
            f"1, and nothing is scaled here. Standardise them (StandardScaler), or divide pixels "
            f"by 255.",
        )


def _some(inputs: Floats) -> Floats:
    """Return at most 1,000 of the inputs, evenly spaced."""
    return inputs[:: -(-len(inputs) // PROBE_EXAMPLES)]


def input_size(network: Network, inputs: Floats) -> float:
    """Return the largest of E‖a^l‖⁴ / E‖a^l‖² over the inputs a^l of all layers.

    It is the mean of ‖a‖² weighted by ‖a‖², because a few large inputs are enough to make a step
    diverge. ``inputs`` are (n, features).
    """
    some = _some(inputs).astype(network.dtype, copy=False)
    work = Workspace(network, len(some))
    with np.errstate(over="ignore", invalid="ignore"):
        forward(network, some, work)
    squares = [np.einsum("mk,mk->m", a, a, dtype=np.float64) for a in work.a[:-1]]
    return max((float(np.square(s).mean() / s.mean()) for s in squares if s.any()), default=0.0)


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="blas")


def one_thread_for_small_steps(
    network: Network, batch_size: int
) -> AbstractContextManager[object]:
    """Return a context in which BLAS has one thread if mini-batches are small, as in ``fit``.

    Threads that wait for each other at every small product take longer than one alone.
    """
    step = batch_size * sum(W.size for W in network.weights)
    return _blas().limit(limits=1) if step < LARGE_STEP else nullcontext()


class _Trainer(Trainer):
    """A trainer without gradient norms, which for few examples take as long as the epoch."""

    def gradient_norms(self) -> tuple[float, ...]:
        return ()


class Course:
    """What training continues from: the network, the momentum and the random order.

    ``model`` is the network to predict with: the averaged one if weights are averaged.
    """

    def __init__(self, settings: FitSettings, sizes: tuple[int, ...]) -> None:
        self.network = self.model = network_of(settings, sizes)
        self.seed = settings.seed
        self.rng = np.random.default_rng([settings.seed, ORDER_STREAM])
        self.velocity: Floats | None = None
        self.epoch = 0

    def trainer(
        self,
        settings: FitSettings,
        sgd: SGD,
        training: Examples,
        validation: Examples | None = None,
    ) -> Trainer:
        """Return a trainer on ``training`` that continues from here, on copies."""
        trainer = _Trainer(
            self.network.copy(),
            training,
            validation,
            sgd,
            deepcopy(self.rng),
            dropout_of(settings),
            engine=possible_engine(settings.engine),
        )
        trainer.epoch = self.epoch
        if trainer.optimizer.velocity and self.velocity is not None:
            trainer.optimizer.velocity.vector[...] = self.velocity
        if trainer.average:
            trainer.average.network.assign(self.model.parameters)
        return trainer

    def keep(self, trainer: Trainer) -> None:
        """Continue from where ``trainer`` is."""
        velocity = trainer.optimizer.velocity
        self.network, self.model, self.rng = trainer.network, trainer.model, trainer.rng
        self.velocity = velocity.vector if velocity else None
        self.epoch = trainer.epoch
