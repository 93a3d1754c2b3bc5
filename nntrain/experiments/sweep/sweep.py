"""A sweep: a grid of settings, every point trained with the same seeds, ranked on validation.

The test set is read once, at the end, for the winner alone.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import product
from typing import Any

from nntrain.analysis.metrics import Interval, wilson
from nntrain.analysis.statistics import Spread, spread
from nntrain.data.dataset import Dataset
from nntrain.errors import DivergenceError, SettingsError, did_you_mean
from nntrain.experiments.executors.run import Outcome
from nntrain.nn.training import EpochResult
from nntrain.settings.fit import FitSettings, make
from nntrain.storage.strict_json import record
from nntrain.workflows.train import build_network, dataset_of, start

NOT_VARIED = {
    "seed": "every point is trained with the seeds of --seeds",
    "threads": "it changes no result",
    "data_dir": "it changes no result",
    "dataset": "accuracies on two datasets have no order",
}
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Point:
    """A point of the grid: the varied settings as given, by name, and all of them together."""

    values: dict[str, Any]
    settings: FitSettings

    @property
    def label(self) -> str:
        """The varied settings in words; the point's part of a training's key."""
        return " ".join(f"{name}={shown(value)}" for name, value in self.values.items())


@dataclass(frozen=True)
class Trained:
    """One training of a point; where it diverged there is only the message."""

    seed: int
    best_epoch: int | None
    validation_accuracy: float | None
    seconds: float | None
    diverged: str | None


@dataclass(frozen=True)
class Ranked:
    """A point with its trainings; ``accuracy`` is over the seeds that did not diverge."""

    point: Point
    trainings: tuple[Trained, ...]
    accuracy: Spread | None

    @property
    def diverged(self) -> int:
        """How many of its trainings diverged."""
        return sum(one.diverged is not None for one in self.trainings)


@dataclass(frozen=True)
class Tested:
    """The winner on the test set: each seed's network, their mean, and an interval.

    ``interval`` is Wilson's, at the mean and for one reading of the test set: the networks share
    its examples, so more seeds do not make it narrower.
    """

    accuracies: tuple[float, ...]
    accuracy: Spread
    interval: Interval


def parse_vary(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the values to try by setting, from words like ``hidden=30,[100,30]``.

    Commas separate values, except between brackets, which hold one value with several parts.
    Raises ``SettingsError`` for a word that is no setting, or none to vary.
    """
    known = [item.name for item in fields(FitSettings)]
    varied: dict[str, tuple[str, ...]] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = name.strip().replace("-", "_")
        if name not in known:
            raise SettingsError(f"--vary {word}: no setting {name!r}.{did_you_mean(name, known)}")
        if name in NOT_VARIED:
            raise SettingsError(f"--vary {word}: {name} cannot vary, for {NOT_VARIED[name]}.")
        values = _split(text)
        if not equals or not all(values):
            raise SettingsError(
                f"--vary {word}: expected {name}=VALUE,VALUE,… with a value "
                f"between the commas and every bracket closed."
            )
        varied[name] = (*varied.get(name, ()), *values)
    return varied


def _split(text: str) -> list[str]:
    """Return the parts between the commas outside brackets; the brackets themselves go.

    Of a bracket that is not closed there is only an empty part.
    """
    parts, depth = [""], 0
    if text.count("[") != text.count("]"):
        return [""]
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip().removeprefix("[").removesuffix("]").strip() for part in parts]


def grid(base: FitSettings, varied: Mapping[str, Sequence[str]]) -> list[Point]:
    """Return every combination of the values, the last setting changing fastest.

    Raises ``SettingsError`` for a bad value, or one that is there twice.
    """
    points: list[Point] = []
    for chosen in product(*varied.values()):
        given = dict(zip(varied, chosen, strict=True))
        settings = make(FitSettings, {**asdict(base), **given})
        values = {name: getattr(settings, name) for name in varied}
        if any(point.values == values for point in points):
            raise SettingsError(
                f"--vary: {Point(values, settings).label} is there twice. Give each value once."
            )
        points.append(Point(values, settings))
    return points


