"""A sweep's result: points ranked on validation, and the winner on the test set; its files.

The test set is evaluated once, at the end, for the winner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from nntrain.analysis.metrics import Interval, wilson
from nntrain.analysis.statistics import Spread, spread
from nntrain.data.dataset import Dataset
from nntrain.experiments.executors import Outcome
from nntrain.experiments.experiment import TrainingRuns, as_csv
from nntrain.experiments.store import Store
from nntrain.experiments.sweep.ranking import Ranked, rank
from nntrain.experiments.sweep.train import (
    Point,
    Read,
    grid,
    key,
    parse_vary,
    read_outcome,
    shown,
    tasks,
    varied_words,
)
from nntrain.nn.training import EpochResult
from nntrain.settings.fit import FitSettings, make, to_toml
from nntrain.storage.strict_json import record
from nntrain.workflows.parts import build_network

SCHEMA = "nntrain/sweep/2"


@dataclass(frozen=True)
class Tested:
    """The winner on the test set: each seed's network, their mean, and an interval.

    ``interval`` is Wilson's over images, at the mean accuracy: all networks share the test set, so
    more seeds do not make it narrower. The interval of ``accuracy`` is Student's over seeds.
    """

    accuracies: tuple[float, ...]
    accuracy: Spread
    interval: Interval


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished ``sweep``.

    ``epochs`` has the history of each training run that did not diverge, by point and seed;
    ``tested`` is None if all of them diverged.
    """

    points: tuple[Point, ...]
    seeds: tuple[int, ...]
    ranked: tuple[Ranked, ...]
    tested: Tested | None
    epochs: Mapping[str, tuple[tuple[EpochResult, ...], ...]]


def described(base: FitSettings, points: Sequence[Point], seeds: int) -> dict[str, Any]:
    """Return the settings of a sweep for experiment.toml."""
    return {**asdict(base), "vary": varied_words(points), "seeds": seeds}


def training_runs(
    store: Store, points: Sequence[Point], seeds: Sequence[int], dataset: Dataset
) -> TrainingRuns[FitSettings, Read]:
    """Return the training runs of the grid on ``dataset``, saved ones and those to go."""
    return TrainingRuns(store, tasks(points, seeds), partial(read_outcome, dataset=dataset))


def ranked_and_tested(
    store: Store,
    points: Sequence[Point],
    seeds: Sequence[int],
    read: Mapping[str, Read],
    dataset: Dataset,
) -> Sweep:
    """Return the sweep of ``read``, the training runs by key; evaluate the test set once."""
    ranked = rank(points, seeds, read)
    tested = _read_test_set(store, ranked[0], dataset) if ranked[0].accuracy else None
    return _sweep(points, seeds, ranked, tested, read)


def _read_test_set(store: Store, winner: Ranked, dataset: Dataset) -> Tested:
    """Evaluate the winner's networks, one per seed that did not diverge, on the test set."""
    network = build_network(winner.point.settings, dataset)
    accuracies = []
    todo = tasks([winner.point], [t.seed for t in winner.trainings if t.diverged is None])
    for name, settings in todo.items():
        network.assign(store.saved(name, partial(_parameters, settings, dataset)))
        accuracies.append(network.cost_and_accuracy(*dataset.test)[1])
    mean, n = spread(accuracies), len(dataset.test.labels)
    return Tested(tuple(accuracies), mean, wilson(round(mean.mean * n), n))


def _parameters(settings: FitSettings, dataset: Dataset, outcome: Outcome) -> list[Any]:
    read_outcome(settings, outcome, dataset)
    return [outcome.arrays[f"parameter_{index}"] for index in range(len(outcome.arrays))]


def read_sweep(store: Store) -> Sweep:
    """Return the sweep in ``store``; RunError if it is incomplete."""
    settings = {name: value for name, value in store.settings().items() if name != "kind"}
    vary, count = settings.pop("vary", []), settings.pop("seeds", 0)
    base = make(FitSettings, settings)
    points = grid(base, parse_vary(vary))
    seeds = range(base.seed, base.seed + count)
    read = TrainingRuns(store, tasks(points, seeds), read_outcome).complete()
    ranked = rank(points, seeds, read)
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
    return Tested(accuracies, spread(accuracies), record(Interval, test["interval"]))


def write(store: Store, swept: Sweep, dataset: Dataset) -> tuple[dict[str, Any], str]:
    """Write sweep.json, sweep.csv and winner.toml; return the document and the table as CSV."""
    whole = {"schema": SCHEMA, **document(swept, dataset)}
    table = trainings_csv(swept.ranked)
    if swept.tested is not None:
        store.write_text("winner.toml", to_toml(swept.ranked[0].point.settings))
    store.write_json("sweep.json", whole)
    store.write_text("sweep.csv", table)
    return {**whole, "experiment": str(store.path)}, table


def document(swept: Sweep, dataset: Dataset) -> dict[str, Any]:
    """Return the sweep in JSON types: the points by rank, and the winner's test figure."""
    best = swept.ranked[0].point
    return {
        "dataset": dataset.name,
        "substituted_because": dataset.substituted_because,
        "seeds": list(swept.seeds),
        "points": [
            {
                "rank": place,
                "values": one.point.values,
                "validation_accuracy": asdict(one.accuracy) if one.accuracy else None,
                "behind_winner": asdict(one.behind) if one.behind else None,
                "diverged": one.diverged,
                "trainings": [asdict(training) for training in one.trainings],
            }
            for place, one in enumerate(swept.ranked, start=1)
        ],
        "winner": None
        if swept.tested is None
        else {
            "values": best.values,
            "settings": asdict(best.settings),
            "test": asdict(swept.tested),
            "test_over_seeds": swept.tested.accuracy.interval(),
        },
    }


def trainings_csv(ranked: Sequence[Ranked]) -> str:
    """Return one row per training run, the points by rank."""
    names = list(ranked[0].point.values)
    head = ["rank", *names, "seed", "validation_accuracy", "best_epoch", "seconds", "diverged"]
    rows = [
        [place, *(shown(one.point.values[name]) for name in names),
         t.seed, t.validation_accuracy, t.best_epoch, t.seconds, t.diverged]
        for place, one in enumerate(ranked, start=1)
        for t in one.trainings
    ]  # fmt: skip
    return as_csv(head, rows)
