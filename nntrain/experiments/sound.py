"""Sound outcomes: what a stored training must hold before a comparison or a sweep counts on it.

A store's files lie on a disk for weeks and may come from elsewhere. Each check raises an
exception where the outcome is not one of its task; the store then has the training done again.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from nntrain.analysis.confidence import Histogram
from nntrain.experiments.compare_costs import train
from nntrain.experiments.executors.run import Outcome
from nntrain.experiments.sweep import sweep
from nntrain.settings.fit import FitSettings


def check_compared(examples: int, task: train.Task, outcome: Outcome) -> None:
    """Check the outcome of ``compare_costs.train``, tested on ``examples``."""
    training = train.from_outcome(outcome)
    about = (training.output, training.seed, training.learning_rate)
    _expect(about == (task.fit.output, task.fit.seed, task.fit.learning_rate), "another training")
    if isinstance(training, train.Diverged):
        return
    epochs, layers = task.fit.epochs, len(task.fit.hidden) + 1
    _expect([e.epoch for e in training.epochs] == list(range(1, epochs + 1)), "other epochs")
    _expect(len(training.slowdown) == len(training.gradient_norms) == epochs + 1, "other moments")
    _expect(all(len(norms) == layers for norms in training.gradient_norms), "other layers")
    _expect(bool(training.checks), "no checks")
    _expect(all(check.updates > 0 for check in training.checks), "a check without updates")
    _expect_shares([check.accuracy for check in training.checks])
    _expect_shares([epoch.validation_accuracy or 0.0 for epoch in training.epochs])
    right = training.test_right
    _expect(right.dtype == np.bool_ and right.shape == (examples,), "other test examples")
    for histogram in (training.raw, training.normalised):
        _check_histogram(histogram, examples)


def _check_histogram(histogram: Histogram, examples: int) -> None:
    counts = np.stack([histogram.right, histogram.wrong])
    _expect(counts.shape == (2, len(histogram.edges) - 1), "another histogram")
    _expect(bool((counts >= 0).all()) and counts.sum() == examples, "other counts")


def check_swept(inputs: int, classes: int, settings: FitSettings, outcome: Outcome) -> None:
    """Check the outcome of ``sweep.train`` on images of ``inputs`` pixels."""
    training = sweep.trained(outcome.document)
    _expect(training.seed == settings.seed, "another seed")
    if training.diverged is not None:
        return
    accuracy, seconds = training.validation_accuracy, training.seconds
    _expect(accuracy is not None and seconds is not None, "no figures")
    _expect_shares([accuracy or 0.0])
    sizes = (inputs, *settings.hidden, classes)
    shapes: list[tuple[int, ...]] = [(fan_out, fan_in) for fan_in, fan_out in pairwise(sizes)]
    shapes += [(size,) for size in sizes[1:]]
    _expect(len(outcome.arrays) == len(shapes), "another number of parameters")
    for index, shape in enumerate(shapes):
        array = outcome.arrays[f"parameter_{index}"]
        _expect(array.shape == shape and array.dtype == settings.dtype, "other parameters")
        _expect(bool(np.isfinite(array).all()), "a parameter that is not finite")


def _expect(sound: bool, otherwise: str) -> None:
    if not sound:
        raise ValueError(f"it holds {otherwise}")


def _expect_shares(values: Sequence[float]) -> None:
    _expect(all(0 <= value <= 1 for value in values), "an accuracy that is none")
