"""A preset judged: our training runs against the published figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from nntrain.analysis.metrics import wilson
from nntrain.analysis.statistics import CONFIDENCE, Spread, spread, t_quantile
from nntrain.experiments.reproduce.train import Reproduced
from nntrain.settings.presets import Preset

ROUNDING = 0.005
"""Half a unit of the last digit of a published accuracy in %."""


@dataclass(frozen=True)
class Judged:
    """A preset with its training runs; accuracies in %.

    ``ours`` is of the preset's own figure, ``low`` and ``high`` its 95 % interval: Student's of
    the mean over seeds, for a single one Wilson's. ``test`` is the honest figure of the test
    set. ``verdict`` is ``reproduced``, ``better`` or ``worse``, or why there is none.
    """

    preset: Preset
    trainings: tuple[Reproduced, ...]
    ours: Spread | None
    low: float | None
    high: float | None
    test: Spread | None
    verdict: str


def judge(
    preset: Preset, trainings: Sequence[Reproduced], examples: int, published: bool
) -> Judged:
    """Return the preset with its verdict.

    ``examples`` is the size of the set that the figure is of. ``published`` is false on another
    dataset than the published figure's. A published figure counts as one more training run: it is
    reproduced where it lies in the interval in which one more of ours would, with 95 %.
    """
    figures = [one.figure(preset.expected.figure) for one in trainings]
    values = [100 * figure for figure in figures if figure is not None]
    tests = [100 * one.test for one in trainings if one.test is not None]
    test = spread(tests) if tests else None
    if len(values) < len(trainings):
        return Judged(preset, tuple(trainings), None, None, None, test, "diverged")
    ours = spread(values)
    if ours.sd is None:
        interval = wilson(round(ours.mean / 100 * examples), examples)
        low, high = 100 * interval.low, 100 * interval.high
        one_more = max(high - ours.mean, ours.mean - low)
    else:
        low, high = ours.interval() or (ours.mean, ours.mean)
        one_more = t_quantile((1 + CONFIDENCE) / 2, ours.n - 1) * ours.sd * sqrt(1 + 1 / ours.n)
    verdict = _verdict(ours.mean - preset.expected.accuracy, one_more + ROUNDING)
    verdict = verdict if published else "another dataset"
    return Judged(preset, tuple(trainings), ours, low, high, test, verdict)


def _verdict(difference: float, most: float) -> str:
    if abs(difference) <= most:
        return "reproduced"
    return "better" if difference > 0 else "worse"
