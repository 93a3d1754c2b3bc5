"""A sweep as JSON and as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nntrain.analysis.metrics import Interval
from nntrain.analysis.statistics import Spread
from nntrain.data.dataset import Dataset
from nntrain.experiments.executors.run import Outcome
from nntrain.experiments.store import Store, all_outcomes, read_document, settings_of
from nntrain.experiments.sweep import sweep
from nntrain.experiments.sweep.sweep import Ranked, Tested, shown
from nntrain.nn.training import EpochResult
from nntrain.settings.fit import FitSettings, make
from nntrain.storage.strict_json import record

SCHEMA = "nntrain/sweep/1"


def document(
    ranked: Sequence[Ranked], tested: Tested | None, seeds: Sequence[int], dataset: Dataset
) -> dict[str, Any]:
    """Return the sweep as JSON-able types: the points by rank, and the winner's test figure."""
    return {
        "dataset": dataset.name,
        "substituted_because": dataset.substituted_because,
        "seeds": list(seeds),
        "points": [
            {
                "rank": rank,
                "values": one.point.values,
                "validation_accuracy": asdict(one.accuracy) if one.accuracy else None,
                "diverged": one.diverged,
                "trainings": [asdict(training) for training in one.trainings],
            }
            for rank, one in enumerate(ranked, start=1)
        ],
        "winner": None
        if tested is None
        else {
            "values": ranked[0].point.values,
            "settings": asdict(ranked[0].point.settings),
            "test": {
                "accuracies": list(tested.accuracies),
                "accuracy": asdict(tested.accuracy),
                "interval": asdict(tested.interval),
            },
        },
    }


def trainings_csv(ranked: Sequence[Ranked]) -> str:
    """Return one row a training, the points by rank."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(ranked[0].point.values)
    writer.writerow(
        ["rank", *names, "seed", "validation_accuracy", "best_epoch", "seconds", "diverged"]
    )
    for rank, one in enumerate(ranked, start=1):
        values = [shown(one.point.values[name]) for name in names]
        for t in one.trainings:
            figures = [t.validation_accuracy, t.best_epoch, t.seconds]
            writer.writerow([rank, *values, t.seed, *figures, t.diverged or ""])
    return text.getvalue()


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished ``sweep``: ``epochs`` has each sound training's history, by point and seed.

    ``tested`` is None where every training diverged.
    """

    points: tuple[sweep.Point, ...]
    seeds: tuple[int, ...]
    ranked: tuple[sweep.Ranked, ...]
    tested: sweep.Tested | None
    epochs: Mapping[str, tuple[tuple[EpochResult, ...], ...]]


def read_sweep(store: Store) -> Sweep:
    """Return the sweep in ``store``; RunError where it is not all there."""
    settings = settings_of(store)
    vary, count = settings.pop("vary", []), settings.pop("seeds", 0)
    base = make(FitSettings, settings)
    points = sweep.grid(base, sweep.parse_vary(vary))
    seeds = tuple(range(base.seed, base.seed + count))
    todo = sweep.tasks(points, seeds)

    def check(key: str, outcome: Outcome) -> None:
        if sweep.trained(outcome.document).seed != todo[key].seed:
            raise ValueError("it holds another seed")
        sweep.epochs(outcome.document)

    outcomes = all_outcomes(store, todo, check)
    trainings = {key: sweep.trained(one.document) for key, one in outcomes.items()}
    epochs = {
        point.label: tuple(
            history
            for seed in seeds
            if (history := sweep.epochs(outcomes[sweep.key(point, seed)].document))
        )
        for point in points
    }
    ranked = tuple(sweep.rank(points, seeds, trainings))
    tested = read_document(store, "sweep.json", _tested)
    return Sweep(tuple(points), seeds, ranked, tested, epochs)


def _tested(document: Mapping[str, Any]) -> sweep.Tested | None:
    if document["winner"] is None:
        return None
    test = document["winner"]["test"]
    accuracies = tuple(float(one) for one in test["accuracies"])
    return sweep.Tested(
        accuracies, record(Spread, test["accuracy"]), record(Interval, test["interval"])
    )
