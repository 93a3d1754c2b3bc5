"""A comparison: many training runs as one result, with intervals, tests and a verdict.

Which output is ahead is judged by the validation accuracy averaged over the epochs, paired by
seed: it needs no threshold, and every training run has it.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import combinations
from statistics import mean

import numpy as np

from nntrain.analysis.confidence import Histogram
from nntrain.analysis.metrics import Interval, wilson
from nntrain.analysis.statistics import (
    McNemar,
    PairedDifference,
    Spread,
    mcnemar,
    paired_difference,
    spread,
)
from nntrain.errors import DivergenceError
from nntrain.experiments.compare_costs.slowdown import Slowdown
from nntrain.experiments.compare_costs.train import Check, Diverged, Trained
from nntrain.experiments.compare_costs.verdict import Ratio, escape_verdict, speed_verdict

LEVELS = (0.5, 0.9, 0.95, 0.97)


@dataclass(frozen=True)
class Reached:
    """How long it took to an accuracy: means over the ``n`` seeds, of ``of``, that got there."""

    updates: float
    epochs: float
    seconds: float
    n: int
    of: int


@dataclass(frozen=True, eq=False)
class OutputResult:
    """One output over all seeds.

    ``accuracy`` has one validation spread an epoch; ``early`` one a check, by the updates
    until then; ``reached`` one entry a level of LEVELS, None where no seed got there; ``test``
    the interval of the mean test accuracy, with the test examples counted once however many seeds
    share them; ``slowdown`` and ``gradient_norms``, one a layer, the means over seeds before the
    first epoch and after each.
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


@dataclass(frozen=True)
class PairResult:
    """Two outputs against each other, a − b: over epochs, at the end on the test set, McNemar.

    ``updates_ratio`` is b's updates over a's to ``level``, the highest that both reached with
    every seed (geometric mean over seeds); None where there is none. ``escape`` is b's updates
    over a's to 50 %, with its 95 % interval over seeds; None where a seed did not get there.
    """

    a: str
    b: str
    speed: PairedDifference
    final: PairedDifference
    mcnemar: McNemar
    level: float | None
    updates_ratio: float | None
    escape: Ratio | None
    verdict: str


@dataclass(frozen=True, eq=False)
class Comparison:
    """The outputs, and every pair of them."""

    seeds: tuple[int, ...]
    outputs: tuple[OutputResult, ...]
    pairs: tuple[PairResult, ...]


def compare(trainings: Sequence[Trained | Diverged], *, saturated: bool = False) -> Comparison:
    """Return the comparison of training runs that have the same seeds for every output.

    From the ``saturated`` start the verdict is about the updates to 50 %, elsewhere about the
    accuracy while learning. Raises ``DivergenceError`` when a training run diverged.
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
        pairs=tuple(_pair_result(a, b, saturated) for a, b in combinations(groups.values(), 2)),
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
    """Return the spread of every check that all seeds have; they are made at the same updates."""
    seen = [{check.updates: check.accuracy for check in t.checks} for t in group]
    updates = sorted(set.intersection(*(set(one) for one in seen)))
    return tuple((u, spread([one[u] for one in seen])) for u in updates)


def _first_check(training: Trained, level: float) -> Check | None:
    return next((check for check in training.checks if check.accuracy >= level), None)


def _reached(group: list[Trained], level: float) -> Reached | None:
    checks = [check for t in group if (check := _first_check(t, level))]
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


def _pair_result(a: list[Trained], b: list[Trained], saturated: bool) -> PairResult:
    names = a[0].output, b[0].output
    speed = paired_difference([mean(t.curve) for t in a], [mean(t.curve) for t in b])
    final = paired_difference([t.test_accuracy for t in a], [t.test_accuracy for t in b])
    level, ratio = _updates_ratio(a, b)
    escape = _escape(a, b)
    if saturated:
        verdict = escape_verdict(*names, escape, _counts(a, b), a[0].checks[-1].updates)
    else:
        verdict = speed_verdict(*names, speed, len(a[0].epochs), level, ratio)
    right = mcnemar([t.test_right for t in a], [t.test_right for t in b])
    return PairResult(*names, speed, final, right, level, ratio, escape, verdict)


def _counts(*groups: list[Trained]) -> tuple[str, ...]:
    """Return in words with how many seeds each output got to 50 %."""
    reached = [sum(_first_check(t, 0.5) is not None for t in group) for group in groups]
    return tuple(f"{n} of {len(group)} seeds" for n, group in zip(reached, groups, strict=True))


def _updates_to(level: float, a: list[Trained], b: list[Trained]) -> list[tuple[int, int]] | None:
    """Return both outputs' updates to ``level`` by seed; None where a seed did not get there."""
    firsts = [(_first_check(x, level), _first_check(y, level)) for x, y in zip(a, b, strict=True)]
    both = [(x.updates, y.updates) for x, y in firsts if x and y]
    return both if len(both) == len(a) else None


def _escape(a: list[Trained], b: list[Trained]) -> Ratio | None:
    """Return b's updates to 50 % over a's; the interval is Student's, of the logarithms."""
    updates = _updates_to(0.5, a, b)
    if updates is None:
        return None
    of = paired_difference([math.log(y) for _, y in updates], [math.log(x) for x, _ in updates])
    low, high = (None if edge is None else math.exp(edge) for edge in (of.low, of.high))
    return Ratio(math.exp(of.mean), low, high, of.n)


def _updates_ratio(a: list[Trained], b: list[Trained]) -> tuple[float | None, float | None]:
    for level in reversed(LEVELS):
        if updates := _updates_to(level, a, b):
            return level, math.exp(mean(math.log(y / x) for x, y in updates))
    return None, None
