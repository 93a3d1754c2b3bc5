"""What every room may raise: one base class, caught once at the top of the command line.

A message says what happened, what was expected and what was got, and what to do next.
``exit_code`` is the status with which the command ends when the error reaches it.
"""

from collections.abc import Iterable


class NntrainError(Exception):
    """Anything that a user, a file or a network can cause."""

    exit_code = 1


class SettingsError(NntrainError):
    """A setting is unknown, of the wrong type or out of range."""

    exit_code = 2


class DatasetError(NntrainError):
    """A dataset is missing, damaged or not what it should be."""


class DownloadError(DatasetError):
    """No mirror gave the file; the message lists each mirror and why."""


class RunError(NntrainError):
    """A run directory is missing, exists already or cannot be written."""


class ModelFileError(RunError):
    """A model or checkpoint file is damaged or not one of ours."""


class DivergenceError(NntrainError):
    """Training left the range of finite numbers."""

    exit_code = 3


class Interrupted(NntrainError):  # noqa: N818 - InterruptedError is Python's own
    """The user asked to stop, and everything is saved."""

    exit_code = 130


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the known word nearest to ``word``, else ``""``."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" Did you mean {near[0]!r}?" if near else ""
