"""Fault server: a real HTTP server on the loopback whose every address misbehaves in one way.

``FaultServer(files)`` listens on one port per behaviour, so each is a mirror of its own:
``server.base("stall")`` is the base address of a mirror that stalls. Every request is noted in
``server.requests``. To add a misbehaviour, add a row to BEHAVIOURS.
"""

import gzip
import socket
import socketserver
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from email.utils import formatdate
from functools import cache
from pathlib import Path
from types import TracebackType

Over = threading.Event


@dataclass(frozen=True)
class Request:
    behaviour: str
    name: str
    headers: dict[str, str]


class Exchange:
    """One request and the raw connection on which a behaviour answers it."""

    def __init__(
        self, connection: socket.socket, request: Request, body: bytes, nth: int, over: Over
    ) -> None:
        self.connection, self.request, self.body = connection, request, body
        self.nth, self.over = nth, over

    def head(self, status: str, **headers: object) -> None:
        lines = [f"HTTP/1.1 {status}", "Connection: close"]
        lines += [f"{key.replace('_', '-')}: {value}" for key, value in headers.items()]
        self.raw(("\r\n".join(lines) + "\r\n\r\n").encode())

    def answer(self, status: str, body: bytes, **headers: object) -> None:
        self.head(status, Content_Length=len(body), **headers)
        self.raw(body)

    def raw(self, data: bytes) -> None:
        self.connection.sendall(data)

    def chunk(self, data: bytes) -> None:
        self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def slowly(self, data: bytes, piece: int, pause_s: float) -> None:
        for start in range(0, len(data), piece):
            self.raw(data[start : start + piece])
            if self.over.wait(pause_s):
                return

    def for_ever(self, send: Callable[[], None]) -> None:
        while not self.over.is_set():
            send()

    def wait(self) -> None:
        """Send nothing until the server ends."""
        self.over.wait()

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


Behaviour = Callable[[Exchange], None]


