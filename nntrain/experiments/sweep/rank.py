"""The ranking of a sweep on validation; the test set is read once, at the end, for the winner."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nntrain.analysis.metrics import Interval, wilson
from nntrain.analysis.statistics import Spread, spread
from nntrain.data.dataset import Dataset
from nntrain.experiments.sweep.grid import Point
from nntrain.experiments.sweep.train import Trained, key
from nntrain.workflows.train import build_network


@dataclass(frozen=True)
class Ranked:
    """A point with its training runs; ``accuracy`` is over the seeds that did not diverge."""

    point: Point
    trainings: tuple[Trained, ...]
    accuracy: Spread | None

    @property
    def diverged(self) -> int:
        """How many of its training runs diverged."""
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
