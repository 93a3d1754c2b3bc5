"""A trained network and a part of a dataset -> an evaluation, and its files."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.analysis.calibration import Fit, fit, scaled
from nntrain.analysis.evaluation import Evaluation, evaluate, to_json
from nntrain.analysis.predictions import Predictions
from nntrain.data.catalogue import CATALOGUE
from nntrain.data.dataset import Dataset
from nntrain.errors import NntrainError
from nntrain.nn.arrays import Floats
from nntrain.nn.network import Network
from nntrain.settings.fit import FitSettings
from nntrain.storage.atomic import write_asked

SCHEMA = "nntrain/evaluation/1"
Pixels = NDArray[np.uint8]


def weighted_inputs(network: Network, dataset: Dataset, split: str) -> Floats:
    """Return z^L as float64 (n, classes) for the images of ``split``.

    Raises ``NntrainError`` when the network has not the dataset's inputs or classes.
    """
    rows, columns = dataset.image_shape
    expected = (network.sizes[0], network.sizes[-1])
    got = (rows * columns, len(dataset.classes))
    if expected != got:
        raise NntrainError(
            f"The network takes {expected[0]} inputs and tells {expected[1]} classes apart; "
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


def evaluate_network(
    network: Network, dataset: Dataset, split: str, decay_cost: float = 0.0
) -> tuple[Evaluation, Floats]:
    """Return the evaluation on ``split``, and the logarithms of the outputs (n, classes).

    ``decay_cost``, λ/2n Σ W², is added to the mean cost.
    """
    z = weighted_inputs(network, dataset, split)
    labels = dataset.split(split).labels
    log_outputs = network.output.log_activate(z)
    evaluation = evaluate(
        labels,
        log_outputs,
        classes=dataset.classes,
        distribution=network.output.distribution,
        cost=float(network.output.cost(z, labels).mean()) + decay_cost,
    )
    return evaluation, log_outputs


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
    calibration: "Calibration | None" = None

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


def calibrate(network: Network, dataset: Dataset, split: str) -> Calibration:
    """Fit c on the validation examples and return what it does to the examples of ``split``.

    Raises ``NntrainError`` for sigmoid outputs, which are no distribution.
    """
    if not network.output.distribution:
        raise NntrainError(
            f"--calibrate fits the c of a softmax; {network.output.name} outputs are no "
            f"distribution. Calibrate a network with softmax+log-likelihood."
        )
    validation = network.output.log_activate(weighted_inputs(network, dataset, "validation"))
    fitted = fit(dataset.validation.labels, validation)
    logs = network.output.log_activate(weighted_inputs(network, dataset, split))
    labels = dataset.split(split).labels
    before, after = (
        evaluate(labels, scaled(logs, c), classes=dataset.classes, distribution=True, cost=None)
        for c in (1.0, fitted.c)
    )
    own = network.output.inverse_temperature
    return Calibration(own * fitted.c, fitted, len(validation), before, after)


def calibration_document(calibration: Calibration) -> dict[str, Any]:
    """Return a calibration as JSON-able types."""
    return {
        "inverse_temperature": calibration.inverse_temperature,
        "fitted_c": calibration.fit.c,
        "at_the_limit": calibration.fit.at_the_limit,
        "fitted_on": calibration.fitted_on,
        "before": to_json(calibration.before),
        "after": to_json(calibration.after),
    }


def document(
    evaluation: Evaluation, network: Network, dataset: Dataset, split: str
) -> dict[str, Any]:
    """Return the evaluation and what it is about, as JSON-able types."""
    return {
        "dataset": dataset.name,
        "dataset_title": dataset.title,
        "synthetic": dataset.synthetic,
        "substituted_because": dataset.substituted_because,
        "split": split,
        "sizes": list(network.sizes),
        "activation": network.hidden.name,
        "output": network.output.name,
        **to_json(evaluation),
    }


def write_predictions(path: Path, dataset: Dataset, split: str, log_outputs: Floats) -> None:
    """Write one CSV row an example: index, true, predicted, and every output activation.

    The prediction is that of the report, from the logarithms: saturated activations that all
    round to 1 still have an order there. Raises ``NntrainError`` when the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = dataset.classes
    writer.writerow(["index", "true", "predicted", *(f"output_{name}" for name in names)])
    labels = dataset.split(split).labels
    for index, (label, row) in enumerate(zip(labels, log_outputs, strict=True)):
        said = names[int(row.argmax())]
        writer.writerow([index, names[label], said, *(f"{a:.9g}" for a in np.exp(row))])
    write_asked(path, text.getvalue())
