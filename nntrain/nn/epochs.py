"""Epochs: what each one ended with."""

from dataclasses import dataclass


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
