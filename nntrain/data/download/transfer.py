"""Transfer: writes the body of a mirror's answer to a file, or raises a fault."""

import hashlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.client import IncompleteRead
from pathlib import Path
from typing import Any, BinaryIO, Literal

import requests
import urllib3.exceptions

from nntrain.data.download import DownloadReport, Timeouts
from nntrain.errors import in_a_line

_BLOCK_BYTES = 1 << 16
_SMALL_BYTES = 1 << 10

Cause = Literal["unreachable", "tls", "proxy", "answer"]


class MirrorFault(Exception):  # noqa: N818 - it is caught and counted, never shown as an error
    """Why one attempt at one mirror failed; it never leaves the download.

    ``reason`` is readable, and cut to ``LONGEST_SHOWN`` characters because the mirror may have
    written most of it. ``retry`` says whether to ask this mirror for the body again, and
    ``cause`` decides what the final message advises.
    """

    def __init__(self, reason: str, *, retry: bool = False, cause: Cause = "answer") -> None:
        super().__init__(reason)
        self.reason, self.retry, self.cause = in_a_line(reason), retry, cause


class Part:
    """A partly downloaded file: its bytes on disk, their count and their SHA-256."""

    def __init__(
        self, file: BinaryIO, path: Path, size_bytes: int, sha256: str, report: DownloadReport
    ) -> None:
        self.file, self.path = file, path
        self.size_bytes, self.sha256, self.report = size_bytes, sha256, report
        self.count_bytes, self.digest = 0, hashlib.sha256()
        report.start(path.name, size_bytes)

    def restart(self) -> None:
        """Discard what has arrived, if anything has. Raises OSError."""
        if self.count_bytes:
            self.file.seek(0)  # a complete file overwrites everything that has arrived
            self.count_bytes, self.digest = 0, hashlib.sha256()
            self.report.start(self.path.name, self.size_bytes)

    @property
    def missing_bytes(self) -> int:
        """The number of bytes still to come."""
        return self.size_bytes - self.count_bytes

    def add(self, piece: bytes) -> None:
        """Append a piece. Raises MirrorFault if the file becomes too long, or OSError."""
        if len(piece) > self.missing_bytes:
            raise MirrorFault(f"wrong size: expected {self.size_bytes} bytes, got more")
        self.file.write(piece)
        self.digest.update(piece)
        self.count_bytes += len(piece)
        self.report.advance(len(piece))

    def verify(self) -> None:
        """Raise MirrorFault unless the bytes are the expected ones."""
        if (got := self.digest.hexdigest()) != self.sha256:
            raise MirrorFault(f"wrong content: expected SHA-256 {self.sha256}, got {got}")


def check_headers(response: requests.Response, size_bytes: int) -> None:
    """Raise MirrorFault if the headers show that the body is not the file."""
    if response.status_code != 200:
        raise MirrorFault(f"HTTP status {response.status_code}")
    if response.headers.get("Content-Type", "").lower().startswith("text/html"):
        raise MirrorFault("HTTP status 200, but an HTML page instead of the file")
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and float(announced) != size_bytes:
        raise MirrorFault(f"wrong size: expected {size_bytes} bytes, got {announced}")


