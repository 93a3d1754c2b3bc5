"""A sweep's files: outcomes checked and read, the result as JSON and CSV, and read back."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from nntrain.analysis.metrics import Interval
from nntrain.analysis.statistics import Spread
from nntrain.data.dataset import Dataset
from nntrain.experiments.executors import Outcome
from nntrain.experiments.store import Store, expect, expect_shares
from nntrain.experiments.sweep.grid import Point, grid, parse_vary, shown, varied_words
from nntrain.experiments.sweep.rank import Ranked, Tested, rank, read_test_set
from nntrain.experiments.sweep.train import Trained, epochs, key, tasks, trained
from nntrain.experiments.training_runs import TrainingRuns
from nntrain.nn.training import EpochResult
from nntrain.settings.fit import FitSettings, make, to_toml
from nntrain.storage.strict_json import record

KIND = "sweep"
SCHEMA = "nntrain/sweep/1"
History = tuple[EpochResult, ...]
Read = tuple[Trained, History]
"""A training run's figures, and its epochs: none where it diverged."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished ``sweep``.

    ``epochs`` has the history of each training run that did not diverge, by point and seed;
    ``tested`` is None where every one diverged.
    """

    points: tuple[Point, ...]
    seeds: tuple[int, ...]
    ranked: tuple[Ranked, ...]
    tested: Tested | None
    epochs: Mapping[str, tuple[tuple[EpochResult, ...], ...]]


def described(base: FitSettings, points: Sequence[Point], seeds: int) -> dict[str, Any]:
    """Return what experiment.toml has of a sweep."""
    return {**asdict(base), "vary": varied_words(points), "seeds": seeds}


def training_runs(
    store: Store, points: Sequence[Point], seeds: Sequence[int], dataset: Dataset
) -> TrainingRuns[FitSettings, Read]:
    """Return the training runs of the grid on ``dataset``, saved and to go."""
    return TrainingRuns(store, tasks(points, seeds), partial(read_outcome, ends=_ends(dataset)))


def ranked_and_tested(
    store: Store,
    points: Sequence[Point],
    seeds: Sequence[int],
    read: Mapping[str, Read],
    dataset: Dataset,
) -> Sweep:
    """Return the sweep that ``read``, the training runs by key, make; read the test set once."""
    ranked, tested = rank(points, seeds, {name: one for name, (one, _) in read.items()}), None
    winner = ranked[0]
    if winner.accuracy is not None:
        todo = tasks([winner.point], [t.seed for t in winner.trainings if t.diverged is None])
        parameters = [
            store.saved(name, partial(_parameters, settings, _ends(dataset)))
            for name, settings in todo.items()
        ]
        tested = read_test_set(winner, parameters, dataset)
    return _sweep(points, seeds, ranked, tested, read)


def read_sweep(store: Store) -> Sweep:
    """Return the sweep in ``store``; RunError where it is not all there."""
    settings = {name: value for name, value in store.settings().items() if name != "kind"}
    vary, count = settings.pop("vary", []), settings.pop("seeds", 0)
    base = make(FitSettings, settings)
    points = grid(base, parse_vary(vary))
    seeds = range(base.seed, base.seed + count)
    read = TrainingRuns(store, tasks(points, seeds), read_outcome).complete()
    ranked = rank(points, seeds, {name: one for name, (one, _) in read.items()})
    return _sweep(points, seeds, ranked, store.read_document("sweep.json", _tested), read)


def _sweep(
    points: Sequence[Point],
    seeds: Sequence[int],
    ranked: Sequence[Ranked],
    tested: Tested | None,
    read: Mapping[str, Read],
) -> Sweep:
    histories = {
        point.label: tuple(history for s in seeds if (history := read[key(point, s)][1]))
        for point in points
    }
    return Sweep(tuple(points), tuple(seeds), tuple(ranked), tested, histories)


def _tested(document: Mapping[str, Any]) -> Tested | None:
    if document["winner"] is None:
        return None
    test = document["winner"]["test"]
    accuracies = tuple(float(one) for one in test["accuracies"])
    return Tested(accuracies, record(Spread, test["accuracy"]), record(Interval, test["interval"]))


def write(store: Store, swept: Sweep, dataset: Dataset) -> tuple[dict[str, Any], str]:
    """Write sweep.json, sweep.csv and winner.toml; return the document and the table as CSV."""
    whole = {"schema": SCHEMA, **document(swept, dataset)}
    table = trainings_csv(swept.ranked)
    if swept.tested is not None:
        store.write_text("winner.toml", to_toml(swept.ranked[0].point.settings))
    store.write_json("sweep.json", whole)
    store.write_text("sweep.csv", table)
    return whole, table


def document(swept: Sweep, dataset: Dataset) -> dict[str, Any]:
    """Return the sweep as JSON-able types: the points by rank, and the winner's test figure."""
    return {
        "dataset": dataset.name,
        "substituted_because": dataset.substituted_because,
        "seeds": list(swept.seeds),
        "points": [
            {
                "rank": place,
                "values": one.point.values,
                "validation_accuracy": asdict(one.accuracy) if one.accuracy else None,
                "diverged": one.diverged,
                "trainings": [asdict(training) for training in one.trainings],
            }
            for place, one in enumerate(swept.ranked, start=1)
        ],
        "winner": _winner(swept.ranked[0].point, swept.tested),
    }


