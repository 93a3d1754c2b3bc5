"""Part: the bytes of a file so far, and how the body of an answer is added to them."""

import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal

from nntrain.data.download.progress import DownloadReport, Patience
from nntrain.data.files import disk_errors

_BLOCK_BYTES = 1 << 16
_SMALL_BYTES = 1 << 10


class Part:
    """A file so far: its bytes on the disk, their count and their SHA-256."""

    def __init__(
        self, file: BinaryIO, path: Path, size_bytes: int, sha256: str, report: DownloadReport
    ) -> None:
        self.file, self.path = file, path
        self.size_bytes, self.sha256, self.report = size_bytes, sha256, report
        self.begin()

    def begin(self) -> None:
        """Forget whatever arrived."""
        with disk_errors("write", self.path):
            self.file.seek(0)
            self.file.truncate()
        self.count_bytes, self.digest = 0, hashlib.sha256()
        self.report.start(self.path.name, self.size_bytes)

    @property
    def missing_bytes(self) -> int:
        """How many bytes are still to come."""
        return self.size_bytes - self.count_bytes

    def add(self, piece: bytes) -> None:
        """Append a piece, unless it makes the file longer than it should be."""
        if len(piece) > self.missing_bytes:
            raise MirrorFault(f"wrong size: expected {self.size_bytes} bytes, got more")
        with disk_errors("write", self.path):
            self.file.write(piece)
        self.digest.update(piece)
        self.count_bytes += len(piece)
        self.report.advance(len(piece))

    def verify(self) -> None:
        """Raise a fault unless the bytes are the expected ones."""
        if (got := self.digest.hexdigest()) != self.sha256:
            raise MirrorFault(f"wrong content: expected SHA-256 {self.sha256}, got {got}")


def read_body(raw: Any, part: Part, patience: Patience) -> None:
    """Add the body to ``part`` piece by piece as it arrives, at no less than the least speed.

    ``raw`` is urllib3's response. Raises MirrorFault if the body is too long, too short, too
    slow or breaks off, and DatasetError if the disk refuses.
    """
    began, before = time.monotonic(), part.count_bytes
    latest_s = patience.grace_s + (part.size_bytes - before) / patience.min_bytes_per_s

    def check_speed() -> None:
        elapsed_s = time.monotonic() - began
        received = part.count_bytes - before
        if elapsed_s > patience.grace_s and received < patience.min_bytes_per_s * elapsed_s:
            raise MirrorFault(
                f"too slow: {received} bytes in {elapsed_s:.1f} s, "
                f"expected at least {patience.min_bytes_per_s:.0f} a second"
            )

    # The last resort against what the read timeout does not see within one read, such as the
    # size line of a chunk that comes byte by byte. (urllib3 before 2.3 has no shutdown.)
    watchdog = threading.Timer(latest_s, getattr(raw, "shutdown", raw.close))
    watchdog.daemon = True
    watchdog.start()
    try:
        # One byte more than is missing: whatever is too long shows itself there.
        while piece := _some(raw, min(_BLOCK_BYTES, part.missing_bytes + 1)):
            part.add(piece)
            if part.missing_bytes:
                check_speed()
        if part.missing_bytes:
            raise MirrorFault(
                f"cut short: expected {part.size_bytes} bytes, got {part.count_bytes}",
                passing=True,
            )
    except MirrorFault as fault:
        if fault.passing and not part.missing_bytes:
            return  # Whole, though the mirror never said so; the hash decides.
        if fault.passing:
            check_speed()
        raise
    finally:
        watchdog.cancel()


def _some(raw: Any, limit_bytes: int) -> bytes:
    """Return the next bytes of the body, at least one unless it is over, as the mirror sent them.

    Not ``iter_content``: it waits until a whole block is there, however slowly it comes.
    (urllib3 1 has no read1; there, small reads wait for little.)
    """
    try:
        if hasattr(raw, "read1"):
            piece: bytes = raw.read1(limit_bytes, decode_content=False)
        else:
            piece = raw.read(min(limit_bytes, _SMALL_BYTES), decode_content=False)
    except Exception as error:
        raise fault_of(error) from error
    return piece


Cause = Literal["out of reach", "tls", "proxy", "answer"]


class MirrorFault(Exception):  # noqa: N818 - it is caught and counted, not an error that is raised
    """Why one attempt at one mirror did not give the file; it never leaves the download.

    ``passing`` faults are worth another attempt, after ``wait_s`` seconds if the mirror named
    a time. ``cause`` decides what the final message advises.
    """

    def __init__(
        self,
        reason: str,
        *,
        passing: bool = False,
        cause: Cause = "answer",
        wait_s: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing
        self.cause = cause
        self.wait_s = wait_s


def fault_of(error: Exception) -> MirrorFault:
    """Return what an exception of requests, urllib3 or the socket means for this mirror.

    They wrap one another and what happened lies below, so every layer is looked at; the
    wrappers of urllib3 are told by their names.
    """
    import socket
    import ssl
    from http.client import IncompleteRead

    layers = list(_layers(error))
    names = {base.__name__ for layer in layers for base in type(layer).__mro__}
    deepest = _in_one_line(layers[-1])

    def any_is(kind: type[BaseException]) -> bool:
        return any(isinstance(layer, kind) for layer in layers)

    if "ProxyError" in names:
        return MirrorFault(f"the proxy did not let it through ({deepest})", cause="proxy")
    if any_is(ssl.SSLCertVerificationError) or "CA certificate bundle" in str(error):
        return MirrorFault(f"TLS certificate not verified ({deepest})", cause="tls")
    if any_is(ssl.SSLError):
        return MirrorFault(f"no TLS connection ({deepest})")
    if any_is(socket.gaierror):
        return MirrorFault("host name not found", cause="out of reach")
    if any_is(ConnectionRefusedError):
        return MirrorFault("connection refused", cause="out of reach")
    if "ConnectTimeoutError" in names:
        return MirrorFault("no connection in time", cause="out of reach")
    if "NewConnectionError" in names:
        return MirrorFault(f"no connection ({deepest})", cause="out of reach")
    if any_is(TimeoutError) or "ReadTimeoutError" in names:
        return MirrorFault("stalled: nothing more arrived in time", passing=True)
    if any_is(ConnectionError) or any_is(IncompleteRead) or "IncompleteRead" in names:
        return MirrorFault(f"connection broken ({deepest})", passing=True)
    return MirrorFault(f"{type(layers[-1]).__name__}: {deepest}")


def _layers(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    layer: BaseException | None = error
    while layer is not None and id(layer) not in seen:
        seen.add(id(layer))
        yield layer
        layer = layer.__cause__ or layer.__context__


def _in_one_line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 160 else f"{text[:160]}…"


def retry_after_s(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for, as a number or a date, if it does."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(value)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        return max((when - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, OverflowError):
        return None
