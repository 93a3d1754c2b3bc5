"""Progress: what a download tells its caller while it works, and how long it is ready to wait."""

from dataclasses import dataclass
from typing import Protocol


class DownloadReport(Protocol):
    """Where a download says how far it is.

    ``start`` comes with the file's name and whole size, and again when it begins anew (after
    a fault, or on the next mirror); ``advance`` with the bytes that arrived since the last
    call; ``finish`` once at the end, however the download ended. ``message`` is one line for
    a person and may come at any time.
    """

    def start(self, name: str, size_bytes: int) -> None:
        """Begin, or begin anew, with a file of ``size_bytes``."""

    def advance(self, count_bytes: int) -> None:
        """Count ``count_bytes`` more."""

    def finish(self) -> None:
        """End the file that was started."""

    def message(self, text: str) -> None:
        """Tell a person one line."""


class _Silent:
    def start(self, name: str, size_bytes: int) -> None:
        pass

    def advance(self, count_bytes: int) -> None:
        pass

    def finish(self) -> None:
        pass

    def message(self, text: str) -> None:
        pass


SILENT: DownloadReport = _Silent()


@dataclass(frozen=True)
class Patience:
    """How long a download waits, in seconds, and how often it tries again.

    ``connect_s``: for one network address to accept. ``answer_s``: from the request to the
    headers of the answer, name lookup, TLS and redirects included. ``silence_s``: about the
    sum of such waits over mirrors that never answer. ``read_s``: for the next byte of a body.
    ``attempts``: per mirror, for passing faults, with pauses of ``backoff_s`` doubling each
    time, or what Retry-After asks up to ``retry_after_max_s``. A body must arrive at
    ``min_bytes_per_s`` on average once ``grace_s`` have passed, so it is over at the latest
    after ``grace_s + size / min_bytes_per_s``; even a 56k modem brings 5000 bytes a second.
    """

    connect_s: float = 3.0
    answer_s: float = 8.0
    silence_s: float = 12.0
    read_s: float = 20.0
    attempts: int = 3
    backoff_s: float = 0.5
    retry_after_max_s: float = 30.0
    grace_s: float = 30.0
    min_bytes_per_s: float = 4096.0


PATIENCE = Patience()
