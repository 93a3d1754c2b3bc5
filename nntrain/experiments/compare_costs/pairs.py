"""Pairs of outputs compared: differences with intervals, tests and a verdict.

Which output is ahead is judged by the validation accuracy averaged over the epochs, paired by
seed: it needs no threshold, and every training run has it. Each kind of difference is one family
of tests, with Holm's correction for the number of pairs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from nntrain.analysis.statistics import (
    McNemar,
    PairedDifference,
    holm,
    mcnemar,
    paired_difference,
)
from nntrain.experiments.compare_costs.train import Check, Trained
from nntrain.experiments.compare_costs.verdict import (
    Bounds,
    Ratio,
    escape_verdict,
    one_seed_verdict,
    ratio_of,
    speed_verdict,
)

LEVELS = (0.5, 0.9, 0.95, 0.97)
ESCAPED = 0.5
"""A training run has left the saturated start when its validation accuracy is at least this."""

Group = list[Trained]
"""One output's training runs, one per seed."""


@dataclass(frozen=True)
class PairResult:
    """Two outputs compared, a − b: over the epochs, and at the end on the test set.

    ``mcnemar`` compares the test answers of a single seed. With several it is None: their answers
    to the same images are not independent, and the differences paired by seed decide.

    ``updates_ratio`` is b's updates over a's to ``level``, the highest that both reached with
    every seed (geometric mean over seeds); None if there is none. ``escape`` is b's updates over
    a's to 50 %, with its 95 % interval over seeds; None if a seed did not reach it.
    ``updates_bounds`` and ``escape_bounds`` are what the checks leave open about these ratios;
    ``escape_signs`` has, for each seed, 1 if b certainly needs more updates to 50 % than a, −1 if
    fewer, 0 if the checks do not tell.
    """

    a: str
    b: str
    speed: PairedDifference
    final: PairedDifference
    mcnemar: McNemar | None
    level: float | None
    updates_ratio: float | None
    escape: Ratio | None
    verdict: str
    updates_bounds: Bounds | None
    escape_bounds: Bounds
    escape_signs: tuple[int, ...]


def pair_results(pairs: Sequence[tuple[Group, Group]], saturated: bool) -> tuple[PairResult, ...]:
    """Return the result of every pair; both groups have the same seeds in the same order."""
    speeds = holm([paired_difference(_means(a), _means(b)) for a, b in pairs])
    finals = holm([paired_difference(_tested(a), _tested(b)) for a, b in pairs])
    answers: Sequence[McNemar | None] = [None] * len(pairs)
    if all(len(a) == 1 for a, _ in pairs):
        answers = holm([mcnemar(a[0].test_right, b[0].test_right) for a, b in pairs])
    made = []
    results = zip(pairs, speeds, finals, answers, _escapes(pairs), strict=True)
    for (a, b), speed, final, right, escape in results:
        names = a[0].output, b[0].output
        level, ratio = _updates_ratio(a, b)
        within, way_out = _bounds(level, a, b) if level else None, _bounds(ESCAPED, a, b)
        signs = tuple(_bounds(ESCAPED, [x], [y]).sign for x, y in zip(a, b, strict=True))
        if saturated:
            last = a[0].checks[-1].updates
            verdict = escape_verdict(*names, escape, way_out, signs, _counts(a, b), last)
        elif right is not None:
            verdict = one_seed_verdict(*names, right)
        else:
            verdict = speed_verdict(*names, speed, len(a[0].epochs), level, ratio, within)
        one = PairResult(
            *names, speed, final, right, level, ratio, escape, verdict, within, way_out, signs
        )
        made.append(one)
    return tuple(made)


def first_check(training: Trained, level: float) -> Check | None:
    """Return the first check with an accuracy of at least ``level``, or None."""
    return next((check for check in training.checks if check.accuracy >= level), None)


def between_checks(training: Trained, level: float) -> tuple[int, float]:
    """Return the least and the largest number of updates that may have reached ``level`` first.

    The largest is that of the first check that shows it, the least one more than the check
    before; infinity and one more than the last check if none does.
    """
    before = 0
    for check in training.checks:
        if check.accuracy >= level:
            return before + 1, check.updates
        before = check.updates
    return before + 1, math.inf


def _bounds(level: float, a: Group, b: Group) -> Bounds:
    """Return the bounds of the geometric mean over seeds of b's updates over a's."""
    both = [
        (between_checks(x, level), between_checks(y, level)) for x, y in zip(a, b, strict=True)
    ]
    low = [y_least / x_most for (_, x_most), (y_least, _) in both]
    high = [y_most / x_least for (x_least, _), (_, y_most) in both]
    return Bounds(_geometric_mean(low) or 0.0, _geometric_mean(high))


def _geometric_mean(ratios: Sequence[float]) -> float | None:
    """Return the geometric mean; None if one of the ratios is 0 or infinite."""
    if 0 in ratios or math.inf in ratios:
        return None
    return ratios[0] if len({*ratios}) == 1 else math.exp(mean(map(math.log, ratios)))


def _means(group: Group) -> list[float]:
    return [mean(training.curve) for training in group]


def _tested(group: Group) -> list[float]:
    return [training.test_accuracy for training in group]


def _counts(*groups: Group) -> tuple[str, ...]:
    """Return, in words, how many seeds of each output reached 50 %."""
    reached = [sum(first_check(t, ESCAPED) is not None for t in group) for group in groups]
    return tuple(f"{n} of {len(group)} seeds" for n, group in zip(reached, groups, strict=True))


def _updates_to(level: float, a: Group, b: Group) -> list[tuple[int, int]] | None:
    """Return both outputs' updates to ``level`` by seed; None if a seed did not reach it."""
    firsts = [(first_check(x, level), first_check(y, level)) for x, y in zip(a, b, strict=True)]
    both = [(x.updates, y.updates) for x, y in firsts if x and y]
    return both if len(both) == len(a) else None


def _escapes(pairs: Sequence[tuple[Group, Group]]) -> list[Ratio | None]:
    """Return b's updates to 50 % over a's; interval and test are Student's, of the logarithms."""
    tested = holm([_escape(a, b) for a, b in pairs])
    return [None if one is None else ratio_of(one) for one in tested]


def _escape(a: Group, b: Group) -> PairedDifference | None:
    updates = _updates_to(ESCAPED, a, b)
    if updates is None:
        return None
    return paired_difference([math.log(y) for _, y in updates], [math.log(x) for x, _ in updates])


def _updates_ratio(a: Group, b: Group) -> tuple[float | None, float | None]:
    for level in reversed(LEVELS):
        if updates := _updates_to(level, a, b):
            return level, math.exp(mean(math.log(y / x) for x, y in updates))
    return None, None