def varied_words(points: Sequence[Point]) -> list[str]:
    """Return the grid's settings and values as words that ``parse_vary`` understands."""
    return [
        f"{name}={','.join(dict.fromkeys(shown(point.values[name]) for point in points))}"
        for name in points[0].values
    ]


def check(points: Iterable[Point], dataset: Dataset) -> None:
    """Raise ``SettingsError`` for what only the first step of a training would find."""
    if not len(dataset.validation.images):
        raise SettingsError(f"A sweep ranks on validation, and {dataset.name} has no examples.")
    for point in points:
        if point.settings.train_on == "all":
            raise SettingsError("A sweep ranks on validation, and train_on = all leaves none.")
        start(replace(point.settings, hidden=()), dataset)  # a small one will tell


def tasks(points: Iterable[Point], seeds: Sequence[int]) -> dict[str, FitSettings]:
    """Return the settings of every training by key: each point with each seed."""
    return {
        key(point, seed): replace(point.settings, seed=seed) for point in points for seed in seeds
    }


def key(point: Point, seed: int) -> str:
    """Return the key of a training."""
    return f"{point.label} seed={seed}".strip()


def train(settings: FitSettings) -> Outcome:
    """Train to the end: the document has figures, the arrays the best network's parameters.

    ``dataset`` and ``data_dir`` must mean the same in every process, and the dataset be there.
    A divergence is an outcome too.
    """
    dataset = dataset_of(settings.dataset, settings.data_dir)
    training = start(settings, dataset)
    try:
        epochs = [asdict(result) for result in training]
    except DivergenceError as error:
        return Outcome({"seed": settings.seed, "diverged": str(error)})
    document = {
        "seed": settings.seed,
        "diverged": None,
        "best_epoch": training.best.epoch,
        "validation_accuracy": training.best.accuracy,
        "seconds": sum(epoch["seconds"] for epoch in epochs),
        "epochs": epochs,
    }
    parameters = enumerate(training.best.network().parameters)
    return Outcome(document, {f"parameter_{index}": array for index, array in parameters})


def trained(document: Mapping[str, Any]) -> Trained:
    """Return the training that ``train`` put into a document; raise where it is not one."""
    return record(Trained, {item.name: document.get(item.name) for item in fields(Trained)})


def epochs(document: Mapping[str, Any]) -> tuple[EpochResult, ...]:
    """Return the history that ``train`` put into a document; none of one that diverged."""
    return tuple(record(EpochResult, epoch) for epoch in document.get("epochs", ()))


def rank(
    points: Sequence[Point], seeds: Sequence[int], trainings: Mapping[str, Trained]
) -> list[Ranked]:
    """Return the points, best mean validation accuracy first, those that diverged last.

    A point of which fewer seeds diverged stands before one of which more did; where all is
    equal the order is the grid's. ``trainings`` is by ``key``.
    """
    ranked = []
    for point in points:
        own = tuple(trainings[key(point, seed)] for seed in seeds)
        sound = [one.validation_accuracy for one in own if one.validation_accuracy is not None]
        ranked.append(Ranked(point, own, spread(sound) if sound else None))
    return sorted(ranked, key=lambda r: (r.diverged, -r.accuracy.mean if r.accuracy else math.inf))


def read_test_set(
    winner: Ranked, parameters: Sequence[Mapping[str, Any]], dataset: Dataset
) -> Tested:
    """Read the test set with the winner's networks, one a seed, given as ``train``'s arrays."""
    network = build_network(winner.point.settings, dataset)
    accuracies = []
    for arrays in parameters:
        network.assign([arrays[f"parameter_{index}"] for index in range(len(arrays))])
        accuracies.append(network.cost_and_accuracy(*dataset.test)[1])
    mean, n = spread(accuracies), len(dataset.test.labels)
    return Tested(tuple(accuracies), mean, wilson(round(mean.mean * n), n))


def shown(value: Any) -> str:
    """Return a setting's value as it is typed: in brackets where it has several parts."""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    text = (",".join(map(str, value)) or "0") if isinstance(value, tuple) else str(value)
    return f"[{text}]" if "," in text else text
