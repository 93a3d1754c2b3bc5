"""Errors: one base class, caught once at the top of the command line.

A message says what happened, what was expected and what was found, and what to do next.
``exit_code`` is the exit status of the command when the error reaches it. What to do is said in
the caller's words: ``in_words`` chooses between a command's option and a function's argument.
"""

import sys
from collections.abc import Iterable


class NntrainError(Exception):
    """Any error that a user, a file or a network can cause."""

    exit_code = 1


class SettingsError(NntrainError):
    """A setting is unknown or out of range; ``setting`` is its name, if known."""

    exit_code = 2

    def __init__(self, message: str, setting: str | None = None) -> None:
        super().__init__(message)
        self.setting = setting


class DatasetError(NntrainError):
    """A dataset is missing, damaged or of the wrong form."""


class DownloadError(DatasetError):
    """No mirror served the file; the message lists each mirror and its reason."""


class RunError(NntrainError):
    """A run directory is missing, exists already or cannot be written."""


class IncompleteError(RunError):
    """An experiment has training runs to go."""


class ModelFileError(RunError):
    """A model or checkpoint file is damaged or was not written by nntrain."""


class UnreadableError(ModelFileError):
    """The system cannot read a file now; the file itself may be intact."""


class DivergenceError(NntrainError):
    """Training diverged: its numbers are no longer finite."""

    exit_code = 3


class WorkerError(NntrainError):
    """A worker died or the cluster was lost; finished training runs are saved."""


class Interrupted(NntrainError):  # noqa: N818 - InterruptedError is Python's own
    """The user interrupted the command; everything is saved."""

    exit_code = 130


_options = False


def speak_of_options(options: bool) -> bool:
    """Let messages name options of the command line, or else arguments; return the old choice.

    It is the process's, not the thread's: a command may raise errors in any thread.
    """
    global _options
    before, _options = _options, options
    return before


def speaks_of_options() -> bool:
    """Return whether messages name the options of the command line."""
    return _options


def in_words(typed: str, called: str) -> str:
    """Return ``typed``, such as ``--jobs``, in a command, and ``called``, ``jobs``, in Python."""
    return typed if speaks_of_options() else called


def warn(message: str) -> None:
    """Warn (``UserWarning``) of the caller's line: the nearest one that is not in this package."""
    import warnings

    inside = __file__.removesuffix("errors.py")
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(inside):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)


LONGEST_SHOWN = 200
_DIRECTION = (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
CONTROL_CODES = (*range(32), *range(127, 160), 0x2028, 0x2029, *_DIRECTION)
"""What a terminal interprets: control characters, line separators and changes of direction."""

_ESCAPES = {code: ascii(chr(code))[1:-1] for code in CONTROL_CODES}
_ESCAPES_IN_LINES = {code: text for code, text in _ESCAPES.items() if chr(code) not in "\n\t"}


def harmless(text: str) -> str:
    """Return ``text`` with its control characters escaped, as in ``\\x1b``.

    A terminal prints the result literally: no colours, no cursor movement, no reversed text.
    Line breaks and tabs are kept.
    """
    return text.translate(_ESCAPES_IN_LINES)


def in_a_line(text: str) -> str:
    """Return ``text`` from a file or a user for use in a message: short and on one line."""
    text = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return text.translate(_ESCAPES)


def quoted(word: str) -> str:
    """Return ``word`` quoted for the system's shell."""
    if sys.platform == "win32":
        from subprocess import list2cmdline

        return list2cmdline([word])
    from shlex import quote

    return quote(word)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the known word closest to ``word``, else ``""``."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    begun = [name for name in by_lower if word and name.startswith(word.lower())]
    near = begun or get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.5)
    return f" Did you mean {by_lower[near[0]]!r}?" if near else ""
