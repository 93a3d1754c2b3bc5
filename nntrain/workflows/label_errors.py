"""Suspected label errors: examples whose label networks trained without them contradict.

The training examples are divided into five folds. For each fold, a network with the run's settings
learns from the other four and answers the fold, so no example is answered by a network that has
learned its label.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.analysis.predictions import Floats, Ints, Predictions, predictions
from nntrain.data.dataset import Dataset, Split
from nntrain.errors import NntrainError
from nntrain.nn.engine import AUTO
from nntrain.settings.fit import FitSettings
from nntrain.workflows import train
from nntrain.workflows.evaluate import finite_inputs

FOLDS = 5
FOLD_STREAM = 4
"""The random stream of the division, besides those of a training run."""


@dataclass(frozen=True, eq=False)
class Fold:
    """The examples of one fold, ``index`` (n,), and ``log_outputs`` (n, k) of its network."""

    index: Ints
    log_outputs: Floats
    accuracy: float


@dataclass(frozen=True, eq=False)
class LabelErrors:
    """The answers to all training examples, and the ``suspects``: the most suspicious first.

    Suspicion is ln a of the predicted class minus ln a of the label's; a suspect is an example
    for which they differ. ``images`` are the training examples.
    """

    answers: Predictions
    images: NDArray[np.generic]
    suspects: Ints
    suspicion: Floats


def examples(settings: FitSettings, dataset: Dataset) -> Split:
    """Return the examples that ``settings`` train on; NntrainError for fewer than ten."""
    images, labels = dataset.to_train_on(settings.train_on)
    images, labels = images[: settings.train_size], labels[: settings.train_size]
    if len(labels) < 2 * FOLDS:
        raise NntrainError(
            f"--label-errors divides the training examples into {FOLDS} folds: expected at least "
            f"{2 * FOLDS} examples, got {len(labels)}."
        )
    return Split(images, labels)


def answered_folds(settings: FitSettings, dataset: Dataset) -> Iterator[Fold]:
    """Train on four folds and answer the fifth, five times; yield each fold when it is done.

    Raises as ``train.start`` does, and ``NntrainError`` if a network diverges.
    """
    images, labels = examples(settings, dataset)
    rng = np.random.default_rng([settings.seed, FOLD_STREAM])
    for fold in np.array_split(rng.permutation(len(labels)), FOLDS):
        others = np.delete(np.arange(len(labels)), fold)
        learned = Split(images[others], labels[others])
        trainer = train.start(
            replace(settings, train_size=None, engine=AUTO),
            replace(dataset, train=learned, undivided=learned),
        )
        for _ in trainer:
            pass
        network = trainer.best.network()
        z = finite_inputs(network, images[fold], " on a fold")
        right = float((z.argmax(axis=1) == labels[fold]).mean())
        yield Fold(fold, np.asarray(network.output.log_activate(z), np.float64), right)


def label_errors(
    settings: FitSettings, dataset: Dataset, folds: Sequence[Fold], distribution: bool
) -> LabelErrors:
    """Return the suspects among the examples of all ``folds``."""
    images, labels = examples(settings, dataset)
    logs = np.empty((len(labels), len(dataset.classes)))
    for fold in folds:
        logs[fold.index] = fold.log_outputs
    answers = predictions(labels, logs, classes=dataset.classes, distribution=distribution)
    rows = np.arange(len(labels))
    finite = np.maximum(answers.log_outputs, np.finfo(np.float32).min)  # −∞ − (−∞) is undefined
    lead = finite[rows, answers.predicted] - finite[rows, answers.labels]
    wrong = np.flatnonzero(~answers.right)
    suspects = wrong[np.argsort(-lead[wrong], kind="stable")]
    return LabelErrors(answers, images, suspects, lead[suspects])


def document(found: LabelErrors) -> dict[str, Any]:
    """Return the suspects as JSON-able types; ``index`` is the place in the training set."""
    of = found.answers
    outputs = of.outputs
    return {
        "folds": FOLDS,
        "n": of.n,
        "accuracy": float(of.right.mean()),
        "suspects": [
            {
                "index": index,
                "label": of.classes[of.labels[index]],
                "predicted": of.classes[of.predicted[index]],
                "output_of_label": float(outputs[index, of.labels[index]]),
                "output_of_predicted": float(outputs[index, of.predicted[index]]),
                "suspicion": suspicion,
            }
            for index, suspicion in zip(
                found.suspects.tolist(), found.suspicion.tolist(), strict=True
            )
        ],
    }
