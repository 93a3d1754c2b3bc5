"""Scales: the values of an axis -> places on a chart, and the ticks between its ends."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nntrain.show.blocks import Axis

LARGEST = 1e300
"""Values beyond are drawn here, so that no difference of two overflows."""


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high``, laid from ``start`` to ``end`` on the chart."""

    axis: Axis
    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def has(self, value: float) -> bool:
        """Return whether ``value`` has a place: it is finite, and positive on a log scale."""
        return math.isfinite(value) and (self.axis.scale != "log" or value > 0)

    def at(self, value: float) -> float:
        """Return the place of ``value``; beyond the ends one axis' length away at most."""
        curve = _CURVES[self.axis.scale]
        low, high = curve(self.low), curve(self.high)
        share = (curve(_bounded(value)) - low) / (high - low)
        return self.start + min(2.0, max(-1.0, share)) * (self.end - self.start)

    def labels(self) -> list[str]:
        """Return the ticks as text."""
        if self.axis.scale == "linear":
            return [tick_text(tick, self.ticks) for tick in self.ticks]
        return [value_text(tick) for tick in self.ticks]


def scale(
    axis: Axis,
    values: Sequence[float],
    start: float,
    end: float,
    fits: Callable[[Sequence[float]], bool],
    margin: float = 0.04,
) -> Scale:
    """Return the scale of ``axis`` for ``values``, with as many ticks as ``fits`` allows.

    Where ``axis`` gives no end, it lies beyond the values by ``margin`` of their range.
    """
    low, high = _ends(axis, [_bounded(v) for v in values if math.isfinite(v)], margin)
    ticks: list[float] = []
    for most in range(8, 0, -1):
        ticks = _ticks(axis, low, high, most)
        if fits(ticks):
            break
    return Scale(axis, low, high, start, end, tuple(ticks))


def tick_text(value: float, ticks: Sequence[float]) -> str:
    """Return one of ``ticks``, evenly spaced, with as many decimals as tell them apart."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 0.0
    if not step or max(map(abs, ticks)) >= 1e7 or step < 1e-4:
        return value_text(value)
    return f"{value:,.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"


def value_text(value: float) -> str:
    """Return a value as text, with four digits or all of a whole number."""
    if abs(value) < 1e7 and (value == round(value) or abs(value) >= 1000):
        return f"{value:,.0f}"
    mantissa, _, exponent = f"{value:.4g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def _bounded(value: float) -> float:
    return min(LARGEST, max(-LARGEST, value))


_CURVES: dict[str, Callable[[float], float]] = {
    "linear": lambda value: value,
    "log": lambda value: math.log10(max(value, 1e-320)),
    "counts": lambda value: max(0.0, value) if value <= 1 else 1 + math.log10(value),
}


def _ends(axis: Axis, values: list[float], margin: float) -> tuple[float, float]:
    if axis.scale == "counts":
        top = max([10.0, *(1.5 * value for value in values)])
        return 0.0, axis.high or top
    if axis.scale == "log":
        return _log_ends(axis, [value for value in values if value > 0], margin)
    given = [end for end in (axis.low, axis.high) if end is not None]
    low, high = min(values or given or [0.0]), max(values or given or [1.0])
    low = low if axis.low is None else axis.low
    high = high if axis.high is None else axis.high
    largest = max(abs(low), abs(high))
    alike = high - low <= max(1e-9 * largest, 1e-290)
    room = margin * (high - low)
    if alike:
        room = 0.5 if axis.whole or largest < 1e-290 else 0.05 * largest
    below = low - room
    if low >= 0 > below and not (alike and axis.whole):
        below = 0.0
    above = high + room
    return (
        axis.low if axis.low is not None else below,
        axis.high if axis.high is not None and axis.high > low else above,
    )


def _log_ends(axis: Axis, values: list[float], margin: float) -> tuple[float, float]:
    low, high = min(values, default=1.0), max(values, default=10.0)
    if axis.low is not None and axis.low > 0:
        low = axis.low
    if axis.high is not None and axis.high > low:
        high = axis.high
    room = 10 ** max(0.02, margin * math.log10(high / low))
    return (
        low if axis.low == low else max(low / room, 1e-307),
        high if axis.high == high else high * room,
    )


def _ticks(axis: Axis, low: float, high: float, most: int) -> list[float]:
    if axis.scale == "linear":
        return _even(low, high, most, axis.whole)
    first = 0 if axis.scale == "counts" else math.ceil(math.log10(low) - 1e-9)
    decades = list(range(first, math.floor(math.log10(high) + 1e-9) + 1))
    if axis.scale == "counts":
        return [0.0, *(10.0**power for power in _every(decades, most))]
    if len(decades) >= 2:
        return [10.0**power for power in _every(decades, most)]
    fine = [
        step * 10.0**power
        for power in range(first - 1, first + 2)
        for step in (1, 2, 5)
        if low <= step * 10.0**power <= high
    ]
    return fine[:most] if len(fine) >= 2 else _even(low, high, min(most, 4), axis.whole)


def _every(decades: list[int], most: int) -> list[int]:
    return decades[:: max(1, math.ceil(len(decades) / most))]


def _even(low: float, high: float, most: int, whole: bool) -> list[float]:
    """Return at most ``most`` multiples of 1, 2 or 5 times a power of ten between the ends."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for step in (power, 2 * power, 5 * power, 10 * power, 20 * power):
        step = max(1.0, step) if whole else step
        slack = 1e-9 * (high - low)
        first, last = math.ceil((low - slack) / step), math.floor((high + slack) / step)
        if last - first < most:
            return [number * step for number in range(first, last + 1)]
    return []
