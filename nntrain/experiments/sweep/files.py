"""A sweep as JSON and as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from nntrain.data.dataset import Dataset
from nntrain.experiments.sweep.sweep import Ranked, Tested, shown

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
