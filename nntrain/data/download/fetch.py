"""Download: an address on the web becomes one verified file, or a message that says why not.

A file counts as downloaded only when its size and SHA-256 are the known ones, so it does not
matter what a mirror does: whatever goes wrong there, the next one is tried. Every wait has a
bound, stated in ``Patience``. Progress goes to a ``DownloadReport``.
"""

import queue
import threading
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from nntrain import __version__
from nntrain.data.download.mirrors import Failure, no_mirror_left, without_password
from nntrain.data.download.progress import PATIENCE, SILENT, DownloadReport, Patience
from nntrain.data.download.transfer import MirrorFault, Part, fault_of, read_body, retry_after_s
from nntrain.data.files import (
    is_the_file,
    locked,
    remove_stale_temporaries,
    set_aside,
    whole_file,
)

if TYPE_CHECKING:
    import requests

_MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (429, 500, 502, 503, 504)


def fetch(
    urls: Iterable[str],
    destination: Path,
    size_bytes: int,
    sha256: str,
    *,
    report: DownloadReport = SILENT,
    patience: Patience = PATIENCE,
    out_of_reach: dict[str, str] | None = None,
) -> Path:
    """Make ``destination`` the file of this size and SHA-256, from the first address that has it.

    A good file that is there already is kept without touching the network; a bad one is
    renamed to ``<name>.bad``. Several processes at once fetch once: the others wait and use
    the first one's file. ``out_of_reach`` (host to reason) is read and added to: hosts in it
    are not tried again. Raises DownloadError, listing each address and why, if none gave the
    file, and DatasetError if the disk refuses; then nothing stays behind.
    """
    with locked(destination.with_name(f"{destination.name}.lock"), report.message) as alone:
        if alone:
            remove_stale_temporaries(destination)
        if destination.exists():
            if is_the_file(destination, size_bytes, sha256):
                return destination
            bad = set_aside(destination)
            report.message(f"{destination} is damaged; renamed to {bad.name}, fetching it again")
        with whole_file(destination) as file:
            part = Part(file, destination, size_bytes, sha256, report)
            try:
                _from_first_good(
                    urls, part, patience, {} if out_of_reach is None else out_of_reach
                )
            finally:
                report.finish()
    return destination


def _from_first_good(
    urls: Iterable[str], part: Part, patience: Patience, out_of_reach: dict[str, str]
) -> None:
    failures: list[Failure] = []
    silent_s = 0.0
    for url in urls:
        host = urlsplit(url).netloc
        if host in out_of_reach:
            failures.append(
                Failure(url, f"{out_of_reach[host]} (not tried again)", "out of reach")
            )
            continue
        # Mirrors that never answer share one patience, so that a machine without a network
        # learns soon that it has none; a later mirror still gets time to answer.
        answer_s = min(
            patience.answer_s, max(patience.silence_s - silent_s, patience.answer_s / 4)
        )
        began = time.monotonic()
        try:
            _from_mirror(url, part, patience, answer_s)
            return
        except MirrorFault as fault:
            failures.append(Failure(url, fault.reason, fault.cause))
            if fault.cause == "out of reach":
                out_of_reach[host] = fault.reason
                silent_s += time.monotonic() - began
            part.report.message(f"{without_password(url)}: {fault.reason}")
    raise no_mirror_left(part.path, part.size_bytes, part.sha256, failures)


def _from_mirror(url: str, part: Part, patience: Patience, answer_s: float) -> None:
    """Fill ``part`` from one address, trying again after passing faults, from where it broke."""
    if part.count_bytes:
        part.begin()
    with _session() as session:
        for attempt in range(1, patience.attempts + 1):
            try:
                _transfer(session, url, part, patience, answer_s)
                part.verify()
                return
            except MirrorFault as fault:
                if not fault.passing:
                    raise
                if attempt == patience.attempts:
                    raise MirrorFault(
                        f"{fault.reason} (tried {attempt} times)", cause=fault.cause
                    ) from fault
                pause_s = patience.backoff_s * 2 ** (attempt - 1)
                if fault.wait_s is not None:
                    pause_s = fault.wait_s
                part.report.message(
                    f"{without_password(url)}: {fault.reason}; trying again in {pause_s:.3g} s"
                )
                time.sleep(pause_s)