def read_body(raw: Any, part: Part, timeouts: Timeouts) -> None:
    """Add the body to ``part`` piece by piece as it arrives, at the minimum speed or faster.

    ``raw`` is urllib3's response. Raises MirrorFault if the body is too long, too short, too
    slow or breaks off, and OSError if the disk fails.
    """
    began = time.monotonic()
    latest_s = timeouts.grace_s + part.size_bytes / timeouts.min_bytes_per_s

    def check_speed() -> None:
        elapsed_s = time.monotonic() - began
        if (
            elapsed_s > timeouts.grace_s
            and part.count_bytes < timeouts.min_bytes_per_s * elapsed_s
        ):
            raise MirrorFault(
                f"too slow: {part.count_bytes} bytes in {elapsed_s:.1f} s, "
                f"expected at least {timeouts.min_bytes_per_s:.0f} per second"
            )

    # The read timeout does not limit a single read that never ends, such as the size line of a
    # chunk that arrives byte by byte. (urllib3 before 2.3 has no shutdown.)
    watchdog = threading.Timer(latest_s, getattr(raw, "shutdown", raw.close))
    watchdog.daemon = True
    watchdog.start()
    try:
        # One byte more than is missing, to notice a body that is too long.
        while piece := _some(raw, min(_BLOCK_BYTES, part.missing_bytes + 1)):
            part.add(piece)
            if part.missing_bytes:
                check_speed()
        if part.missing_bytes:
            got = f"expected {part.size_bytes} bytes, got {part.count_bytes}"
            raise MirrorFault(f"cut short: {got}", retry=True)
    except MirrorFault as fault:
        if fault.retry and not part.missing_bytes:
            return  # all bytes arrived, although the mirror never ended the body
        if fault.retry:
            check_speed()
        raise
    finally:
        watchdog.cancel()


def _some(raw: Any, limit_bytes: int) -> bytes:
    """Return the next bytes of the body as the mirror sent them, none at its end.

    Not ``iter_content``, which waits for a whole block, however slowly it arrives. (urllib3 1 has
    no read1; small reads keep the wait short there.)
    """
    try:
        if hasattr(raw, "read1"):
            piece: bytes = raw.read1(limit_bytes, decode_content=False)
        else:
            piece = raw.read(min(limit_bytes, _SMALL_BYTES), decode_content=False)
    except Exception as error:
        raise fault_of(error) from error
    return piece


def fault_of(error: Exception) -> MirrorFault:
    """Return what an exception of requests, urllib3 or the socket means for this mirror.

    The libraries wrap exceptions in one another, so all layers are examined, and the first row
    of ``_FAULTS`` that fits one of them decides.
    """
    if isinstance(error, MirrorFault):
        return error
    layers = list(_layers(error))
    deepest = _in_one_line(layers[-1])
    if "CA certificate bundle" in str(error):  # requests raises a plain OSError
        return MirrorFault(f"TLS certificate not verified ({deepest})", cause="tls")
    for kinds, reason, cause in _FAULTS:
        if any(isinstance(layer, kinds) for layer in layers):
            return MirrorFault(reason.format(deepest), retry=cause == "answer", cause=cause)
    return MirrorFault(f"{type(layers[-1]).__name__}: {deepest}")


_FAULTS: tuple[tuple[tuple[type[BaseException], ...], str, Cause], ...] = (
    (  # the malformed part is not shown: it may be part of a password
        (requests.exceptions.InvalidURL,),
        "this address, or the proxy's in HTTPS_PROXY or HTTP_PROXY, is malformed",
        "answer",
    ),
    (
        (requests.exceptions.ProxyError, urllib3.exceptions.ProxyError),
        "no connection through the proxy ({})",
        "proxy",
    ),
    ((ssl.SSLCertVerificationError,), "TLS certificate not verified ({})", "tls"),
    ((ssl.SSLError,), "no TLS connection ({})", "answer"),
    ((socket.gaierror,), "host name not found", "unreachable"),
    ((ConnectionRefusedError,), "connection refused", "unreachable"),
    ((urllib3.exceptions.NewConnectionError,), "no connection ({})", "unreachable"),
    ((urllib3.exceptions.ConnectTimeoutError,), "no connection in time", "unreachable"),
    (
        (TimeoutError, urllib3.exceptions.ReadTimeoutError),
        "stalled: nothing more arrived in time",
        "answer",
    ),
    ((ConnectionError, IncompleteRead), "connection broken ({})", "answer"),
)


def _layers(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    layer: BaseException | None = error
    while layer is not None and id(layer) not in seen:
        seen.add(id(layer))
        yield layer
        inside = (argument for argument in layer.args if isinstance(argument, BaseException))
        layer = layer.__cause__ or layer.__context__ or next(inside, None)


def _in_one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
