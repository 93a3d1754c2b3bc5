"""A setting's type, range and help text, stated once beside its default."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from nntrain.errors import SettingsError, did_you_mean, in_a_line


@dataclass(frozen=True)
class Spec:
    """The type, range and help text of a setting.

    ``kind`` is str, int, float, bool for a flag, tuple for whole numbers separated by commas, or
    list for an option that may be repeated. ``meant`` returns the choices that a word may
    abbreviate.
    """

    help: str
    kind: type
    low: float | None = None
    high: float | None = None
    above: float | None = None
    choices: Callable[[], tuple[str, ...]] | None = None
    meant: Callable[[str], tuple[str, ...]] | None = None
    optional: bool = False

    def allowed(self) -> str:
        """Return the type and range in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices())
        noun = {int: "a whole number", float: "a number", tuple: "whole numbers", bool: "a bool"}
        low = f" ≥ {self.low:,g}" if self.low is not None else ""
        low = f" > {self.above:g}" if self.above is not None else low
        high = f" ≤ {self.high:,.15g}" if self.high is not None else ""
        return f"{noun.get(self.kind, 'text')}{low}{' and' if low and high else ''}{high}"


def setting(default: Any, help: str, kind: type, **spec: Any) -> Any:
    """Return a dataclass field with a ``Spec`` in its metadata."""
    return field(default=default, metadata={"spec": Spec(help, kind, **spec)})


def check_fields(settings: Any) -> None:
    """Check every field of a settings dataclass against its range, and convert its value."""
    for item in fields(settings):
        value = checked(item.name, getattr(settings, item.name), item.metadata["spec"])
        object.__setattr__(settings, item.name, value)  # the dataclass is frozen


def checked(name: str, value: Any, spec: Spec) -> Any:
    """Return ``value`` as its field's type, or raise ``SettingsError`` naming the range."""
    if value is None and spec.optional:
        return None
    try:
        value = _converted(value, spec.kind)
    except (TypeError, ValueError, OverflowError):
        sizes = spec.kind is tuple and isinstance(value, list)
        raise _out_of_range(name, tuple(value) if sizes else value, spec) from None
    if spec.choices:
        words = tuple(chosen(name, word, spec) for word in _each(value))
        return words if spec.kind is list else words[0]
    for number in _each(value):
        too_low = spec.low is not None and number < spec.low
        not_above = spec.above is not None and number <= spec.above
        too_high = spec.high is not None and number > spec.high
        if too_low or not_above or too_high:
            raise _out_of_range(name, value, spec)
        if isinstance(number, float) and not math.isfinite(number):
            raise _out_of_range(name, value, spec, " It must be finite.")
    return value


def _each(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def chosen(name: str, word: str, spec: Spec) -> str:
    """Return the choice that ``word`` names or abbreviates, or raise ``SettingsError``."""
    known = spec.choices() if spec.choices else ()
    meant = (word,) if word in known else spec.meant(word) if spec.meant else ()
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise SettingsError(
            f"{name} = {shown(word)} is ambiguous: expected {' or '.join(meant)}.", name
        )
    raise _out_of_range(name, word, spec, did_you_mean(word, known))


def _converted(value: Any, kind: type) -> Any:
    if kind is list:
        return tuple(map(str, value if isinstance(value, list | tuple) else [value]))
    if kind is tuple:
        parts = _parts(value) if isinstance(value, str) else value
        sizes = tuple(_converted(part, int) for part in parts)
        return () if sizes == (0,) else sizes
    if isinstance(value, bool) != (kind is bool) or (kind is str and not isinstance(value, str)):
        raise TypeError
    if kind is int and isinstance(value, float) and not value.is_integer():
        raise ValueError
    if kind is str:
        value.encode()  # refuses what was not UTF-8 on the command line
    return kind(value)


def _parts(text: str) -> list[str]:
    """Return the parts of ``100,30`` or ``[100,30]`` between the commas."""
    text = text.strip()
    return (text[1:-1] if text.startswith("[") and text.endswith("]") else text).split(",")


def _out_of_range(name: str, value: Any, spec: Spec, hint: str = "") -> SettingsError:
    return SettingsError(
        f"{name} = {shown(value)} is not allowed: expected {spec.allowed()}.{hint}", name
    )


def unknown_setting(name: str, known: Iterable[str]) -> str:
    """Return the message for a word that is not a setting."""
    return f"Unknown setting {in_a_line(repr(name))}.{did_you_mean(name, known)}"


def shown(value: Any) -> str:
    """Return a value as it was typed, on one line and not too long."""
    try:
        return in_a_line(",".join(map(str, value)) if isinstance(value, tuple) else str(value))
    except (RecursionError, ValueError):  # Python converts integers of at most 4,300 digits
        return "a value too long to show"