def _winner(point: Point, tested: Tested | None) -> dict[str, Any] | None:
    if tested is None:
        return None
    return {
        "values": point.values,
        "settings": asdict(point.settings),
        "test": {
            "accuracies": list(tested.accuracies),
            "accuracy": asdict(tested.accuracy),
            "interval": asdict(tested.interval),
        },
    }


def trainings_csv(ranked: Sequence[Ranked]) -> str:
    """Return one row a training run, the points by rank."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(ranked[0].point.values)
    writer.writerow(
        ["rank", *names, "seed", "validation_accuracy", "best_epoch", "seconds", "diverged"]
    )
    for place, one in enumerate(ranked, start=1):
        values = [shown(one.point.values[name]) for name in names]
        for t in one.trainings:
            figures = [t.validation_accuracy, t.best_epoch, t.seconds]
            writer.writerow([place, *values, t.seed, *figures, t.diverged or ""])
    return text.getvalue()


def read_outcome(
    settings: FitSettings, outcome: Outcome, ends: tuple[int, int] | None = None
) -> Read:
    """Return the training run in ``outcome``; raise where it is not one of ``settings``.

    A store's files lie on a disk for weeks and may come from elsewhere. ``ends`` are the sizes of
    the network's first and last layer, where they are known.
    """
    training, history = trained(outcome.document), epochs(outcome.document)
    expect(training.seed == settings.seed, "another seed")
    if training.diverged is not None:
        return training, history
    accuracy, seconds = training.validation_accuracy, training.seconds
    expect(accuracy is not None and seconds is not None, "no figures")
    expect_shares([accuracy or 0.0])
    if ends is not None:
        _check_parameters(settings, outcome, (ends[0], *settings.hidden, ends[1]))
    return training, history


def _check_parameters(settings: FitSettings, outcome: Outcome, sizes: tuple[int, ...]) -> None:
    shapes: list[tuple[int, ...]] = [(fan_out, fan_in) for fan_in, fan_out in pairwise(sizes)]
    shapes += [(size,) for size in sizes[1:]]
    expect(len(outcome.arrays) == len(shapes), "another number of parameters")
    for index, shape in enumerate(shapes):
        array = outcome.arrays[f"parameter_{index}"]
        expect(array.shape == shape and array.dtype == settings.dtype, "other parameters")
        expect(bool(np.isfinite(array).all()), "a parameter that is not finite")


def _parameters(
    settings: FitSettings, ends: tuple[int, int], outcome: Outcome
) -> Mapping[str, Any]:
    read_outcome(settings, outcome, ends)
    return outcome.arrays


def _ends(dataset: Dataset) -> tuple[int, int]:
    return prod(dataset.image_shape), len(dataset.classes)
