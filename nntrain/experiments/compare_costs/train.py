"""The training runs of a comparison: same start and mini-batches, different output and cost.

For each seed every output starts from identical parameters and sees identical mini-batches in
the same order: only the output layer and its learning rate differ. Each training run is a task;
``result`` makes one result of all.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.analysis.confidence import Histogram, confidence_histogram, equal_edges
from nntrain.analysis.predictions import activations, normalise
from nntrain.data.dataset import Dataset
from nntrain.errors import DivergenceError
from nntrain.experiments import progress
from nntrain.experiments.compare_costs.slowdown import Slowdown, measure, saturate
from nntrain.experiments.executors import Outcome
from nntrain.nn.training import EpochResult, Trainer
from nntrain.settings.compare import BOTH, RANDOM, SATURATED, CompareSettings
from nntrain.settings.fit import FitSettings
from nntrain.storage.strict_json import record
from nntrain.workflows.evaluate import predict_split
from nntrain.workflows.train import dataset_of, start

HISTOGRAM_BINS = 10
EARLY_UPDATES, EARLY_EXAMPLES = 100, 1000
"""Until this many updates, the first validation examples are checked after every update."""

CHECK_GROWTH = 1.1
"""Later, validation is checked at update counts spaced by this factor, at ends of blocks."""


@dataclass(frozen=True)
class Task:
    """One training run: the settings of a fit, and where it starts."""

    fit: FitSettings
    start: str = RANDOM


@dataclass(frozen=True)
class Check:
    """The validation accuracy inside training, after ``updates`` steps and ``seconds`` of them."""

    updates: int
    epochs: float
    seconds: float
    accuracy: float


@dataclass(frozen=True)
class Diverged:
    """A training run that diverged; ``message`` says when and what to do."""

    output: str
    seed: int
    learning_rate: float
    message: str
    start: str = RANDOM


@dataclass(frozen=True, eq=False)
class Trained:
    """A finished training run.

    ``slowdown`` and ``gradient_norms`` have one entry before the first epoch and one after each.
    ``test_right`` (n,) bool: for each test example, whether the network with the best weights on
    validation was right; ``raw`` and ``normalised`` are its confidence histograms on them.
    """

    output: str
    seed: int
    learning_rate: float
    epochs: tuple[EpochResult, ...]
    slowdown: tuple[Slowdown, ...]
    gradient_norms: tuple[tuple[float, ...], ...]
    checks: tuple[Check, ...]
    test_right: NDArray[np.bool_]
    raw: Histogram
    normalised: Histogram
    start: str = RANDOM

    @property
    def curve(self) -> list[float]:
        """The validation accuracy after each epoch."""
        return [epoch.validation_accuracy or 0.0 for epoch in self.epochs]

    @property
    def test_accuracy(self) -> float:
        """The share of test examples that are classified correctly."""
        return float(self.test_right.mean())


def tasks(settings: CompareSettings, rates: dict[str, float]) -> dict[str, Task]:
    """Return the tasks of the comparison by key, one per start, output and seed."""
    prefix = {SATURATED: f"{SATURATED}-"} if settings.start == BOTH else {}
    return {
        key(output, seed, prefix.get(start, "")): Task(
            settings.fit_settings(output, seed, rates[output], start), start
        )
        for start in settings.starts
        for seed in settings.seed_list
        for output in settings.outputs
    }


def key(output: str, seed: int, prefix: str = "") -> str:
    """Return the key of a task, usable as a file name."""
    return f"{prefix}{output.replace('+', '-')}-seed-{seed}"


def train(task: Task) -> Outcome:
    """Train once, on the dataset that the task names; return the outcome as ``train_on`` does."""
    return train_on(dataset_of(task.fit.dataset, task.fit.data_dir), task)


def train_on(dataset: Dataset, task: Task) -> Outcome:
    """Train once; return an outcome that ``from_outcome`` reads.

    A run that diverges is an outcome too: it is not trained again.
    """
    about = {
        "output": task.fit.output,
        "seed": task.fit.seed,
        "learning_rate": task.fit.learning_rate,
    }
    try:
        return _train(dataset, task, about)
    except DivergenceError as error:
        where = ", saturated start" if task.start == SATURATED else ""
        which = f"{task.fit.output}, seed {task.fit.seed}{where}"
        return Outcome({**about, "diverged": f"{which}: {error}"})


def _train(dataset: Dataset, task: Task, about: dict[str, Any]) -> Outcome:
    training = start(task.fit, dataset)
    if task.start == SATURATED:
        saturate(training.network)
    probe = training.batches.inputs, training.batches.labels
    slowdown, epochs = [measure(training.network, *probe)], []
    first_norms = training.gradient_norms()
    checks: list[Check] = []
    while not training.finished:
        checks.extend(_checked_epoch(training, dataset, checks[-1].updates if checks else 0))
        epochs.append(training.finish_epoch())
        progress.advance(training)
        slowdown.append(measure(training.network, *probe))
        checks.append(_check(training, 0, epochs[-1].validation_accuracy or 0.0))
    document = {
        **about,
        "first_gradient_norms": first_norms,
        "epochs": [asdict(result) for result in epochs],
        "slowdown": [asdict(figures) for figures in slowdown],
        "checks": [asdict(check) for check in checks],
    }
    return Outcome(document, _test_arrays(training, dataset))


def _checked_epoch(training: Trainer, dataset: Dataset, last: int) -> Iterator[Check]:
    """Train an epoch; yield the checks on the way, the first after more than ``last`` updates."""
    stops = _stops(training, last)
    images, labels = dataset.validation
    for done in training.run_epoch(stops):
        if done in stops:
            early = _updates(training, done) <= EARLY_UPDATES
            n = EARLY_EXAMPLES if early else len(labels)
            accuracy = training.measure(training.network, (images[:n], labels[:n]))[1]
            yield _check(training, done, accuracy)


def _stops(training: Trainer, last: int) -> list[int]:
    """Return the examples of this epoch after which validation is checked."""
    stops, batches = [], training.batches
    for done in range(batches.batch_size, len(batches), batches.batch_size):
        updates = _updates(training, done)
        due = done % batches.block_size == 0 and updates >= last * CHECK_GROWTH
        if updates <= EARLY_UPDATES or due:
            last = updates
            stops.append(done)
    return stops


def _check(training: Trainer, done: int, accuracy: float) -> Check:
    epochs = training.epoch + done / len(training.batches)
    return Check(_updates(training, done), epochs, training.total_seconds, accuracy)


def _updates(training: Trainer, done: int) -> int:
    """Return the steps taken so far, ``done`` examples into the current epoch."""
    size = training.batches.batch_size
    an_epoch = -(-len(training.batches) // size)
    return training.epoch * an_epoch + -(-done // size)


def _test_arrays(training: Trainer, dataset: Dataset) -> dict[str, NDArray[Any]]:
    """Return the best network's answers on the test set: which are right, and confidence."""
    _, predicted = predict_split(training.best.network(), dataset, "test")
    normalised = activations(normalise(predicted.log_outputs)).max(axis=1)
    arrays: dict[str, NDArray[Any]] = {"test_right": predicted.right}
    edges = equal_edges(HISTOGRAM_BINS)
    for name, confidence in (("raw", predicted.confidence), ("normalised", normalised)):
        histogram = confidence_histogram(confidence, predicted.right, edges)
        arrays[f"{name}_right"], arrays[f"{name}_wrong"] = histogram.right, histogram.wrong
    return arrays


def from_outcome(outcome: Outcome) -> Trained | Diverged:
    """Return the training run that ``train`` put into an outcome; raise if it is not one."""
    document, arrays = outcome.document, outcome.arrays
    about = (str(document["output"]), int(document["seed"]), float(document["learning_rate"]))
    if "diverged" in document:
        return Diverged(*about, str(document["diverged"]))
    edges = equal_edges(HISTOGRAM_BINS)
    epochs = tuple(record(EpochResult, epoch) for epoch in document["epochs"])
    return Trained(
        *about,
        epochs=epochs,
        slowdown=tuple(record(Slowdown, figures) for figures in document["slowdown"]),
        gradient_norms=(
            tuple(float(norm) for norm in document["first_gradient_norms"]),
            *(epoch.gradient_norms for epoch in epochs),
        ),
        checks=tuple(record(Check, check) for check in document["checks"]),
        test_right=arrays["test_right"],
        raw=Histogram(edges, arrays["raw_right"], arrays["raw_wrong"]),
        normalised=Histogram(edges, arrays["normalised_right"], arrays["normalised_wrong"]),
    )
