"""A reproduction's result: each preset judged against its published figure; its files."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import sqrt
from typing import Any

from nntrain.analysis.metrics import wilson
from nntrain.analysis.statistics import CONFIDENCE, Spread, spread, t_quantile
from nntrain.data.dataset import Dataset
from nntrain.experiments.experiment import TrainingRuns
from nntrain.experiments.reproduce.train import (
    Curves,
    Read,
    Reproduced,
    key,
    read_outcome,
    tasks,
)
from nntrain.experiments.store import Store
from nntrain.settings.fit import FitSettings, make, to_toml
from nntrain.settings.presets import Expected, Preset
from nntrain.storage.strict_json import record

SCHEMA = "nntrain/reproduce/1"
PUBLISHED_ON = "mnist"
"""The dataset that the published figures are of."""
ROUNDING = 0.005
"""Half a unit of the last digit of a published accuracy in %."""


@dataclass(frozen=True)
class Judged:
    """A preset with its training runs; accuracies in %.

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


def judge(
    preset: Preset, trainings: Sequence[Reproduced], examples: int, published: bool
) -> Judged:
    """Return the preset with its verdict.

    ``examples`` is the size of the set that the figure is of. ``published`` is false on another
    dataset than the published figure's. A published figure counts as one more training run: it is
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


@dataclass(frozen=True, eq=False)
class Reproduction:
    """A finished ``reproduce``.

    ``epochs`` has the curves of each training run that did not diverge, by preset.
    """

    judged: tuple[Judged, ...]
    epochs: Mapping[str, tuple[Curves, ...]]


def described(presets: Sequence[Preset], seeds: int, dataset: Dataset) -> dict[str, Any]:
    """Return what experiment.toml has of a reproduction."""
    return {
        "presets": [f"{one.name}: {_in_a_line(one.settings)}" for one in presets],
        "dataset": dataset.lasting_name,
        "seeds": seeds,
    }


def _in_a_line(settings: FitSettings) -> str:
    """Return the settings that decide a training; earlier reproductions have no engine."""
    lines = to_toml(settings).splitlines()
    return " ".join(" ".join(line for line in lines if not line.startswith("engine")).split())


def training_runs(
    store: Store, presets: Sequence[Preset], seeds: int, dataset: Dataset, data_dir: str
) -> TrainingRuns[FitSettings, Read]:
    """Return the training runs of the presets on ``dataset``, saved and to go."""
    todo = tasks(presets, range(seeds), dataset.lasting_name, data_dir)
    return TrainingRuns(store, todo, read_outcome)


def reproduction(
    presets: Sequence[Preset], seeds: int, read: Mapping[str, Read], dataset: Dataset
) -> Reproduction:
    """Return the presets judged by ``read``, their training runs by key."""
    judged = []
    for preset in presets:
        trainings = [read[key(preset.name, seed)][0] for seed in range(seeds)]
        part = dataset.test if "test" in preset.expected.figure else dataset.validation
        published = dataset.name == PUBLISHED_ON
        judged.append(judge(preset, trainings, len(part.labels), published))
    return _reproduction(judged, read)


def read_reproduction(store: Store) -> Reproduction:
    """Return the reproduction in ``store``; RunError where it is not all there.

    The verdicts are those that were given then: a preset may have another figure by now.
    """
    judged = store.read_document("reproduce.json", _judged)
    todo = {
        key(one.preset.name, training.seed): replace(one.preset.settings, seed=training.seed)
        for one in judged
        for training in one.trainings
    }
    return _reproduction(judged, TrainingRuns(store, todo, read_outcome).complete())


def _reproduction(judged: Sequence[Judged], read: Mapping[str, Read]) -> Reproduction:
    curves: dict[str, tuple[Curves, ...]] = {}
    for one in judged:
        own = [read[key(one.preset.name, training.seed)] for training in one.trainings]
        sound = tuple(epochs for training, epochs in own if training.diverged is None)
        if sound:
            curves[one.preset.name] = sound
    return Reproduction(tuple(judged), curves)


def _judged(document: Mapping[str, Any]) -> tuple[Judged, ...]:
    return tuple(
        Judged(
            preset=Preset(
                str(one["name"]),
                make(FitSettings, one["settings"]),
                record(Expected, one["expected"]),
            ),
            trainings=tuple(record(Reproduced, t) for t in one["trainings"]),
            ours=None if one["ours"] is None else record(Spread, one["ours"]),
            low=None if one["low"] is None else float(one["low"]),
            high=None if one["high"] is None else float(one["high"]),
            test=None if one["test"] is None else record(Spread, one["test"]),
            verdict=str(one["verdict"]),
        )
        for one in document["presets"]
    )


def write(store: Store, judged: Sequence[Judged], dataset: Dataset) -> tuple[dict[str, Any], str]:
    """Write reproduce.json; return the document, and a table of the training runs as CSV."""
    whole = {
        "schema": SCHEMA,
        "dataset": dataset.name,
        "substituted_because": dataset.substituted_because,
        "presets": [
            preset_document(one.preset)
            | {name: value for name, value in asdict(one).items() if name != "preset"}
            for one in judged
        ],
    }
    store.write_json("reproduce.json", whole)
    lines = ["preset,seed,test,validation,seconds"]
    lines += [
        f"{one.preset.name},{t.seed},{t.test},{t.validation},{t.seconds}"
        for one in judged
        for t in one.trainings
    ]
    return {**whole, "experiment": str(store.path)}, "\n".join(lines) + "\n"


def preset_document(preset: Preset) -> dict[str, Any]:
    """Return a preset as JSON-able types."""
    return {
        "name": preset.name,
        "expected": asdict(preset.expected),
        "settings": asdict(preset.settings),
    }
