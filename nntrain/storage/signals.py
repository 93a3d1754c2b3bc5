"""Functions that Ctrl-C does not interrupt.

Every command loads this file first, so it imports very little.
"""

from collections.abc import Callable
from types import CodeType, FrameType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Result = TypeVar("Result")
_UNINTERRUPTED: set[CodeType] = set()


def uninterrupted(function: Callable[P, Result]) -> Callable[P, Result]:
    """Mark a function that Ctrl-C does not interrupt; it must not wait for anything.

    An exception can be raised between any two instructions, even between the creation of a file
    and the ``try`` that would remove it, so the handler in ``cli.signals`` lets marked functions
    finish first. Of a context manager, only what runs before and after its block is marked.
    """
    _UNINTERRUPTED.add(function.__code__)
    return function


def is_uninterrupted(frame: FrameType) -> bool:
    """Return whether the frame is one of a marked function."""
    return frame.f_code in _UNINTERRUPTED
