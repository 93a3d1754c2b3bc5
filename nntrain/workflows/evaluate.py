"""A run and a part of a dataset -> an evaluated run, and its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nntrain.analysis.calibration import Fit, fit, recalibrated
from nntrain.analysis.evaluation import Evaluation, evaluate
from nntrain.analysis.learning import Failure, failure
from nntrain.analysis.predictions import Predictions, predictions
from nntrain.data.catalogue import CATALOGUE
from nntrain.data.dataset import Dataset
from nntrain.errors import NntrainError, in_words
from nntrain.images.measured import have_normal_form
from nntrain.nn.arrays import Floats
from nntrain.nn.network import Network
from nntrain.runs.run import Run
from nntrain.settings.fit import FitSettings

if TYPE_CHECKING:
    from nntrain.workflows.label_errors import LabelErrors

SEEN_IN_TRAINING = (
    "The run was trained on the validation examples too (train_on = all): its accuracy on them "
    "says nothing about new examples."
)
LARGEST_Z = 1e30
"""Multiplied by any c it is still a float32, which pages use."""


@dataclass(frozen=True)
class Calibration:
    """The effect of fitting c: ``fit`` on the validation examples, ``before`` and ``after``.

    ``inverse_temperature`` is the softmax's total c: the network's own times the fitted.
    """

    inverse_temperature: float
    fit: Fit
    before: Evaluation
    after: Evaluation


@dataclass(frozen=True, eq=False)
class EvaluatedRun:
    """The result of a run's best network on one part of a dataset: the input of every report.

    ``origin`` says where the weights come from. ``decay_cost`` is λ/2n Σ W², which training adds
    to the evaluation's cost, that of the data. ``history`` has one mapping per epoch, as in
    history.jsonl. ``calibration`` is the effect of fitting the softmax's c on validation; None
    for sigmoids or if not requested. ``label_errors`` are those of its training set, None if not
    requested.
    """

    name: str
    origin: str
    network: Network
    dataset: Dataset
    split: str
    predictions: Predictions
    evaluation: Evaluation
    decay_cost: float
    history: Sequence[Mapping[str, Any]]
    settings: FitSettings
    provenance: Mapping[str, Any]
    calibration: Calibration | None = None
    label_errors: "LabelErrors | None" = None

    @property
    def total_cost(self) -> float | None:
        """The cost of the data and of weight decay together, as in ``history``."""
        cost = self.evaluation.cost
        return None if cost is None else cost + self.decay_cost

    @cached_property
    def images(self) -> NDArray[np.uint8]:
        """The images (n, rows, columns) that were evaluated; floats as bytes, to look at."""
        images = self.dataset.split(self.split).images
        if images.dtype == np.uint8:
            return images
        low, high = min(0.0, float(images.min())), max(1.0, float(images.max()))
        return np.rint((images - low) * (255 / (high - low))).astype(np.uint8)

    @property
    def pictured(self) -> bool:
        """Whether the examples are images."""
        return self.dataset.pictured

    @property
    def noun(self) -> str:
        """What an example is called: ``image`` or ``example``."""
        return "image" if self.pictured else "example"

    @property
    def examples(self) -> str:
        """What was evaluated, in words: ``the 10,000 test examples of MNIST …``."""
        noun = "training" if self.split == "train" else self.split
        return f"the {self.evaluation.n:,} {noun} examples of {self.dataset.title}"

    @property
    def failure(self) -> Failure | None:
        """How the training failed, judged by the run's own dataset; None if it learned."""
        if self.settings.dataset not in (self.dataset.name, self.dataset.lasting_name):
            return None
        of, output = self.evaluation, self.network.output
        commonest = int(of.confusion.sum(axis=1).max())
        constant = output.constant_cost(len(of.classes))
        return failure(of.accuracy.successes, of.n, commonest, self.history, constant)

    @cached_property
    def boxed(self) -> bool:
        """Whether the images have MNIST's normal form: as the catalogue says, else measured."""
        entry = CATALOGUE.get(self.dataset.name)
        return have_normal_form(self.images) if entry is None else entry.normalised

    @property
    def form_known(self) -> bool:
        """Whether a drawing can be brought into the form of the images.

        They are pixels as bytes, in MNIST's normal form or of a dataset that is known to fill its
        images.
        """
        known = self.dataset.name in CATALOGUE
        return self.dataset.distortable and (known or self.boxed)

    @property
    def fitted_c(self) -> float | None:
        """The softmax's c fitted on validation; None for sigmoids and if there is no optimum."""
        found = self.calibration
        return None if found is None or found.fit.at_the_limit else found.inverse_temperature

    @property
    def can_be_calibrated(self) -> bool:
        """Whether the outputs are a softmax's and there are validation examples to fit c on."""
        return self.predictions.distribution and len(self.dataset.validation.labels) > 0


def evaluate_run(run: Run, settings: FitSettings, dataset: Dataset, split: str) -> EvaluatedRun:
    """Return the run's best network evaluated on ``split``; ``settings`` are the run's own.

    Raises ``NntrainError`` as ``weighted_inputs`` does, and if there is no network.
    """
    about = run.history(), run.provenance(), settings, dataset, split
    return evaluate_trained(run.name, run.model(), *about)


