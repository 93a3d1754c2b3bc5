"""A reproduction's files: outcomes checked and read, the result as JSON and CSV, and read back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from nntrain.analysis.statistics import Spread
from nntrain.data.dataset import Dataset
from nntrain.experiments.executors import Outcome
from nntrain.experiments.reproduce.judge import Judged, judge
from nntrain.experiments.reproduce.train import (
    Measured,
    Reproduced,
    epochs,
    key,
    reproduced,
    tasks,
)
from nntrain.experiments.store import Store, expect, expect_shares
from nntrain.experiments.training_runs import TrainingRuns
from nntrain.settings.fit import FitSettings, make, to_toml
from nntrain.settings.presets import Expected, Preset
from nntrain.storage.strict_json import record

KIND = "reproduce"
SCHEMA = "nntrain/reproduce/1"
PUBLISHED_ON = "mnist"
"""The dataset that the published figures are of."""

Curves = tuple[Measured, ...]
Read = tuple[Reproduced, Curves]


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
        "presets": [f"{one.name}: {' '.join(to_toml(one.settings).split())}" for one in presets],
        "dataset": dataset.lasting_name,
        "seeds": seeds,
    }


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
    return whole, "\n".join(lines) + "\n"


def preset_document(preset: Preset) -> dict[str, Any]:
    """Return a preset as JSON-able types."""
    return {
        "name": preset.name,
        "expected": asdict(preset.expected),
        "settings": asdict(preset.settings),
    }


def read_outcome(settings: FitSettings, outcome: Outcome) -> Read:
    """Return the training run in ``outcome``; raise where it is not one of ``settings``."""
    training, curves = reproduced(outcome.document), epochs(outcome.document)
    expect(training.seed == settings.seed, "another seed")
    shares = [getattr(training, item.name) for item in fields(Reproduced)[4:]]
    if training.diverged is None:
        expect(training.test is not None, "no test accuracy")
        expect_shares([share for share in shares if share is not None])
    return training, curves
