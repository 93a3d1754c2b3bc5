"""The training runs of a reproduction: each preset with each seed.

The test set is evaluated after every epoch here, because some published figures are those of the
best epoch on it. It never chooses weights, and the honest figure is shown beside such a one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from nntrain.errors import DivergenceError
from nntrain.experiments import progress
from nntrain.experiments.executors import Outcome
from nntrain.experiments.experiment import expect, expect_shares
from nntrain.nn.training import Trainer
from nntrain.settings.fit import FitSettings
from nntrain.settings.presets import Preset
from nntrain.storage.strict_json import record
from nntrain.workflows.train import dataset_of, start


@dataclass(frozen=True)
class Reproduced:
    """One training run: accuracies as shares, None without validation or if it diverged."""

    seed: int
    diverged: str | None
    seconds: float
    best_epoch: int | None
    test: float | None
    best_test: float | None
    last_test: float | None
    validation: float | None
    last_validation: float | None

    def figure(self, name: str) -> float | None:
        """Return the accuracy that a preset's ``figure`` names."""
        value: float | None = getattr(self, name.replace(" ", "_"))
        return value


@dataclass(frozen=True)
class Measured:
    """One epoch of a training run: accuracies as shares, on each set."""

    train: float
    validation: float | None
    test: float
    best: bool


Curves = tuple[Measured, ...]
Read = tuple[Reproduced, Curves]


def key(name: str, seed: int) -> str:
    """Return the key of a training run."""
    return f"{name} seed={seed}"


def tasks(
    presets: Sequence[Preset], seeds: Sequence[int], dataset: str, data_dir: str
) -> dict[str, FitSettings]:
    """Return the settings of every training run by key."""
    return {
        key(preset.name, seed): replace(
            preset.settings, seed=seed, dataset=dataset, data_dir=data_dir
        )
        for preset in presets
        for seed in seeds
    }


def train(settings: FitSettings) -> Outcome:
    """Train to the end; the document is a ``Reproduced`` and, as ``epochs``, the curves."""
    dataset = dataset_of(settings.dataset, settings.data_dir)
    training = start(settings, dataset)
    curves: list[dict[str, Any]] = []
    diverged = None
    try:
        for epoch in training:
            test = training.measure(training.model, dataset.test)[1]
            measured = Measured(epoch.train_accuracy, epoch.validation_accuracy, test, epoch.best)
            curves.append(asdict(measured))
            progress.advance(training)
    except DivergenceError as error:
        diverged = str(error)
    figures = {} if diverged else _figures(training, curves)
    document = {
        **dict.fromkeys(item.name for item in fields(Reproduced)),
        **figures,
        "seed": settings.seed,
        "diverged": diverged,
        "seconds": training.total_seconds,
        "epochs": curves,
    }
    return Outcome(document)


def _figures(training: Trainer, curves: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    chosen, last = curves[training.best.epoch - 1], curves[-1]
    return {
        "best_epoch": training.best.epoch,
        "test": chosen["test"],
        "best_test": max(epoch["test"] for epoch in curves),
        "last_test": last["test"],
        "validation": chosen["validation"],
        "last_validation": last["validation"],
    }


def read_outcome(settings: FitSettings, outcome: Outcome) -> Read:
    """Return the training run in ``outcome``; raise if it does not belong to ``settings``."""
    document, names = outcome.document, [item.name for item in fields(Reproduced)]
    training = record(Reproduced, {name: document.get(name) for name in names})
    curves = tuple(record(Measured, epoch) for epoch in document["epochs"])
    expect(training.seed == settings.seed, "another seed")
    if training.diverged is None:
        expect(training.test is not None, "no test accuracy")
        shares = [getattr(training, name) for name in names[4:]]
        expect_shares([share for share in shares if share is not None])
    return training, curves
