"""A reproduction's result: each preset judged against its published figure; its files."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import ceil, floor, sqrt
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
from nntrain.settings.presets import Preset, expected
from nntrain.storage.strict_json import record

SCHEMA = "nntrain/reproduce/2"
PUBLISHED_ON = "mnist"
"""The dataset of the published figures."""
ROUNDING = 0.005
"""Half a unit of the last digit of a published accuracy in %."""


@dataclass(frozen=True)
class Judged:
    """A preset with its training runs; accuracies in %.

    ``ours`` is the accuracy of the preset's figure, ``low`` and ``high`` its 95 % interval:
    Student's of the mean over seeds, or Wilson's over images for a single seed. ``test`` is the
    honest figure on the test set. ``verdict`` is ``reproduced``, ``matched`` if the published
    network was a different one, ``better``, ``worse``, or the reason why there is none.
    """

    preset: Preset
    trainings: tuple[Reproduced, ...]
    ours: Spread | None
    low: float | None
    high: float | None
    test: Spread | None
    verdict: str

    @property
    def accepts(self) -> tuple[float, float] | None:
        """The lowest and highest published figure, to two decimals, compatible with ours.

        None if a training run diverged.

        A published figure counts as one more training run. With n seeds it lies, with probability
        95 %, in Student's prediction interval, mean ± t s √(1 + 1/n) with n − 1 degrees of
        freedom (G. J. Hahn, W. Q. Meeker, "Statistical Intervals", 1991, 4.7); with a single one,
        Wilson's interval takes its place.
        """
        if self.ours is None or self.low is None or self.high is None:
            return None
        low, high, of = self.low, self.high, self.ours
        if of.sd is not None:
            most = t_quantile((1 + CONFIDENCE) / 2, of.n - 1) * of.sd * sqrt(1 + 1 / of.n)
            low, high = of.mean - most, of.mean + most
        return ceil(100 * (low - ROUNDING)) / 100, floor(100 * (high + ROUNDING)) / 100


def judge(
    preset: Preset, trainings: Sequence[Reproduced], examples: int, published: bool
) -> Judged:
    """Return the preset with its verdict.

    ``examples`` is the size of the set on which the figure is measured. ``published`` is false
    for a dataset other than the published figure's.
    """
    ours, test = _accuracies(trainings, preset.expected.figure)
    if ours is None:
        return Judged(preset, tuple(trainings), None, None, None, test, "diverged")
    edges = ours.interval()
    if edges is None:
        over_images = wilson(round(ours.mean / 100 * examples), examples)
        edges = 100 * over_images.low, 100 * over_images.high
    judged = Judged(preset, tuple(trainings), ours, *edges, test, "another dataset")
    return replace(judged, verdict=_verdict(judged)) if published else judged


def _verdict(judged: Judged) -> str:
    published = judged.preset.expected
    low, high = judged.accepts or (published.accuracy, published.accuracy)
    if low <= published.accuracy <= high:
        return "reproduced" if published.same_network else "matched"
    return "better" if low > published.accuracy else "worse"


@dataclass(frozen=True, eq=False)
class Reproduction:
    """A finished ``reproduce``.

    ``epochs`` has the curves of each training run that did not diverge, by preset.
    """

    judged: tuple[Judged, ...]
    epochs: Mapping[str, tuple[Curves, ...]]


def described(
    presets: Sequence[Preset], seeds: int, dataset: Dataset, data_dir: str
) -> dict[str, Any]:
    """Return the settings of a reproduction for experiment.toml."""
    return {
        "presets": [f"{one.name}: {_in_a_line(one.settings)}" for one in presets],
        "dataset": dataset.lasting_name,
        "data_dir": data_dir,
        "seeds": seeds,
    }


def _in_a_line(settings: FitSettings) -> str:
    """Return the settings that decide a training; earlier reproductions have no engine."""
    lines = to_toml(settings).splitlines()
    return " ".join(" ".join(line for line in lines if not line.startswith("engine")).split())


def training_runs(
    store: Store, presets: Sequence[Preset], seeds: int, dataset: Dataset, data_dir: str
) -> TrainingRuns[FitSettings, Read]:
    """Return the training runs of the presets on ``dataset``, saved ones and those to go."""
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
    """Return the reproduction in ``store``; RunError if it is incomplete.

    The verdicts are the saved ones: a preset's figure may have changed since.
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
    return tuple(map(_read, document["presets"]))


def _read(one: Mapping[str, Any]) -> Judged:
    """Return a judged preset from its document; recompute what follows from its training runs."""
    settings, known = make(FitSettings, one["settings"]), expected(one["expected"])
    trainings = [record(Reproduced, training) for training in one["trainings"]]
    ours, test = _accuracies(trainings, known.figure)
    return Judged(
        preset=Preset(str(one["name"]), settings, known),
        trainings=tuple(trainings),
        ours=ours,
        low=None if one["low"] is None else float(one["low"]),
        high=None if one["high"] is None else float(one["high"]),
        test=test,
        verdict=str(one["verdict"]),
    )


def _accuracies(
    trainings: Sequence[Reproduced], figure: str
) -> tuple[Spread | None, Spread | None]:
    """Return the accuracies in %, of the figure (None if one diverged) and of the test set."""
    values = [100 * value for one in trainings if (value := one.figure(figure)) is not None]
    tests = [100 * one.test for one in trainings if one.test is not None]
    ours = spread(values) if len(values) == len(trainings) else None
    return ours, spread(tests) if tests else None


def write(store: Store, judged: Sequence[Judged], dataset: Dataset) -> tuple[dict[str, Any], str]:
    """Write reproduce.json; return the document, and a table of the training runs as CSV."""
    whole = {
        "schema": SCHEMA,
        "dataset": dataset.name,
        "substituted_because": dataset.substituted_because,
        "presets": [
            preset_document(one.preset)
            | {name: value for name, value in asdict(one).items() if name != "preset"}
            | {"accepts": one.accepts}
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
    """Return a preset in JSON types."""
    return {
        "name": preset.name,
        "expected": asdict(preset.expected),
        "settings": asdict(preset.settings),
    }
