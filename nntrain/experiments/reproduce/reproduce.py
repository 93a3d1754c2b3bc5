"""Reproduce: presets trained with several seeds, and held against what is published of them.

The test set is read after every epoch here, because some published figures are of the best epoch
on it; it never chooses weights. Beside such a figure stands the honest one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from math import sqrt
from typing import Any

from nntrain.analysis.metrics import wilson
from nntrain.analysis.statistics import CONFIDENCE, Spread, spread, t_quantile
from nntrain.errors import DivergenceError
from nntrain.experiments.executors.run import Outcome
from nntrain.nn.training import Trainer
from nntrain.settings.fit import FitSettings
from nntrain.settings.presets import Preset
from nntrain.storage.strict_json import record
from nntrain.workflows.train import dataset_of, start

ROUNDING = 0.005
"""Half a unit of the last digit of a published accuracy in %."""


@dataclass(frozen=True)
class Reproduced:
    """One training: accuracies as shares, None where there is no validation or it diverged."""

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
    """One epoch of a training: accuracies as shares, on each set."""

    train: float
    validation: float | None
    test: float
    best: bool


@dataclass(frozen=True)
class Judged:
    """A preset with its trainings; accuracies in %.

    ``ours`` is of the preset's own figure, ``low`` and ``high`` its 95 % interval: Student's of
    the mean over seeds, for a single one Wilson's. ``test`` is the honest figure of the test
    set. ``verdict`` is ``reproduced``, ``better`` or ``worse``, or why there is none.
    """

    preset: Preset
    trainings: tuple[Reproduced, ...]
    ours: Spread | None
    low: float | None
    high: float | None
    test: Spread | None
    verdict: str


def key(name: str, seed: int) -> str:
    """Return the key of a training."""
    return f"{name} seed={seed}"


def tasks(
    presets: Sequence[Preset], seeds: Sequence[int], dataset: str, data_dir: str
) -> dict[str, FitSettings]:
    """Return the settings of every training by key."""
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
            test = training.model.cost_and_accuracy(*dataset.test)[1]
            measured = Measured(epoch.train_accuracy, epoch.validation_accuracy, test, epoch.best)
            curves.append(asdict(measured))
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


def reproduced(document: Mapping[str, Any]) -> Reproduced:
    """Return the training that ``train`` put into a document; raise where it is not one."""
    return record(Reproduced, {item.name: document.get(item.name) for item in fields(Reproduced)})


def epochs(document: Mapping[str, Any]) -> tuple[Measured, ...]:
    """Return the curves that ``train`` put into a document; raise where there are none."""
    return tuple(record(Measured, epoch) for epoch in document["epochs"])


def check(settings: FitSettings, outcome: Outcome) -> None:
    """Raise ``ValueError`` where a stored outcome is not one of these settings."""
    training = reproduced(outcome.document)
    if training.seed != settings.seed:
        raise ValueError("it holds another seed")
    shares = [getattr(training, item.name) for item in fields(Reproduced)[4:]]
    if training.diverged is None and (
        training.test is None or not all(0 <= share <= 1 for share in shares if share is not None)
    ):
        raise ValueError("it holds an accuracy that is none")


def judge(
    preset: Preset, trainings: Sequence[Reproduced], examples: int, published: bool
) -> Judged:
    """Return the preset with its verdict.

    ``examples`` is the size of the set that the figure is of. ``published`` is false on another
    dataset than the published figure's. A published figure is one more training: it is
    reproduced where it lies in the interval in which one more of ours would, with 95 %.
    """
    figures = [one.figure(preset.expected.figure) for one in trainings]
    values = [100 * figure for figure in figures if figure is not None]
    tests = [100 * one.test for one in trainings if one.test is not None]
    test = spread(tests) if tests else None
    if len(values) < len(trainings):
        return Judged(preset, tuple(trainings), None, None, None, test, "diverged")
    ours = spread(values)
    if ours.sd is None:
        interval = wilson(round(ours.mean / 100 * examples), examples)
        low, high = 100 * interval.low, 100 * interval.high
        one_more = max(high - ours.mean, ours.mean - low)
    else:
        low, high = ours.interval() or (ours.mean, ours.mean)
        one_more = t_quantile((1 + CONFIDENCE) / 2, ours.n - 1) * ours.sd * sqrt(1 + 1 / ours.n)
    verdict = _verdict(ours.mean - preset.expected.accuracy, one_more + ROUNDING)
    verdict = verdict if published else "another dataset"
    return Judged(preset, tuple(trainings), ours, low, high, test, verdict)


def _verdict(difference: float, most: float) -> str:
    if abs(difference) <= most:
        return "reproduced"
    return "better" if difference > 0 else "worse"
