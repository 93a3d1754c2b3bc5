"""Strict JSON: documents of finite numbers, parsed into plain values or a dataclass.

Python's parser accepts NaN, Infinity, 1e999 and numbers with thousands of digits. No file
written by nntrain contains one, and each would break a report later. Errors are ``ValueError``.
"""

import json
import math
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType
from typing import Any, NoReturn, TypeVar, get_args, get_origin, get_type_hints

from nntrain.errors import in_a_line

Record = TypeVar("Record")
LARGEST = 2**63 - 1


def parse(text: str | bytes) -> Any:
    """Return the JSON document in ``text``: finite numbers only, integers of at most 64 bits."""
    try:
        return json.loads(
            text, parse_int=_integer, parse_float=_float, parse_constant=_not_a_number
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _integer(digits: str) -> int:
    value = int(digits)
    return value if abs(value) <= LARGEST else _not_a_number(digits)


def _float(digits: str) -> float:
    value = float(digits)
    return value if math.isfinite(value) else _not_a_number(digits)


def _not_a_number(digits: str) -> NoReturn:
    raise ValueError(f"{in_a_line(digits)} is not a finite number of at most 64 bits")


def parse_object(text: str | bytes) -> dict[str, Any]:
    """Return the JSON object in ``text``."""
    document = parse(text)
    if not isinstance(document, dict):
        raise ValueError("expected a JSON object")
    return document


def record(kind: Callable[..., Record], values: Any) -> Record:
    """Return the JSON object ``values``, with exactly the fields of ``kind``, as that dataclass.

    A field may be an int, float, bool or str, a tuple of one of these, or any of them or None.
    """
    hints = _hints(kind)
    if not isinstance(values, Mapping) or set(values) != set(hints):
        raise ValueError(f"expected a JSON object with {', '.join(hints)}")
    return kind(**{name: _value(name, values[name], hint) for name, hint in hints.items()})


@cache
def _hints(kind: Callable[..., Any]) -> dict[str, Any]:
    """Return the type of each field of a dataclass, by name."""
    return get_type_hints(kind)


def _value(name: str, value: Any, hint: Any) -> Any:
    """Return ``value`` if it has the type ``hint``; an integer may stand for a float."""
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise ValueError(f"{name}: expected a list, got {in_a_line(repr(value))}")
        return tuple(_value(name, item, get_args(hint)[0]) for item in value)
    allowed = get_args(hint) or (hint,)
    if type(value) is int and float in allowed:
        value = float(value)
    known = type(value) in allowed or (isinstance(value, float) and float in allowed)
    if not known or (isinstance(value, float) and not math.isfinite(value)):
        words = " or ".join("null" if one is NoneType else one.__name__ for one in allowed)
        raise ValueError(f"{name}: expected {words}, got {in_a_line(repr(value))}")
    return value
