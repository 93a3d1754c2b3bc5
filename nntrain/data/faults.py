"""Faults: what went wrong at one mirror, in a person's words, and whether it may pass."""

from collections.abc import Iterator
from typing import Literal

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
