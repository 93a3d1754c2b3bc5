"""A comparison: many trainings as one result, with intervals, tests and a plain verdict.

"Learns faster" is judged by the validation accuracy averaged over the epochs, paired by seed: it
needs no threshold, and every training has it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import mean

import numpy as np

from nntrain.analysis.comparison import (
    McNemar,
    PairedDifference,
    Spread,
    mcnemar,
    paired_difference,
    spread,
)
from nntrain.analysis.confidence import Histogram
from nntrain.analysis.metrics import Interval, wilson
from nntrain.experiments.compare_costs import Trained
from nntrain.experiments.slowdown import Slowdown

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

    ``accuracy`` has one validation spread an epoch; ``reached`` one entry a level of LEVELS,
    None where no seed got there; ``test`` the interval of the answers pooled over seeds;
    ``slowdown`` the means over seeds before the first epoch and after each, ``gradient_norms``
    after each, one a layer.
    """

    output: str
    learning_rate: float
    accuracy: tuple[Spread, ...]
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
    every seed (geometric mean over seeds); None where there is none.
    """

    a: str
    b: str
    speed: PairedDifference
    final: PairedDifference
    mcnemar: McNemar
    level: float | None
    updates_ratio: float | None
    verdict: str


@dataclass(frozen=True, eq=False)
class Comparison:
    """The outputs, and every pair of them."""

    seeds: tuple[int, ...]
    outputs: tuple[OutputResult, ...]
    pairs: tuple[PairResult, ...]


def compare(trainings: Sequence[Trained]) -> Comparison:
    """Return the comparison of trainings that have the same seeds for every output."""
    groups: dict[str, list[Trained]] = {}
    for training in sorted(trainings, key=lambda t: t.seed):
        groups.setdefault(training.output, []).append(training)
    seeds = tuple(t.seed for t in next(iter(groups.values())))
    return Comparison(
        seeds=seeds,
        outputs=tuple(_output_result(group) for group in groups.values()),
        pairs=tuple(_pair_result(a, b) for a, b in combinations(groups.values(), 2)),
    )


def _output_result(group: list[Trained]) -> OutputResult:
    curves = [_curve(training) for training in group]
    right = np.concatenate([training.test_right for training in group])
    return OutputResult(
        output=group[0].output,
        learning_rate=group[0].learning_rate,
        accuracy=tuple(spread(epoch) for epoch in zip(*curves, strict=True)),
        mean_accuracy=spread([mean(curve) for curve in curves]),
        reached={level: _reached(group, level) for level in LEVELS},
        test_accuracy=spread([float(t.test_right.mean()) for t in group]),
        test=wilson(int(right.sum()), len(right)),
        slowdown=tuple(
            _mean_slowdown(moment) for moment in zip(*(t.slowdown for t in group), strict=True)
        ),
        gradient_norms=tuple(
            tuple(mean(norms) for norms in zip(*(e.gradient_norms for e in epochs), strict=True))
            for epochs in zip(*(t.epochs for t in group), strict=True)
        ),
        raw=_pooled([t.raw for t in group]),
        normalised=_pooled([t.normalised for t in group]),
    )


def _curve(training: Trained) -> list[float]:
    return [epoch.validation_accuracy or 0.0 for epoch in training.epochs]


def _first_check(training: Trained, level: float) -> int | None:
    return next((i for i, check in enumerate(training.checks) if check.accuracy >= level), None)


def _reached(group: list[Trained], level: float) -> Reached | None:
    first = [(t, _first_check(t, level)) for t in group]
    checks = [t.checks[i] for t, i in first if i is not None]
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
    return Slowdown(
        delta_norm=mean(s.delta_norm for s in moment),
        error_norm=mean(s.error_norm for s in moment),
        slope=mean(s.slope for s in moment),
        saturated_wrong=mean(s.saturated_wrong for s in moment),
    )


def _pooled(histograms: list[Histogram]) -> Histogram:
    right = np.sum([h.right for h in histograms], axis=0)
    wrong = np.sum([h.wrong for h in histograms], axis=0)
    return Histogram(histograms[0].edges, right, wrong)


def _pair_result(a: list[Trained], b: list[Trained]) -> PairResult:
    speed = paired_difference([mean(_curve(t)) for t in a], [mean(_curve(t)) for t in b])
    final = paired_difference(
        [float(t.test_right.mean()) for t in a], [float(t.test_right.mean()) for t in b]
    )
    level, ratio = _updates_ratio(a, b)
    names = a[0].output, b[0].output
    return PairResult(
        *names,
        speed=speed,
        final=final,
        mcnemar=mcnemar([t.test_right for t in a], [t.test_right for t in b]),
        level=level,
        updates_ratio=ratio,
        verdict=_verdict(*names, speed, len(_curve(a[0])), level, ratio),
    )


def _updates_ratio(a: list[Trained], b: list[Trained]) -> tuple[float | None, float | None]:
    for level in reversed(LEVELS):
        firsts = [
            (_first_check(x, level), _first_check(y, level)) for x, y in zip(a, b, strict=True)
        ]
        updates = [
            (x.checks[i].updates, y.checks[j].updates)
            for x, y, (i, j) in zip(a, b, firsts, strict=True)
            if i is not None and j is not None
        ]
        if len(updates) == len(a):
            return level, math.exp(mean(math.log(second / first) for first, second in updates))
    return None, None


def _verdict(
    a: str,
    b: str,
    speed: PairedDifference,
    epochs: int,
    level: float | None,
    ratio: float | None,
) -> str:
    """Return the comparison of learning speed in plain words."""
    if speed.low is None or speed.high is None:
        return f"{a} and {b}: one seed cannot tell which learns faster; give --seeds."
    over = f"over {epochs} epochs" if epochs > 1 else "after the epoch"
    if not speed.distinguishable:
        return (
            f"{a} and {b} are not distinguishable with {speed.n} seeds: {over} their validation "
            f"accuracies differ by {100 * speed.mean:+.2f} points on average "
            f"(95 % interval {100 * speed.low:+.2f} to {100 * speed.high:+.2f})."
        )
    faster, slower, sign = (a, b, 1) if speed.mean > 0 else (b, a, -1)
    low, high = sorted((sign * speed.low, sign * speed.high))
    text = (
        f"{faster} learns faster than {slower}: {over} its validation accuracy is "
        f"{100 * sign * speed.mean:.2f} points higher on average (95 % interval "
        f"{100 * low:.2f} to {100 * high:.2f}, {speed.n} seeds)"
    )
    if level is not None and ratio is not None:
        times = ratio if sign > 0 else 1 / ratio
        text += f"; to {100 * level:.0f} % the other took {times:.2g} times its updates"
    return text + "."