def evaluate_trained(
    name: str,
    network: Network,
    history: Sequence[Mapping[str, Any]],
    provenance: Mapping[str, Any],
    settings: FitSettings,
    dataset: Dataset,
    split: str,
) -> EvaluatedRun:
    """Return ``network``, trained with ``settings``, evaluated on ``split``.

    Raises ``NntrainError`` as ``weighted_inputs`` does.
    """
    trained_on = provenance.get("training_examples")
    if type(trained_on) is not int or trained_on < 1:
        trained_on = len(dataset.train.images)
    answers, evaluation = evaluate_network(network, dataset, split)
    return EvaluatedRun(
        name=name,
        origin=_origin(settings.epochs, history, provenance.get("imported_from"), trained_on),
        network=network,
        dataset=dataset,
        split=split,
        predictions=answers,
        evaluation=evaluation,
        decay_cost=network.decay_cost(settings.weight_decay, trained_on),
        history=history,
        settings=settings,
        provenance=provenance,
    )


def _origin(
    epochs: int, history: Sequence[Mapping[str, Any]], source: Any, trained_on: int
) -> str:
    """Say which epoch a run's weights are from, and whether all requested ``epochs`` are done."""
    if isinstance(source, str):
        return f"imported from {source}"
    best = next((line["epoch"] for line in reversed(history) if line["best"]), "?")
    asked = "" if len(history) == epochs else f" ({epochs} requested)"
    examples = f"{trained_on:,} example{'' if trained_on == 1 else 's'}"
    return f"weights of epoch {best} of {len(history)}{asked}, trained on {examples}"


def evaluate_network(
    network: Network, dataset: Dataset, split: str
) -> tuple[Predictions, Evaluation]:
    """Return the network's predictions on ``split``, and their evaluation.

    Raises as ``weighted_inputs`` does.
    """
    z, answers = predict_split(network, dataset, split)
    cost = float(network.output.cost(z, dataset.split(split).labels).mean())
    return answers, evaluate(answers, cost)


def predict_split(network: Network, dataset: Dataset, split: str) -> tuple[Floats, Predictions]:
    """Return z^L as ``weighted_inputs`` does, and the predictions from it."""
    z = weighted_inputs(network, dataset, split)
    labels, output = dataset.split(split).labels, network.output
    logs = output.log_activate(z)
    return z, predictions(labels, logs, classes=dataset.classes, distribution=output.distribution)


def weighted_inputs(network: Network, dataset: Dataset, split: str) -> Floats:
    """Return z^L as float64 (n, classes) for the images of ``split``.

    Raises ``NntrainError`` when the network does not fit the dataset's images or classes, when
    the split is empty, or when an output is not finite.
    """
    (rows, columns), classes = dataset.image_shape, len(dataset.classes)
    inputs, outputs = network.sizes[0], network.sizes[-1]
    if (inputs, outputs) != (rows * columns, classes):
        has = f"{rows}×{columns} = {rows * columns} pixels" if dataset.pictured else ""
        raise NntrainError(
            f"The network has {inputs} inputs and {outputs} outputs; {dataset.name} has "
            f"{has or f'{columns} features'} and {classes} classes. "
            f"Evaluate it on a dataset like the one it was trained on."
        )
    images = dataset.split(split).images
    if not len(images):
        raise NntrainError(f"{dataset.name} has no {split} examples to evaluate on.")
    return finite_inputs(network, images, f" on {dataset.name}")


def finite_inputs(network: Network, images: NDArray[np.uint8], where: str = "") -> Floats:
    """Return z^L as float64 (n, classes); raise ``NntrainError`` for one beyond ±``LARGEST_Z``."""
    with np.errstate(over="ignore", invalid="ignore"):  # checked just below
        z = network.weighted_inputs(images).astype(np.float64)
    if not -LARGEST_Z <= z.min() <= z.max() <= LARGEST_Z:
        raise NntrainError(
            f"The network's outputs{where} are not finite numbers up to {LARGEST_Z:g}: its "
            f"weights have grown too large. Train again with a smaller learning rate."
        )
    return z


def calibrated(evaluated: EvaluatedRun) -> EvaluatedRun:
    """Return the run with c fitted on the validation examples, whichever split was evaluated.

    Raises ``NntrainError`` for sigmoid outputs and if there are no validation examples.
    """
    network, dataset, answers = evaluated.network, evaluated.dataset, evaluated.predictions
    if not answers.distribution:
        raise NntrainError(
            f"{in_words('--calibrate', 'calibrate=True')} fits the c of a softmax; "
            f"{network.output.name} outputs are not a distribution. Calibrate a network with "
            f"softmax outputs."
        )
    validation = answers
    if evaluated.split != "validation":
        _, validation = predict_split(network, dataset, "validation")
    found = fit(validation)
    before, after = (evaluate(recalibrated(answers, c), None) for c in (1.0, found.c))
    c = network.output.inverse_temperature * found.c
    return replace(evaluated, calibration=Calibration(c, found, before, after))
