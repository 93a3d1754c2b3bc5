"""Download: what a download reports to its caller while it works, and how long it may wait."""

from dataclasses import dataclass


class DownloadReport:
    """What a download calls while it works; this one reports nothing.

    ``start`` is called again whenever the download restarts from the beginning (after a fault, or
    from the next mirror); ``finish`` once at the end, however the download ended.
    """

    def start(self, name: str, size_bytes: int) -> None:
        """Start, or restart, a file of ``size_bytes``."""

    def advance(self, count_bytes: int) -> None:
        """Count ``count_bytes`` that have arrived since the last call."""

    def finish(self) -> None:
        """End the file that was started."""

    def message(self, text: str) -> None:
        """Show the user one line."""


SILENT = DownloadReport()


@dataclass(frozen=True)
class Timeouts:
    """How long a download waits, in seconds, and how often it retries.

    ``connect_s``: for one network address to accept. ``answer_s``: from a request to the response
    headers, including name lookup, TLS and redirects, but not the pauses between retries.
    ``silence_s``: about the sum of such waits over mirrors that never answer. ``read_s``: for the
    next byte of a body. ``attempts``: per mirror, if a request or a body breaks off, or for a
    status worth retrying. The pauses between attempts start at ``backoff_s`` and double; a mirror
    may ask for pauses of up to ``retry_after_max_s``. After ``grace_s``, a body must have arrived
    at ``min_bytes_per_s`` or faster on average, so it takes at most
    ``grace_s + size / min_bytes_per_s``; even a 56k modem delivers 5000 bytes per second.
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


TIMEOUTS = Timeouts()
