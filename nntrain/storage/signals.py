"""Work that Ctrl-C does not break off: what begins a file or a lock, and what tidies it up.

An exception can come between any two instructions, also between a file's making and the ``try``
that would remove it. So the handler of ``cli.interrupts`` lets the functions marked here come
to their end first. They must not wait for anybody.
"""

from collections.abc import Callable
from types import CodeType, FrameType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Result = TypeVar("Result")
_MARKED: set[CodeType] = set()


def uninterrupted(function: Callable[P, Result]) -> Callable[P, Result]:
    """Mark a function; of a context manager's generator, what comes before and after its block."""
    _MARKED.add(function.__code__)
    return function


def is_uninterrupted(frame: FrameType) -> bool:
    """Whether the frame is one of a marked function."""
    return frame.f_code in _MARKED
