"""Training: the loop over epochs and mini-batches.

Iterating over a ``Trainer`` yields an ``EpochResult`` at the end of each epoch. Stopping, saving
and drawing are up to the caller. ``run_epoch`` and ``finish_epoch`` are the same loop in two
parts, for callers that do something between blocks of mini-batches.
"""

from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from nntrain.errors import NntrainError
from nntrain.nn.arrays import Array, Integers
from nntrain.nn.averaging import Average
from nntrain.nn.backprop import Workspace, backward, forward, gradients
from nntrain.nn.batches import Distort, MiniBatches
from nntrain.nn.best_model import BestModel
from nntrain.nn.dropout import Dropout
from nntrain.nn.engine import AUTO, NUMBA, NUMPY, compiled_loop
from nntrain.nn.network import Network
from nntrain.nn.optimizer import SGD, Optimizer, divergence

Examples = tuple[Array, Integers]
"""(inputs, labels): (n, ...) uint8 pixels or floats, and (n,) integers."""

GRADIENT_PROBE_EXAMPLES = 1000
"""Gradient norms are measured on this many training examples, the first ones."""


@dataclass(frozen=True)
class EpochResult:
    """The state of training at the end of an epoch, all measured with the same weights.

    Costs are means over examples plus λ/2n Σ W², with the same λ/n for both sets. Accuracies are
    from 0 to 1. ``seconds`` is the training alone, ``evaluation_seconds`` the measurements after
    it. ``learning_rate`` is that of the epoch's last step. ``gradient_norms`` has one Euclidean
    norm per layer, of the gradient of the mean cost over the first 1,000 training examples,
    without the decay term. Everything is measured on the model (the averaged network where
    weights are averaged), without dropout and on undistorted images. ``best``: whether this epoch
    has the highest validation accuracy so far; always true without a validation set.
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


class Trainer:
    """A training run in progress.

    ``network`` is trained in place. ``epoch`` counts finished epochs, ``done`` the examples used
    in the current one. ``seconds`` is the current epoch's training time, ``past_seconds`` that
    of the finished ones. ``engine`` is one of ``engine.ENGINES``; ``tell`` receives messages
    about it, a line each. ``order_state`` is the state of ``rng`` before it drew the current
    epoch's order. ``best`` is the best model so far.

    Raises ``NntrainError`` for labels that are not classes of the network.
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
        engine: str = AUTO,
        tell: Callable[[str], object] = lambda line: None,
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
        self.order_state = rng.bit_generator.state
        self.best = BestModel(network)
        n = len(self.batches)
        self.optimizer = Optimizer(network, sgd, n)
        self.average = Average(network, sgd.average_epochs, n) if sgd.average_epochs else None
        steps = sgd.epochs * -(-n // self.batches.batch_size)
        size, dtype = self.batches.batch_size, self.batches.inputs.dtype
        self._compiled = compiled_loop(engine, self.optimizer, size, dtype, steps, tell)

    @property
    def engine(self) -> str:
        """The engine that trains: numpy or numba."""
        return NUMBA if self._compiled else NUMPY

    @property
    def model(self) -> Network:
        """The network that is measured and saved: the averaged one if weights are averaged."""
        return self.average.network if self.average else self.network

    @property
    def finished(self) -> bool:
        """Whether all epochs are done or patience has run out."""
        patience = self.sgd.patience
        out_of_patience = patience is not None and self.epoch - self.best.epoch >= patience
        return self.epoch >= self.sgd.epochs or out_of_patience

    @property
    def total_seconds(self) -> float:
        """The training time so far, without measurements."""
        return self.past_seconds + self.seconds

    def __iter__(self) -> Iterator[EpochResult]:
        """Train to the end, yielding each epoch's result."""
        while not self.finished:
            for _ in self.run_epoch():
                pass
            yield self.finish_epoch()

    def run_epoch(self, stops: Collection[int] = ()) -> Iterator[int]:
        """Train one epoch, or the rest of a restored one; each example is used once.

        Yields after each block of mini-batches: the number of examples done. The compiled loop's
        blocks are longer than NumPy's, but end at ``stops`` where NumPy's do. Raises
        ``DivergenceError`` as soon as a block leaves an output bias that is not finite: most
        overflows reach the output biases. ``finish_epoch`` checks everything.
        """
        self.order_state = self.rng.bit_generator.state
        order = np.arange(len(self.batches), dtype=np.uint32)  # half the memory of permutation
        self.rng.shuffle(order)
        begun = perf_counter()
        start = self.done
        loop = self._compiled.blocks(self, order, stops) if self._compiled else self._blocks(order)
        with closing(loop) as blocks:
            for done in blocks:
                self._finish_block(start, done)
                start = done
                self.seconds += perf_counter() - begun
                yield done
                begun = perf_counter()

    def _blocks(self, order: Integers) -> Generator[int, None, None]:
        """Take one step for each mini-batch; yield the examples done after each block."""
        workspace = Workspace(self.network, self.batches.batch_size, self.dropout)
        with closing(self.batches.blocks(order, self.epoch, self.done)) as blocks:
            for block in blocks:
                if self.dropout is not None:
                    self.dropout.reseed(self.epoch, self.done)
                with np.errstate(over="ignore", invalid="ignore"):  # checked after the block
                    for inputs, labels in block:
                        m = len(labels)
                        rate, work = self.rate(self.done, m), workspace.head(m)
                        forward(self.network, inputs, work)  # every z and a
                        backward(self.network, labels, work, rate / m)  # (BP1), (BP2): every δ
                        self.optimizer.step(work, rate)  # (BP3), (BP4) and the update
                        self.done += m
                yield self.done

    def _finish_block(self, start: int, done: int) -> None:
        """Check for divergence, and update the averaged weights."""
        with np.errstate(over="ignore", invalid="ignore"):
            finite = np.isfinite(self.network.biases[-1].sum())
        if not finite:
            when = f"epoch {self.epoch + 1}, by example {done:,}"
            raise divergence(self.network, self.sgd, len(self.batches), when)
        if self.average is not None:
            self.average.update(self.network, self.epoch, start, done)

    def finish_epoch(self) -> EpochResult:
        """Measure with fixed weights, keep the model if it is the best, and return the result.

        Raises ``DivergenceError`` when a parameter, a cost or a gradient is not finite.
        """
        begun = perf_counter()
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
        best = self.best.keep(self.model, self.epoch, accuracy)
        return EpochResult(
            epoch=self.epoch,
            learning_rate=rate,
            train_cost=train_cost,
            train_accuracy=train_accuracy,
            validation_cost=cost,
            validation_accuracy=accuracy,
            seconds=seconds,
            evaluation_seconds=perf_counter() - begun,
            examples_per_second=len(self.batches) / seconds if seconds > 0 else 0.0,
            gradient_norms=norms,
            best=best,
        )

    def measure(self, network: Network, examples: Examples) -> tuple[float, float]:
        """Return ``network.cost_and_accuracy`` of a network of this shape, by the engine."""
        forward = self._compiled.weighted_inputs if self._compiled else None
        return network.cost_and_accuracy(*examples, forward)

    def gradient_norms(self) -> tuple[float, ...]:
        """Return one norm per layer, as in ``EpochResult``, for the model as it is now."""
        size = min(GRADIENT_PROBE_EXAMPLES, len(self.batches))
        inputs, labels = self.batches.first(size)
        work, into = Workspace(self.model, size), self.optimizer.gradients
        forward(self.model, inputs, work)
        backward(self.model, labels, work, 1 / size)
        gradients(work, into)
        return into.norms()

    def rate(self, done: int, size: int) -> float:
        """Return the learning rate of the step on ``size`` examples after ``done`` of the epoch.

        It is that of the time in the middle of the step.
        """
        return self.sgd.rate(self.epoch + (done + size / 2) / len(self.batches))

    def _last_rate(self) -> float:
        """Return the learning rate of the current epoch's last step."""
        count, size = len(self.batches), self.batches.batch_size
        done = (count - 1) // size * size
        return self.rate(done, count - done)

    def _measure(self, examples: Examples) -> tuple[float, float]:
        """Return (mean cost + λ/2n Σ W², accuracy) of the model."""
        cost, accuracy = self.measure(self.model, examples)
        return cost + self.model.decay_cost(self.sgd.weight_decay, len(self.batches)), accuracy


def _check_labels(labels: Integers, classes: int) -> None:
    """Raise ``NntrainError`` for labels outside 0 … classes − 1: training would not notice."""
    if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        raise NntrainError(
            f"labels: expected classes from 0 to {classes - 1}, got {labels.min()} to "
            f"{labels.max()}."
        )
