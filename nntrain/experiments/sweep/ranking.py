"""The ranking of a sweep: points by validation accuracy, each compared with the winner."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nntrain.analysis.statistics import (
    PairedDifference,
    Spread,
    holm,
    paired_difference,
    spread,
)
from nntrain.experiments.sweep.train import Point, Read, Trained, key


@dataclass(frozen=True)
class Ranked:
    """A point with its training runs; ``accuracy`` is over the seeds that did not diverge.

    ``behind`` is the winner's validation accuracy minus this point's, paired by seed, with Holm's
    correction for all points; None for the winner and if no seed has both.
    """

    point: Point
    trainings: tuple[Trained, ...]
    accuracy: Spread | None
    behind: PairedDifference | None = None

    @property
    def level(self) -> bool:
        """Whether several seeds cannot distinguish the point from the winner."""
        return self.behind is not None and self.behind.n > 1 and not self.behind.distinguishable

    @property
    def diverged(self) -> int:
        """The number of its training runs that diverged."""
        return sum(one.diverged is not None for one in self.trainings)


def rank(points: Sequence[Point], seeds: Sequence[int], read: Mapping[str, Read]) -> list[Ranked]:
    """Return the points, best mean validation accuracy first, those that diverged last.

    Points with fewer diverged seeds come first; equal points keep the order of the grid.
    ``read`` has the training runs by ``key``.
    """
    ranked = []
    for point in points:
        own = tuple(read[key(point, seed)][0] for seed in seeds)
        sound = [one.validation_accuracy for one in own if one.validation_accuracy is not None]
        ranked.append(Ranked(point, own, spread(sound) if sound else None))
    ranked.sort(key=lambda r: (r.diverged, -r.accuracy.mean if r.accuracy else math.inf))
    return compared_with_the_first(ranked)


def compared_with_the_first(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Return the points with ``behind``, each compared with the first."""
    tested = holm([_difference(ranked[0], one) for one in ranked[1:]])
    return [replace(one, behind=of) for one, of in zip(ranked, [None, *tested], strict=True)]


def _difference(first: Ranked, other: Ranked) -> PairedDifference | None:
    """Return the first's accuracy minus the other's over the seeds that diverged for neither."""
    pairs = [
        (a.validation_accuracy, b.validation_accuracy)
        for a, b in zip(first.trainings, other.trainings, strict=True)
        if a.validation_accuracy is not None and b.validation_accuracy is not None
    ]
    return paired_difference(*map(list, zip(*pairs, strict=True))) if pairs else None