def _session() -> "requests.Session":
    import requests

    class OneHop(requests.Session):
        """Leaves redirects to us: requests would read the whole body of each one."""

        def get_redirect_target(self, resp: requests.Response) -> str | None:
            return None

    session = OneHop()
    session.headers["User-Agent"] = f"nntrain/{__version__}"
    # The bytes as they are: a mirror must not repack what is to be hashed.
    session.headers["Accept-Encoding"] = "identity"
    return session


def _transfer(
    session: "requests.Session", url: str, part: Part, patience: Patience, answer_s: float
) -> None:
    """Ask for what is missing of ``part`` and read it."""
    headers = {"Range": f"bytes={part.count_bytes}-"} if part.count_bytes else {}
    with closing(_answer(session, url, headers, patience, answer_s)) as response:
        _check_status(response, part, patience)
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and float(announced) != part.missing_bytes:
            raise MirrorFault(f"wrong size: expected {part.missing_bytes} bytes, got {announced}")
        read_body(response.raw, part, patience)


def _answer(
    session: "requests.Session",
    url: str,
    headers: dict[str, str],
    patience: Patience,
    answer_s: float,
) -> "requests.Response":
    """Return the first answer that is no redirect, its body still to be read."""
    deadline = time.monotonic() + answer_s
    timeout = (patience.connect_s, patience.read_s)
    for _ in range(_MAX_REDIRECTS + 1):
        response = _ask(session, url, headers, timeout, deadline - time.monotonic())
        if response.status_code not in _REDIRECTS or "Location" not in response.headers:
            return response
        response.close()
        try:
            url = urljoin(url, response.headers["Location"])
        except ValueError as error:
            raise MirrorFault(f"a redirect to nowhere ({error})") from error
    raise MirrorFault(f"more than {_MAX_REDIRECTS} redirects")


def _ask(
    session: "requests.Session",
    url: str,
    headers: dict[str, str],
    timeout: tuple[float, float],
    deadline_s: float,
) -> "requests.Response":
    """Return the answer to one request, or raise a fault after ``deadline_s`` at the latest.

    It runs in a thread because no timeout of requests bounds it: a name lookup, a host with
    many addresses, or headers that trickle in byte by byte may take any time.
    """
    outcome: queue.SimpleQueue[requests.Response | Exception] = queue.SimpleQueue()
    given_up = threading.Event()

    def ask() -> None:
        try:
            response = session.get(url, headers=headers, stream=True, timeout=timeout)
        except Exception as error:
            outcome.put(error)
            return
        if given_up.is_set():
            response.close()
        outcome.put(response)

    threading.Thread(target=ask, name="nntrain-download", daemon=True).start()
    try:
        result = outcome.get(timeout=max(deadline_s, 0.0))
    except queue.Empty:
        given_up.set()
        raise MirrorFault(f"no answer within {deadline_s:.3g} s", cause="out of reach") from None
    if isinstance(result, Exception):
        raise fault_of(result) from result
    return result


def _check_status(response: "requests.Response", part: Part, patience: Patience) -> None:
    status = response.status_code
    if status in _PASSING:
        wait_s = retry_after_s(response.headers.get("Retry-After"))
        if wait_s is not None and wait_s > patience.retry_after_max_s:
            raise MirrorFault(f"HTTP status {status}, asks to come back in {wait_s:.0f} s")
        raise MirrorFault(f"HTTP status {status}", passing=True, wait_s=wait_s)
    if part.count_bytes and status == 206:
        if response.headers.get("Content-Range", "").startswith(f"bytes {part.count_bytes}-"):
            return
        status = 416
    if part.count_bytes and status in (200, 416):
        # It cannot continue, or not where we asked: from the start, then.
        part.begin()
        if status == 416:
            raise MirrorFault("does not continue a partial download", passing=True)
    if status != 200:
        raise MirrorFault(f"HTTP status {status}")
    if response.headers.get("Content-Type", "").lower().startswith("text/html"):
        raise MirrorFault("HTTP status 200, but an HTML page instead of the file")
