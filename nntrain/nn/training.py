"""Training: epochs of mini-batches, with the measuring between them.

``train`` yields an ``EpochResult`` at the end of each epoch and leaves everything else
(stopping, saving, drawing) to the caller. ``Training`` is the same thing opened up: it also
lets the caller breathe between blocks of mini-batches, and can be saved and restored.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from nntrain.errors import DivergenceError, NntrainError
from nntrain.nn.arrays import Array, Floats, Integers
from nntrain.nn.averaging import Average
from nntrain.nn.backprop import Workspace, backward, forward
from nntrain.nn.batches import Batch, Distort, MiniBatches
from nntrain.nn.checkpoint import LARGEST_EPOCH, LONGEST_S, check_fits, counted, measured
from nntrain.nn.dropout import Dropout
from nntrain.nn.network import Network
from nntrain.nn.optimizer import SGD, descent, limit_norms

Examples = tuple[Array, Integers]
"""(inputs, labels): (n, ...) uint8 pixels or floats, and (n,) integers."""

GRADIENT_PROBE_EXAMPLES = 1000
"""Gradient norms are those of the mean cost over the first this many training examples."""


@dataclass(frozen=True)
class EpochResult:
    """What an epoch ended with: all figures taken at the same moment, with fixed weights.

    Costs are means over examples plus λ/2n Σ W², with the same λ/n for both sets.
    ``seconds`` is training alone, ``evaluation_seconds`` the measuring after it.
    ``learning_rate`` is that of the epoch's last step. ``gradient_norms`` has one Euclidean
    norm a layer, of the gradient of the mean cost over the first 1,000 training examples,
    without the decay term. All are of the network that would be kept, the averaged one where
    weights are averaged, with every neuron and on images as they are. ``best`` says whether
    this epoch is the best so far on validation (without a validation set: every epoch).
    """

    epoch: int
    learning_rate: float
    train_cost: float
    train_accuracy: float
    validation_cost: float | None
    validation_accuracy: float | None
    seconds: float
    evaluation_seconds: float
    examples_per_second: float
    gradient_norms: tuple[float, ...]
    best: bool


def divergence(network: Network, sgd: SGD, examples: int, when: str) -> DivergenceError:
    """Return the error for a training on ``examples`` that diverged at ``when``, in words."""
    layers = zip(network.weights, network.biases, strict=True)
    finite = [bool(np.isfinite(W).all() and np.isfinite(b).all()) for W, b in layers]
    where = f"layer {finite.index(False) + 1}" if False in finite else "the cost"
    shrink = sgd.learning_rate * sgd.weight_decay / examples
    if shrink >= 1:  # W ← (1 − ηλ/n) W − … turns W round, and from 2 on lets it grow
        advice = (
            f"Weight decay takes away more than there is: learning_rate × weight_decay / n is "
            f"{shrink:.3g}, it must stay below 1; try weight_decay "
            f"{sgd.weight_decay / shrink / 10:.2g}."
        )
    else:
        advice = (
            f"The steps are too large: learning_rate is {sgd.learning_rate:g}, try "
            f"{min(sgd.learning_rate / 10, 1.0):g}."
        )
    return DivergenceError(f"Training diverged in {when}: {where} is no longer finite. {advice}")


class Training:
    """A training in progress: everything that changes while a network learns.

    ``network`` is trained in place. ``epoch`` counts finished epochs, ``done`` the examples
    of the current one, ``seconds`` the time its training took so far, ``past_seconds`` that of
    the epochs before. ``model`` is what has been learnt: the network, or its average.
    ``best_parameters`` are the model's of the epoch with the highest validation accuracy, the
    earliest where several tie.
    """

    def __init__(
        self,
        network: Network,
        training: Examples,
        validation: Examples | None,
        sgd: SGD,
        rng: np.random.Generator,
        dropout: Dropout | None = None,
        distort: Distort | None = None,
    ) -> None:
        _check_labels(training[1], network.sizes[-1])
        self.network = network
        self.batches = MiniBatches(*training, sgd.batch_size, network.dtype, distort)
        self.validation = validation
        self.sgd = sgd
        self.rng = rng
        self.dropout = dropout
        self.epoch = 0
        self.done = 0
        self.seconds = 0.0
        self.past_seconds = 0.0
        self.best_epoch = 0
        self.best_accuracy = -1.0
        self.best_parameters = [p.copy() for p in network.parameters]
        self.descent = descent(network, sgd.momentum, sgd.weight_decay / len(self.batches))
        self.average: Average | None = None
        if sgd.average_epochs:
            self.average = Average(network, sgd.average_epochs, len(self.batches))
        self._workspace = Workspace(network, self.batches.batch_size, dropout)
        self._generator_at_start = rng.bit_generator.state

    @property
    def model(self) -> Network:
        """The network that is measured and kept."""
        return self.average.network if self.average else self.network

    @property
    def finished(self) -> bool:
        """Whether all epochs are done or patience has run out."""
        patience = self.sgd.patience
        out_of_patience = patience is not None and self.epoch - self.best_epoch >= patience
        return self.epoch >= self.sgd.epochs or out_of_patience

    @property
    def total_seconds(self) -> float:
        """The time that training took so far, measuring left out."""
        return self.past_seconds + self.seconds

    def __iter__(self) -> Iterator[EpochResult]:
        """Train to the end, yielding each epoch's result."""
        while not self.finished:
            for _ in self.run_epoch():
                pass
            yield self.finish_epoch()

    def run_epoch(self) -> Iterator[int]:
        """Train one epoch, every example once; yield the examples done after each block.

        A training restored from inside an epoch goes on from there. Raises
        ``DivergenceError`` as soon as a block leaves an output bias that is not finite, where
        backpropagation shows most overflows; ``finish_epoch`` looks at everything.
        """
        self._generator_at_start = self.rng.bit_generator.state
        order = np.arange(len(self.batches), dtype=np.uint32)  # half of what permutation makes
        self.rng.shuffle(order)
        begun = perf_counter()
        with closing(self.batches.blocks(order, self.epoch, self.done)) as blocks:
            for block in blocks:
                self._train_on(block)
                self.seconds += perf_counter() - begun
                yield self.done
                begun = perf_counter()

    def _train_on(self, block: list[Batch]) -> None:
        """Take a step on each mini-batch of a block."""
        before = self.done
        if self.dropout is not None:
            self.dropout.begin_at(self.epoch, before)
        with np.errstate(over="ignore", invalid="ignore"):  # checked just below
            for inputs, labels in block:
                self._step(inputs, labels, self._time(self.done, len(labels)))
                self.done += len(labels)
            finite = np.isfinite(self.network.biases[-1].sum())
        if not finite:
            when = f"epoch {self.epoch + 1}, by example {self.done:,}"
            raise divergence(self.network, self.sgd, len(self.batches), when)
        if self.average is not None:
            self.average.follow(self.network, self.epoch, before, self.done)

    def _step(self, inputs: Array, labels: Integers, t: float) -> None:
        """Take one step of gradient descent on a mini-batch at time ``t`` in epochs."""
        size = len(labels)
        rate = self.sgd.rate(t)
        workspace = self._workspace
        if size != self.batches.batch_size:
            workspace = workspace.head(size)
        forward(self.network, inputs, workspace)
        self.descent.step(labels, rate, workspace)
        if self.sgd.max_norm is not None:
            limit_norms(self.network.weights, self.sgd.max_norm)

    def finish_epoch(self) -> EpochResult:
        """Measure with fixed weights, keep the best, and return what the epoch ended with.

        Raises ``DivergenceError`` when a parameter, a cost or a gradient is not finite.
        """
        start = perf_counter()
        rate = self._last_rate()
        seconds, self.seconds = self.seconds, 0.0
        self.past_seconds += seconds
        self.epoch += 1
        self.done = 0
        with np.errstate(over="ignore", invalid="ignore"):  # checked just below
            train_cost, train_accuracy = self._measure((self.batches.inputs, self.batches.labels))
            cost, accuracy = self._measure(self.validation) if self.validation else (None, None)
            norms = self.gradient_norms()
            finite = all(np.isfinite(p).all() for p in self.network.parameters)
            if not (finite and np.isfinite([train_cost, cost or 0.0, *norms]).all()):
                when = f"epoch {self.epoch}, at its end"
                raise divergence(self.network, self.sgd, len(self.batches), when)
        best = self._keep_best(accuracy)
        return EpochResult(
            epoch=self.epoch,
            learning_rate=rate,
            train_cost=train_cost,
            train_accuracy=train_accuracy,
            validation_cost=cost,
            validation_accuracy=accuracy,
            seconds=seconds,
            evaluation_seconds=perf_counter() - start,
            examples_per_second=len(self.batches) / seconds if seconds > 0 else 0.0,
            gradient_norms=norms,
            best=best,
        )

    def _time(self, done: int, size: int) -> float:
        """Return the time, in epochs, in the middle of a step on ``size`` examples."""
        return self.epoch + (done + size / 2) / len(self.batches)

    def _last_rate(self) -> float:
        """Return the learning rate of the current epoch's last step."""
        count, size = len(self.batches), self.batches.batch_size
        before = (count - 1) // size * size
        return self.sgd.rate(self._time(before, count - before))

    def _measure(self, examples: Examples) -> tuple[float, float]:
        """Return (mean cost + λ/2n Σ W², accuracy)."""
        cost, accuracy = self.model.cost_and_accuracy(*examples)
        return cost + self._decay_cost(), accuracy

    def _decay_cost(self) -> float:
        return self.model.decay_cost(self.sgd.weight_decay, len(self.batches))

    def gradient_norms(self) -> tuple[float, ...]:
        """Return one norm a layer, as in ``EpochResult``, for the model as it is now."""
        size = min(GRADIENT_PROBE_EXAMPLES, len(self.batches))
        inputs, labels = self.batches.first(size)
        workspace, gradients = Workspace(self.model, size), self.descent.gradients
        forward(self.model, inputs, workspace)
        backward(self.model, labels, 1 / size, workspace, gradients)
        return gradients.norms()

    def _keep_best(self, accuracy: float | None) -> bool:
        if accuracy is not None:
            if accuracy <= self.best_accuracy:
                return False
            self.best_accuracy = accuracy
        self.best_epoch = self.epoch
        for kept, parameter in zip(self.best_parameters, self.model.parameters, strict=True):
            np.copyto(kept, parameter)
        return True

    def best_network(self) -> Network:
        """Return a new network with the best parameters so far."""
        network = self.network.copy()
        network.assign(self.best_parameters)
        return network

    def state(self) -> dict[str, Array]:
        """Return all that is needed to go on from here, as named arrays.

        Inside an epoch the generator's state is the one the epoch's order was drawn from. The
        arrays are the live ones, not copies: write them down before training goes on.
        """
        state: dict[str, Array] = {
            f"{group}_{index}": array
            for group, arrays in self._arrays().items()
            for index, array in enumerate(arrays)
        }
        progress = {
            "epoch": self.epoch,
            "done": self.done,
            "seconds": self.seconds,
            "past_seconds": self.past_seconds,
            "best_epoch": self.best_epoch,
            "best_accuracy": self.best_accuracy,
            "generator": self._generator_at_start if self.done else self.rng.bit_generator.state,
        }
        state["progress"] = np.frombuffer(json.dumps(progress).encode(), np.uint8)
        return state

    def restore(self, state: Mapping[str, Array]) -> None:
        """Go back to what ``state()`` returned, for the same settings and data.

        Raises ``ValueError``, or what Python makes of the wrong types, where the state does not
        fit; the training is of no use then.
        """
        progress = json.loads(state["progress"].tobytes())
        for group, arrays in self._arrays().items():
            for index, array in enumerate(arrays):
                name = f"{group}_{index}"
                check_fits(name, state[name], array)
                array[...] = state[name]
        self.epoch = counted(progress, "epoch", LARGEST_EPOCH)
        self.done = counted(progress, "done", len(self.batches))
        self.best_epoch = counted(progress, "best_epoch", self.epoch)
        self.seconds = measured(progress, "seconds", 0.0, LONGEST_S)
        self.past_seconds = measured(progress, "past_seconds", 0.0, LONGEST_S)
        self.best_accuracy = measured(progress, "best_accuracy", -1.0, 1.0)
        self.rng.bit_generator.state = progress["generator"]
        if self.rng.bit_generator.state != progress["generator"]:
            raise ValueError("generator: expected whole numbers")

    def _arrays(self) -> dict[str, list[Floats]]:
        return {
            "parameter": self.network.parameters,
            "velocity": self.descent.velocity.arrays if self.descent.velocity else [],
            "best": self.best_parameters,
            "average": self.average.network.parameters if self.average else [],
        }


def _check_labels(labels: Integers, classes: int) -> None:
    """Raise ``NntrainError`` for a label that is no class: the steps would not notice it."""
    if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        raise NntrainError(
            f"labels: expected classes from 0 to {classes - 1}, got {labels.min()} to "
            f"{labels.max()}."
        )


def train(
    network: Network,
    training: Examples,
    validation: Examples | None,
    sgd: SGD,
    rng: np.random.Generator,
) -> Iterator[EpochResult]:
    """Train ``network`` in place; yield an ``EpochResult`` at the end of each epoch.

    ``rng`` draws the order of the examples. After the last epoch the network holds the last
    parameters, not the best. Raises ``DivergenceError`` when a parameter or the cost stops
    being finite.
    """
    yield from Training(network, training, validation, sgd, rng)
