"""Signals: functions that Ctrl-C does not interrupt, such as those that open and remove files.

An exception can be raised between any two instructions, even between the creation of a file and
the ``try`` that would remove it. So the handler in ``cli.signals`` lets the functions marked here
finish first. They must not wait for anything.
"""

from collections.abc import Callable
from types import CodeType, FrameType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Result = TypeVar("Result")
_MARKED: set[CodeType] = set()


def uninterrupted(function: Callable[P, Result]) -> Callable[P, Result]:
    """Mark a function; of a context manager, only what runs before and after its block."""
    _MARKED.add(function.__code__)
    return function


def is_uninterrupted(frame: FrameType) -> bool:
    """Return whether the frame is one of a marked function."""
    return frame.f_code in _MARKED
