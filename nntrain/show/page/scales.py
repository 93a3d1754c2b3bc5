"""Scales: the values of an axis -> positions on a chart, ticks and words."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nntrain.show.blocks import Axis

LARGEST, SMALLEST = 1e200, 1e-200
"""Values beyond are drawn at these, so that no difference or quotient overflows."""


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high``, laid from ``start`` to ``end`` on the chart."""

    axis: Axis
    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...] = ()

    def at(self, value: float) -> float:
        """Return the place of ``value``, at most one axis length beyond the ends."""
        curve = _CURVES[self.axis.scale]
        low, high = curve(self.low), curve(self.high)
        share = (curve(_bounded(value)) - low) / (high - low)
        return self.start + min(2.0, max(-1.0, share)) * (self.end - self.start)

    def within(self, value: float) -> float:
        """Return the place of ``value``, or the end that it lies beyond."""
        return min(max(self.at(value), self.start), self.end)

    def holds(self, value: float) -> bool:
        """Return whether ``value`` lies between the ends."""
        return self.low <= value <= self.high

    def labelled(self) -> list[tuple[float, str]]:
        """Return the place of each tick, with its text."""
        linear = self.axis.scale == "linear"
        texts = (tick_text(t, self.ticks) if linear else value_text(t) for t in self.ticks)
        return list(zip(map(self.at, self.ticks), texts, strict=True))


def has_place(axis: Axis, value: float) -> bool:
    """Return whether ``value`` has a place: it is finite, and positive on a log scale."""
    return math.isfinite(value) and (axis.scale != "log" or value > 0)


def scale(
    axis: Axis,
    values: Sequence[float],
    start: float,
    end: float,
    fits: Callable[[Scale], bool],
    margin: float = 0.04,
) -> Scale:
    """Return the scale of ``axis`` for ``values``, with the most ticks, up to 8, that ``fits``.

    If ``axis`` gives no end, it lies beyond the values by ``margin`` of their range.
    """
    low, high = _ends(axis, [_bounded(v) for v in values if has_place(axis, v)], margin)
    made = Scale(axis, low, high, start, end)
    for most in range(8, 0, -1):
        made = replace(made, ticks=tuple(_ticks(axis, low, high, most)))
        if fits(made):
            break
    return made


def tick_text(value: float, ticks: Sequence[float]) -> str:
    """Return one of the evenly spaced ``ticks``, with enough decimals to tell them apart."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 0.0
    if max(map(abs, ticks)) >= 1e7 or step < 1e-4:
        return value_text(value)
    return f"{value:,.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"


def value_text(value: float) -> str:
    """Return a value as text, with four digits or all digits of a whole number."""
    if abs(value) < 1e7 and (value == round(value) or abs(value) >= 1000):
        return f"{value:,.0f}"
    mantissa, _, exponent = f"{value:.4g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def in_words(axis: Axis, value: float, low: float | None, high: float | None) -> str:
    """Return a value on ``axis`` with its unit, and its interval if there is one."""
    _, _, rest = axis.label.rpartition(" (")
    unit = rest.removesuffix(")")
    text = value_text(value) + (f" {unit}" if rest.endswith(")") and len(unit) <= 3 else "")
    if low is None or high is None:
        return text
    return f"{text} ({value_text(low)}–{value_text(high)})"


def _bounded(value: float) -> float:
    return min(LARGEST, max(-LARGEST, value))


_CURVES: dict[str, Callable[[float], float]] = {
    "linear": lambda value: value,
    "log": lambda value: math.log10(max(value, SMALLEST)),
    "counts": lambda value: max(0.0, value) if value <= 1 else 1 + math.log10(value),
}


def _ends(axis: Axis, values: list[float], margin: float) -> tuple[float, float]:
    """Return the axis's ends, low < high; a log axis uses exponents."""
    if axis.scale == "counts":
        return 0.0, max([10.0, *(1.5 * value for value in values)])
    curve = _CURVES[axis.scale]
    first, last = (
        None if end is None or not has_place(axis, end) else curve(_bounded(end))
        for end in (axis.low, axis.high)
    )
    places = [curve(v) for v in values] or [end for end in (first, last) if end is not None]
    low = min(places, default=0.0) if first is None else first
    high = max([low, *places] if places else [1.0]) if last is None else last
    low = min(low, high)
    largest = max(abs(low), abs(high))
    if high - low <= max(1e-9 * largest, SMALLEST):
        room = 0.5 if largest <= SMALLEST or (axis.whole and largest < 1e6) else 0.05 * largest
        low, high = low - room, high + room
    else:
        room = margin * (high - low)
        high = high + room if last is None else high
        if first is None:
            low = max(0.0, low - room) if low >= 0 else low - room
    return (10**low, 10**high) if axis.scale == "log" else (low, high)


def _ticks(axis: Axis, low: float, high: float, most: int) -> Sequence[float]:
    """Return at most ``most`` ticks; on a log axis 1, 2 and 5 of each decade, or decades."""
    if axis.scale == "linear":
        return _even(low, high, most, axis.whole)
    if axis.scale == "counts":
        decades = [10.0**power for power in range(math.floor(math.log10(high) + 1e-9) + 1)]
        each = math.ceil(len(decades) / max(1, most - 1))
        return [0.0, *decades[each - 1 :: each]]
    powers = range(math.floor(math.log10(low)), math.floor(math.log10(high) + 1e-9) + 1)
    for steps in ((1, 2, 5), (1,)):
        ticks = [step * 10.0**power for power in powers for step in steps]
        ticks = [tick for tick in ticks if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
        if 2 <= len(ticks) <= most:
            return ticks
    if len(ticks) > most:
        return ticks[:: math.ceil(len(ticks) / most)]
    return _even(low, high, min(most, 4), axis.whole)


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