def answering(status: str, body: bytes = b"", **headers: object) -> Behaviour:
    """Return a behaviour that gives this answer each time."""
    return lambda x: x.answer(status, body, **headers)


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Return a behaviour that changes with each request, and keeps to the last one."""
    return lambda x: behaviours[min(x.nth, len(behaviours)) - 1](x)


def good(x: Exchange) -> None:
    x.answer("200 OK", x.body)


def good_without_length(x: Exchange) -> None:
    x.head("200 OK")
    x.raw(x.body)


def good_chunked(x: Exchange) -> None:
    x.head("200 OK", Transfer_Encoding="chunked")
    x.chunk(x.body[:100])
    x.chunk(x.body[100:])
    x.chunk(b"")


def good_but_held_open(x: Exchange) -> None:
    good_without_length(x)
    x.wait()


def slow_but_honest(x: Exchange) -> None:
    x.head("200 OK", Content_Length=len(x.body))
    x.slowly(x.body, len(x.body) // 25 + 1, 0.02)


def hesitant(x: Exchange) -> None:
    x.head("200 OK", Content_Length=len(x.body))
    x.slowly(x.body[:20], 10, 0.05)
    x.raw(x.body[20:])


def endless(x: Exchange, status: str = "200 OK", **headers: object) -> None:
    x.head(status, **headers)
    x.raw(x.body)
    x.for_ever(lambda: x.raw(b"x" * 65536))


def endless_chunked(x: Exchange) -> None:
    x.head("200 OK", Transfer_Encoding="chunked")
    x.for_ever(lambda: x.chunk(b"x" * 65536))


def truncated(x: Exchange) -> None:
    x.head("200 OK", Content_Length=len(x.body))
    x.raw(x.body[: len(x.body) // 2])


def truncated_without_length(x: Exchange) -> None:
    x.head("200 OK")
    x.raw(x.body[: len(x.body) // 2])


def truncated_chunked(x: Exchange) -> None:
    x.head("200 OK", Transfer_Encoding="chunked")
    x.chunk(x.body[: len(x.body) // 2])


def reset_in_mid_body(x: Exchange) -> None:
    truncated(x)
    time.sleep(0.02)
    x.reset()


def half_though_nobody_asked(x: Exchange) -> None:
    half = len(x.body) // 2
    x.head("206 Partial Content", Content_Range=f"bytes 0-{half - 1}/{len(x.body)}")
    x.raw(x.body[:half])


def stall(x: Exchange) -> None:
    truncated(x)
    x.wait()


def trickle(x: Exchange) -> None:
    x.head("200 OK", Content_Length=len(x.body))
    x.slowly(x.body, 1, 0.02)


def trickle_of_a_chunk_size(x: Exchange) -> None:
    x.head("200 OK", Transfer_Encoding="chunked")
    x.chunk(x.body[:10])
    x.slowly(b"10;" + b"x" * 5000, 1, 0.02)


def html_without_length(x: Exchange) -> None:
    x.head("200 OK")
    x.raw(b"<!doctype html>")


def absurd_length(x: Exchange) -> None:
    x.head("200 OK", Content_Length="9" * 5000)
    x.raw(x.body)


@cache
def packed_zeros() -> bytes:
    """Return 10 MB of zeros in 44 kB, which are never in memory together.

    The server may stand in a process whose memory is watched, and an allocator keeps what each
    thread of it has once had.
    """
    packer = zlib.compressobj(1, wbits=31)
    return b"".join(packer.compress(bytes(10_000)) for _ in range(1000)) + packer.flush()


BUSY, ERROR = "429 Too Many Requests", "500 Internal Server Error"
REDIRECT = answering("302 Found", Location="again.gz")

BEHAVIOURS: dict[str, Behaviour] = {
    "good": good,
    "good_without_length": good_without_length,
    "good_chunked": good_chunked,
    # Many servers say so of a .gz file; a client that unpacks it gets other bytes.
    "good_labelled_gzip": lambda x: x.answer("200 OK", x.body, Content_Encoding="gzip"),
    "good_but_held_open": good_but_held_open,
    "slow_but_honest": slow_but_honest,
    "hesitant": hesitant,
    "reset": Exchange.reset,
    "silent": lambda x: x.wait(),
    "garbage": lambda x: x.raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"),
    "forbidden": answering("403 Forbidden", b"no"),
    "not_found": answering("404 Not Found", b"no"),
    "busy": answering(BUSY),
    "busy_for_an_hour": answering(BUSY, Retry_After=3600),
    "busy_once": in_turn(answering(BUSY, Retry_After=0), good),
    "busy_for_a_moment_once": in_turn(answering(BUSY, Retry_After=1), good),
    "busy_until_a_date_once": in_turn(
        lambda x: x.answer(BUSY, b"", Retry_After=formatdate(time.time() - 5)), good
    ),
    "error": answering(ERROR),
    "error_once": in_turn(answering(ERROR), good),
    "error_with_endless_body": lambda x: endless(x, ERROR),
    "truncated_once_then_error": in_turn(truncated, answering(ERROR)),
    "unavailable": answering("503 Service Unavailable", Retry_After="soon"),
    "redirect_once": in_turn(REDIRECT, good),
    "redirect_after_a_pause": in_turn(answering(BUSY, Retry_After=1), REDIRECT, good),
    "errors_around_a_redirect": in_turn(answering(ERROR), REDIRECT, answering(ERROR)),
    "redirect_loop": lambda x: x.answer(
        "301 Moved Permanently", b"", Location=f"/{x.request.name}"
    ),
    "redirect_with_endless_body": lambda x: endless(x, "302 Found", Location=f"/{x.request.name}"),
    "redirect_nowhere": answering("302 Found", Location="gopher://["),
    "truncated": truncated,
    "truncated_without_length": truncated_without_length,
    "truncated_chunked": truncated_chunked,
    "reset_in_mid_body": reset_in_mid_body,
    "reset_in_mid_body_once": in_turn(reset_in_mid_body, good),
    "half_though_nobody_asked": half_though_nobody_asked,
    "stall": stall,
    "trickle": trickle,
    "trickle_of_headers": lambda x: x.slowly(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 5000, 1, 0.02),
    "trickle_of_a_chunk_size": trickle_of_a_chunk_size,
    "wrong_bytes": lambda x: x.answer("200 OK", x.body[:-1] + bytes([x.body[-1] ^ 1])),
    "html": answering(
        "200 OK",
        b"<!doctype html><title>For sale</title>",
        Content_Type="text/html; charset=utf-8",
    ),
    "html_called_binary": answering(
        "200 OK", b"<!doctype html>", Content_Type="application/octet-stream"
    ),
    "html_without_length": html_without_length,
    "too_short": lambda x: x.answer("200 OK", x.body[:-1]),
    "too_long": lambda x: x.answer("200 OK", x.body + b"x"),
    "absurd_length": absurd_length,
    "endless": endless,
    "endless_chunked": endless_chunked,
    # For clients that trust Content-Encoding.
    "gzip_bomb": lambda x: x.answer("200 OK", packed_zeros(), Content_Encoding="gzip"),
    "repacked": lambda x: x.answer("200 OK", gzip.compress(x.body), Content_Encoding="gzip"),
}


class FaultServer:
    """The mirrors, one port per behaviour, each started when its address is first requested."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.requests: list[Request] = []
        self._over = Over()
        self._listeners: dict[str, socketserver.ThreadingTCPServer] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> "FaultServer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        for listener in self._listeners.values():
            listener.shutdown()
            listener.server_close()

    def base(self, behaviour: str, tls: ssl.SSLContext | None = None) -> str:
        """Return the base address of the mirror with this behaviour."""
        if behaviour not in self._listeners:
            self._listeners[behaviour] = self._listen(behaviour, tls)
        port = self._listeners[behaviour].server_address[1]
        return f"{'https' if tls else 'http'}://127.0.0.1:{port}"

    def gets(self, behaviour: str) -> int:
        """Return how many requests this mirror has had."""
        return sum(request.behaviour == behaviour for request in self.requests)

    def _listen(
        self, behaviour: str, tls: ssl.SSLContext | None
    ) -> socketserver.ThreadingTCPServer:
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                # Clients may disconnect at any time.
                with suppress(OSError):
                    outer._serve(self.request, behaviour, tls)

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 64

        listener = Listener(("127.0.0.1", 0), Handler)
        threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
        return listener

    def _serve(
        self, connection: socket.socket, behaviour: str, tls: ssl.SSLContext | None
    ) -> None:
        connection.settimeout(30)
        if tls:
            connection = tls.wrap_socket(connection, server_side=True)
        with closing(connection), closing(connection.makefile("rb")) as lines:
            words = lines.readline().split()
            if len(words) != 3 or words[0] != b"GET":
                return
            name = words[1].decode().rpartition("/")[2]
            headers = dict(_headers(lines))
            with self._lock:
                request = Request(behaviour, name, headers)
                self.requests.append(request)
                nth = self.gets(behaviour)
            body = self.files.get(name, next(iter(self.files.values())))
            BEHAVIOURS[behaviour](Exchange(connection, request, body, nth, self._over))


