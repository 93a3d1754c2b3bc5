"""The grid of a sweep, every combination of the values to try, and its training runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise, product
from math import prod
from typing import Any

import numpy as np

from nntrain.data.dataset import Dataset
from nntrain.errors import DivergenceError, SettingsError, did_you_mean
from nntrain.experiments import progress
from nntrain.experiments.executors import Outcome
from nntrain.experiments.experiment import expect, expect_shares
from nntrain.nn.training import EpochResult
from nntrain.settings.fit import FitSettings, make
from nntrain.storage.strict_json import record
from nntrain.workflows.train import dataset_of, start

NOT_VARIED = {
    "seed": "every point is trained with the seeds of --seeds",
    "threads": "it changes no result",
    "engine": "it changes rounding only",
    "data_dir": "it changes no result",
    "dataset": "accuracies on different datasets cannot be compared",
}


@dataclass(frozen=True)
class Point:
    """A point of the grid: the varied settings as given, by name, and all of them together."""

    values: dict[str, Any]
    settings: FitSettings

    @property
    def label(self) -> str:
        """The varied settings in words; the point's part of a training run's key."""
        return " ".join(f"{name}={shown(value)}" for name, value in self.values.items())


def parse_vary(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the values to try by setting, from words like ``hidden=30,[100,30]``.

    Commas separate values, except between brackets, which hold one value with several parts.
    Raises ``SettingsError`` for an unknown setting, or one that cannot vary.
    """
    known = [item.name for item in fields(FitSettings)]
    varied: dict[str, tuple[str, ...]] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = name.strip().replace("-", "_")
        name = "learning_rate" if name == "lr" else name
        if name not in known:
            raise SettingsError(
                f"--vary {word}: {name!r} is not a setting.{did_you_mean(name, known)}"
            )
        if name in NOT_VARIED:
            raise SettingsError(f"--vary {word}: {name} cannot vary: {NOT_VARIED[name]}.")
        values = _split(text)
        if not equals or not all(values):
            raise SettingsError(
                f"--vary {word}: expected {name}=VALUE,VALUE,… with a value "
                f"between the commas and every bracket closed."
            )
        varied[name] = (*varied.get(name, ()), *values)
    return varied


def _split(text: str) -> list[str]:
    """Return the parts between the commas outside brackets, without the brackets.

    Returns one empty part if a bracket is not closed.
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

    Raises ``SettingsError`` for an invalid value, or one given twice.
    """
    points: list[Point] = []
    for chosen in product(*varied.values()):
        given = dict(zip(varied, chosen, strict=True))
        settings = make(FitSettings, {**asdict(base), **given})
        settings = replace(settings, learning_rate=settings.rate)
        values = {name: getattr(settings, name) for name in varied}
        if any(point.values == values for point in points):
            raise SettingsError(
                f"--vary: {Point(values, settings).label} is given twice. Give each value once."
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
    """Raise ``SettingsError`` for what only the first step of training would find."""
    if not len(dataset.validation.images):
        raise SettingsError(
            f"A sweep ranks by validation accuracy, but {dataset.name} has no validation examples."
        )
    for point in points:
        if point.settings.train_on == "all":
            raise SettingsError(
                "A sweep ranks by validation accuracy, but train_on = all leaves no validation "
                "examples. Leave it out."
            )
        start(replace(point.settings, hidden=()), dataset)  # a small network finds the same errors


def shown(value: Any) -> str:
    """Return a setting's value as it is typed: in brackets if it has several parts."""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    text = (",".join(map(str, value)) or "0") if isinstance(value, tuple) else str(value)
    return f"[{text}]" if "," in text else text


@dataclass(frozen=True)
class Trained:
    """One training run of a point; if it diverged, only the message."""

    seed: int
    best_epoch: int | None
    validation_accuracy: float | None
    seconds: float | None
    diverged: str | None


Read = tuple[Trained, tuple[EpochResult, ...]]
"""A training run's figures, and its epochs: none if it diverged."""


def tasks(points: Iterable[Point], seeds: Sequence[int]) -> dict[str, FitSettings]:
    """Return the settings of every training run by key: each point with each seed."""
    return {
        key(point, seed): replace(point.settings, seed=seed) for point in points for seed in seeds
    }


def key(point: Point, seed: int) -> str:
    """Return the key of a training run."""
    return f"{point.label} seed={seed}".strip()


def train(settings: FitSettings) -> Outcome:
    """Train to the end: the document has figures, the arrays the best network's parameters.

    ``dataset`` and ``data_dir`` must mean the same in every process, and the dataset must be
    present. A divergence is an outcome too.
    """
    dataset = dataset_of(settings.dataset, settings.data_dir)
    training = start(settings, dataset)
    epochs = []
    try:
        for result in training:
            epochs.append(asdict(result))
            progress.advance(training)
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


def read_outcome(settings: FitSettings, outcome: Outcome, dataset: Dataset | None = None) -> Read:
    """Return the training run in ``outcome``; raise if it does not belong to ``settings``.

    Stored files may be old, or come from elsewhere. With ``dataset``, the parameters are checked
    too.
    """
    document = outcome.document
    training = record(Trained, {item.name: document.get(item.name) for item in fields(Trained)})
    history = tuple(record(EpochResult, epoch) for epoch in document.get("epochs", ()))
    expect(training.seed == settings.seed, "another seed")
    if training.diverged is not None:
        return training, history
    expect(training.validation_accuracy is not None, "no accuracy")
    expect(training.seconds is not None, "no time")
    expect_shares([training.validation_accuracy or 0.0])
    if dataset is not None:
        _check_parameters(settings, outcome, dataset)
    return training, history


def _check_parameters(settings: FitSettings, outcome: Outcome, dataset: Dataset) -> None:
    sizes = [prod(dataset.image_shape), *settings.hidden, len(dataset.classes)]
    shapes: list[tuple[int, ...]] = [(fan_out, fan_in) for fan_in, fan_out in pairwise(sizes)]
    shapes += [(size,) for size in sizes[1:]]
    expect(len(outcome.arrays) == len(shapes), "another number of parameters")
    for index, shape in enumerate(shapes):
        array = outcome.arrays[f"parameter_{index}"]
        expect(array.shape == shape and array.dtype == settings.dtype, "other parameters")
        expect(bool(np.isfinite(array).all()), "a parameter that is not finite")
