"""A comparison: the results of each output and of each pair, from many training runs."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import combinations
from statistics import mean

import numpy as np

from nntrain.analysis.confidence import Histogram
from nntrain.analysis.metrics import Interval, wilson
from nntrain.analysis.statistics import Spread, spread
from nntrain.errors import DivergenceError
from nntrain.experiments.compare_costs.pairs import LEVELS, PairResult, first_check, pair_results
from nntrain.experiments.compare_costs.slowdown import Slowdown
from nntrain.experiments.compare_costs.train import Diverged, Trained


@dataclass(frozen=True)
class Reached:
    """The time to an accuracy: means over the ``n`` of ``of`` seeds that reached it."""

    updates: float
    epochs: float
    seconds: float
    n: int
    of: int


@dataclass(frozen=True, eq=False)
class OutputResult:
    """One output over all seeds.

    ``accuracy`` has one validation spread per epoch; ``early`` one per check, with the updates
    until then; ``reached`` one entry per level of LEVELS, None if no seed reached it. The mean
    test accuracy has two intervals: ``test_accuracy`` has Student's over seeds, and ``test`` is
    Wilson's over images, which count once however many seeds share them. ``slowdown`` and
    ``gradient_norms``, one per layer, are means over seeds before the first epoch and after each.
    """

    output: str
    learning_rate: float
    accuracy: tuple[Spread, ...]
    early: tuple[tuple[int, Spread], ...]
    mean_accuracy: Spread
    reached: dict[float, Reached | None]
    test_accuracy: Spread
    test: Interval
    slowdown: tuple[Slowdown, ...]
    gradient_norms: tuple[tuple[float, ...], ...]
    raw: Histogram
    normalised: Histogram


@dataclass(frozen=True, eq=False)
class Comparison:
    """The outputs, and every pair of them."""

    seeds: tuple[int, ...]
    outputs: tuple[OutputResult, ...]
    pairs: tuple[PairResult, ...]


def compare(trainings: Sequence[Trained | Diverged], *, saturated: bool = False) -> Comparison:
    """Return the comparison of training runs that have the same seeds for every output.

    From the ``saturated`` start the verdict is about the updates to 50 %, otherwise about the
    accuracy while learning. Raises ``DivergenceError`` if a training run diverged.
    """
    for training in trainings:
        if isinstance(training, Diverged):
            raise DivergenceError(training.message)
    groups: dict[str, list[Trained]] = {}
    for training in sorted(trainings, key=lambda t: t.seed):
        if isinstance(training, Trained):
            groups.setdefault(training.output, []).append(training)
    seeds = tuple(t.seed for t in next(iter(groups.values())))
    return Comparison(
        seeds=seeds,
        outputs=tuple(_output_result(group) for group in groups.values()),
        pairs=pair_results(list(combinations(groups.values(), 2)), saturated),
    )


def _output_result(group: list[Trained]) -> OutputResult:
    curves = [training.curve for training in group]
    accuracies = [training.test_accuracy for training in group]
    examples = len(group[0].test_right)
    return OutputResult(
        output=group[0].output,
        learning_rate=group[0].learning_rate,
        accuracy=tuple(spread(epoch) for epoch in zip(*curves, strict=True)),
        early=_early(group),
        mean_accuracy=spread([mean(curve) for curve in curves]),
        reached={level: _reached(group, level) for level in LEVELS},
        test_accuracy=spread(accuracies),
        test=wilson(round(mean(accuracies) * examples), examples),
        slowdown=tuple(
            _mean_slowdown(moment) for moment in zip(*(t.slowdown for t in group), strict=True)
        ),
        gradient_norms=tuple(
            tuple(mean(norms) for norms in zip(*moment, strict=True))
            for moment in zip(*(t.gradient_norms for t in group), strict=True)
        ),
        raw=_pooled([t.raw for t in group]),
        normalised=_pooled([t.normalised for t in group]),
    )


def _early(group: list[Trained]) -> tuple[tuple[int, Spread], ...]:
    """Return the spread of every check that all seeds have; checks come at the same updates."""
    seen = [{check.updates: check.accuracy for check in t.checks} for t in group]
    updates = sorted(set.intersection(*(set(one) for one in seen)))
    return tuple((u, spread([one[u] for one in seen])) for u in updates)


def _reached(group: list[Trained], level: float) -> Reached | None:
    checks = [check for t in group if (check := first_check(t, level))]
    if not checks:
        return None
    return Reached(
        updates=mean(check.updates for check in checks),
        epochs=mean(check.epochs for check in checks),
        seconds=mean(check.seconds for check in checks),
        n=len(checks),
        of=len(group),
    )


def _mean_slowdown(moment: Sequence[Slowdown]) -> Slowdown:
    return Slowdown(*map(mean, zip(*map(astuple, moment), strict=True)))


def _pooled(histograms: list[Histogram]) -> Histogram:
    right = np.sum([h.right for h in histograms], axis=0)
    wrong = np.sum([h.wrong for h in histograms], axis=0)
    return Histogram(histograms[0].edges, right, wrong)