def _headers(lines: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if not line.strip():
            return
        key, _, value = line.decode("latin-1").partition(":")
        yield key.strip().lower(), value.strip()


@contextmanager
def refusing_base() -> Iterator[str]:
    """Yield the base address of a port on which no server listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def tls_context(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a server's TLS context and the file with the CA certificate that vouches for it."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_text(CERTIFICATE)
    key.write_text(KEY)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate


# For 127.0.0.1 and localhost only, signed by itself, valid from 2020 to 2120. The key is public
# on purpose: it guards nothing.
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBgDCCASWgAwIBAgIBATAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1ubnRyYWlu
LXRlc3RzMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAYMRYwFAYD
VQQDDA1ubnRyYWluLXRlc3RzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQDrW
O86okLdqyYh6E1owwqXEZn39X7iE1pEdA81VfJFuvHlg35VShQXB714kx1yEMSsw
5ErFBa600f7qMtGBoaNeMFwwGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMA8G
A1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgKEMB0GA1UdDgQWBBRqX0aiT3HD
L03EV/gXyRSEdHvbLDAKBggqhkjOPQQDAgNJADBGAiEAxokr76gD3spXKbXWE/eN
f9EF+Rq/Tw1ncUQnQ0nlXYwCIQDd8sTUshj4on4mnR4D+KJtQv+uPsErvBPu/4Xm
Vi58XA==
-----END CERTIFICATE-----
"""
KEY = """\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIL8/Wy+XDSQn4x960sy4zIAIhzY64+Qq3FfVx34Rd+oeoAoGCCqGSM49
AwEHoUQDQgAEQDrWO86okLdqyYh6E1owwqXEZn39X7iE1pEdA81VfJFuvHlg35VS
hQXB714kx1yEMSsw5ErFBa600f7qMtGBoQ==
-----END EC PRIVATE KEY-----
"""
