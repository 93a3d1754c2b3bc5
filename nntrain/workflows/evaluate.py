"""A run and a part of a dataset -> an evaluated run: loaded once, run once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.analysis.calibration import Fit, fit, recalibrated
from nntrain.analysis.evaluation import Evaluation, evaluate
from nntrain.analysis.predictions import Predictions, predictions
from nntrain.data.catalogue import CATALOGUE
from nntrain.data.dataset import Dataset
from nntrain.errors import NntrainError
from nntrain.nn.arrays import Floats
from nntrain.nn.network import Network
from nntrain.runs.run import Run
from nntrain.settings.fit import FitSettings

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Calibration:
    """What fitting c does: ``fit`` on ``fitted_on`` validation examples, and the evaluated split.

    ``inverse_temperature`` is the c of the whole softmax: the network's own times the fitted.
    """

    inverse_temperature: float
    fit: Fit
    fitted_on: int
    before: Evaluation
    after: Evaluation


@dataclass(frozen=True, eq=False)
class EvaluatedRun:
    """A run's best network, run once over one part of a dataset: what every report is made of.

    ``origin`` says how the run came to its weights. ``decay_cost`` is λ/2n Σ W², a part of the
    evaluation's cost. ``history`` has one mapping an epoch as in history.jsonl. ``calibration``
    is what fitting the softmax's c on validation does; None for sigmoids or where nothing asks.
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

    @property
    def images(self) -> Pixels:
        """The images (n, rows, columns) that were evaluated."""
        return self.dataset.split(self.split).images

    @property
    def examples(self) -> str:
        """What was evaluated, in words: ``the 10,000 test examples of MNIST …``."""
        noun = "training" if self.split == "train" else self.split
        return f"the {self.evaluation.n:,} {noun} examples of {self.dataset.title}"

    @property
    def boxed(self) -> bool:
        """Whether the images were brought to MNIST's normal form, as far as is known."""
        entry = CATALOGUE.get(self.dataset.name)
        return entry is None or entry.normalised

    @property
    def fitted_c(self) -> float | None:
        """The softmax's c fitted on validation; None for sigmoids and where there is no best."""
        found = self.calibration
        return None if found is None or found.fit.at_the_limit else found.inverse_temperature

    @property
    def can_be_calibrated(self) -> bool:
        """Whether the outputs are a softmax's and there are validation examples to fit c on."""
        return self.predictions.distribution and len(self.dataset.validation.labels) > 0


def evaluate_run(run: Run, settings: FitSettings, dataset: Dataset, split: str) -> EvaluatedRun:
    """Return the run's best network evaluated on ``split``; ``settings`` are the run's own.

    Raises ``NntrainError`` where the network is not there, does not fit the dataset, or has
    outputs that are not finite.
    """
    network, history, provenance = run.model(), run.history(), run.provenance()
    trained_on = provenance.get("training_examples")
    if type(trained_on) is not int or trained_on < 1:
        trained_on = len(dataset.train.images)
    decay_cost = network.decay_cost(settings.weight_decay, trained_on)
    answers, evaluation = evaluate_network(network, dataset, split, decay_cost)
    return EvaluatedRun(
        name=run.name,
        origin=_origin(settings, history, provenance, trained_on),
        network=network,
        dataset=dataset,
        split=split,
        predictions=answers,
        evaluation=evaluation,
        decay_cost=decay_cost,
        history=history,
        settings=settings,
        provenance=provenance,
    )


def _origin(
    settings: FitSettings,
    history: Sequence[Mapping[str, Any]],
    provenance: Mapping[str, Any],
    trained_on: int,
) -> str:
    """Say how a run came to its weights: which epoch's they are, and whether training is over."""
    source = provenance.get("imported_from")
    if isinstance(source, str):
        return f"imported from {source}"
    best = next((line["epoch"] for line in reversed(history) if line["best"]), "?")
    text = f"weights of epoch {best} of {len(history)}"
    if len(history) != settings.epochs:
        text += f" ({settings.epochs} were asked for)"
    return f"{text}, trained on {trained_on:,} example{'' if trained_on == 1 else 's'}"


def evaluate_network(
    network: Network, dataset: Dataset, split: str, decay_cost: float = 0.0
) -> tuple[Predictions, Evaluation]:
    """Return what the network predicts of ``split``, and how good that is.

    ``decay_cost``, λ/2n Σ W², is added to the mean cost. Errors as of ``weighted_inputs``.
    """
    z, answers = predict_split(network, dataset, split)
    cost = float(network.output.cost(z, dataset.split(split).labels).mean()) + decay_cost
    return answers, evaluate(answers, cost)


def predict_split(network: Network, dataset: Dataset, split: str) -> tuple[Floats, Predictions]:
    """Return z^L as of ``weighted_inputs``, and the predictions that follow from it."""
    z = weighted_inputs(network, dataset, split)
    labels, output = dataset.split(split).labels, network.output
    return z, predictions(
        labels,
        output.log_activate(z),
        classes=dataset.classes,
        distribution=output.distribution,
    )


def weighted_inputs(network: Network, dataset: Dataset, split: str) -> Floats:
    """Return z^L as float64 (n, classes) for the images of ``split``.

    Raises ``NntrainError`` when the network has not the dataset's inputs or classes, when the
    split is empty, or when an output is not finite.
    """
    rows, columns = dataset.image_shape
    expected = (network.sizes[0], network.sizes[-1])
    got = (rows * columns, len(dataset.classes))
    if expected != got:
        raise NntrainError(
            f"The network has {expected[0]} inputs and {expected[1]} outputs; "
            f"{dataset.name} has {rows}×{columns} = {got[0]} pixels and {got[1]} classes. "
            f"Evaluate it on a dataset like the one it was trained on."
        )
    images = dataset.split(split).images
    if not len(images):
        raise NntrainError(f"{dataset.name} has no {split} examples to evaluate on.")
    with np.errstate(over="ignore", invalid="ignore"):  # checked just below
        z = network.weighted_inputs(images).astype(np.float64)
    if not np.isfinite(z).all():
        raise NntrainError(
            f"The network's outputs on {dataset.name} are not finite: its weights have grown "
            f"beyond what {network.dtype} can multiply. Train again with a smaller learning rate."
        )
    return z


def calibrated(evaluated: EvaluatedRun) -> EvaluatedRun:
    """Return the run with c fitted on the validation examples, whatever was evaluated.

    Raises ``NntrainError`` for sigmoid outputs, which are no distribution, and where there are no
    validation examples.
    """
    network, dataset, answers = evaluated.network, evaluated.dataset, evaluated.predictions
    if not answers.distribution:
        raise NntrainError(
            f"--calibrate fits the c of a softmax; {network.output.name} outputs are no "
            f"distribution. Calibrate a network with softmax+log-likelihood."
        )
    validation = answers
    if evaluated.split != "validation":
        _, validation = predict_split(network, dataset, "validation")
    found = fit(validation)
    before, after = (evaluate(recalibrated(answers, c), None) for c in (1.0, found.c))
    own = network.output.inverse_temperature
    calibration = Calibration(own * found.c, found, validation.n, before, after)
    return replace(evaluated, calibration=calibration)
