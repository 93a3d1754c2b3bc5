"""What every room may raise: one base class, caught once at the top of the command line.

A message says what happened, what was expected and what was got, and what to do next.
``exit_code`` is the status with which the command ends when the error reaches it.
"""

from collections.abc import Iterable


class NntrainError(Exception):
    """Anything that a user, a file or a network can cause."""

    exit_code = 1


class SettingsError(NntrainError):
    """A setting is unknown or out of range; ``setting`` is its name where it is known."""

    exit_code = 2

    def __init__(self, message: str, setting: str | None = None) -> None:
        super().__init__(message)
        self.setting = setting


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

    by_lower = {name.lower(): name for name in known}
    begun = [name for name in by_lower if word and name.startswith(word.lower())]
    near = begun or get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.5)
    return f" Did you mean {by_lower[near[0]]!r}?" if near else ""
