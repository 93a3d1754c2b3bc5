"""Output layers compared: the same start, the same batches, another output and cost.

For each seed every output starts from identical parameters and sees identical mini-batches in
the same order, so what differs is the output layer alone (and its learning rate).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

from nntrain.data.dataset import Dataset
from nntrain.fitting import start
from nntrain.nn.training import EpochResult
from nntrain.settings import CompareSettings

SCHEMA = "nntrain/compare-costs/1"
LEVELS = (0.90, 0.95, 0.97)


@dataclass(frozen=True)
class Trained:
    """One training of the comparison: its epochs, and the test accuracy of its best weights."""

    output: str
    seed: int
    learning_rate: float
    epochs: tuple[EpochResult, ...]
    test_accuracy: float


@dataclass(frozen=True)
class Spread:
    """A mean over seeds with its sample standard deviation (None for one seed)."""

    mean: float
    sd: float | None
    n: int


@dataclass(frozen=True)
class OutputSummary:
    """One output over all seeds.

    ``accuracy`` has the validation accuracy after each epoch. ``epochs_to`` maps a level to the
    first epoch that reached it, one entry a seed, None where none did.
    """

    output: str
    learning_rate: float
    accuracy: tuple[Spread, ...]
    epochs_to: dict[float, tuple[int | None, ...]]
    test_accuracy: Spread


def train_all(
    settings: CompareSettings, dataset: Dataset
) -> Iterator[tuple[str, int, EpochResult] | Trained]:
    """Train every output with every seed; yield each epoch as it ends, and each training."""
    for seed in settings.seed_list:
        for output in settings.outputs:
            training = start(settings.fit_settings(output, seed), dataset)
            epochs = []
            for result in training:
                epochs.append(result)
                yield output, seed, result
            _, accuracy = training.best_network().cost_and_accuracy(*dataset.test)
            rate = settings.rates()[output]
            yield Trained(output, seed, rate, tuple(epochs), accuracy)


def summarise(trainings: list[Trained]) -> list[OutputSummary]:
    """Return one summary an output, in the order of their first training."""
    by_output: dict[str, list[Trained]] = {}
    for training in trainings:
        by_output.setdefault(training.output, []).append(training)
    return [_summary(output, group) for output, group in by_output.items()]


def _summary(output: str, group: list[Trained]) -> OutputSummary:
    curves = [[e.validation_accuracy or 0.0 for e in training.epochs] for training in group]
    return OutputSummary(
        output=output,
        learning_rate=group[0].learning_rate,
        accuracy=tuple(_spread(list(epoch)) for epoch in zip(*curves, strict=True)),
        epochs_to={
            level: tuple(_first_reaching(curve, level) for curve in curves) for level in LEVELS
        },
        test_accuracy=_spread([training.test_accuracy for training in group]),
    )


def _first_reaching(curve: list[float], level: float) -> int | None:
    return next((epoch for epoch, value in enumerate(curve, start=1) if value >= level), None)


def _spread(values: list[float]) -> Spread:
    return Spread(mean(values), stdev(values) if len(values) > 1 else None, len(values))


def to_json(
    settings: CompareSettings, dataset: Dataset, trainings: list[Trained]
) -> dict[str, Any]:
    """Return the comparison as JSON-able types."""
    return {
        "dataset": dataset.name,
        "substituted_because": dataset.substituted_because,
        "settings": {name: getattr(settings, name) for name in settings.__dataclass_fields__},
        "learning_rates": settings.rates(),
        "trainings": [
            {
                "output": t.output,
                "seed": t.seed,
                "learning_rate": t.learning_rate,
                "train_accuracy": [e.train_accuracy for e in t.epochs],
                "validation_accuracy": [e.validation_accuracy for e in t.epochs],
                "train_cost": [e.train_cost for e in t.epochs],
                "validation_cost": [e.validation_cost for e in t.epochs],
                "seconds": [e.seconds for e in t.epochs],
                "test_accuracy": t.test_accuracy,
            }
            for t in trainings
        ],
        "summary": [
            {
                "output": s.output,
                "learning_rate": s.learning_rate,
                "epochs_to": {f"{level:.2f}": list(s.epochs_to[level]) for level in LEVELS},
                "test_accuracy": {"mean": s.test_accuracy.mean, "sd": s.test_accuracy.sd},
            }
            for s in summarise(trainings)
        ],
    }
