"""Download: fetches one verified file from the first mirror that has it, or says why none does.

A file is accepted only if its size and SHA-256 match, so a faulty mirror can do no harm: whatever
goes wrong there, the next mirror is tried. Every wait has a limit, stated in ``Timeouts``.
Progress goes to a ``DownloadReport``.
"""

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from nntrain.data.disk import disk_errors, is_the_file, locked, set_aside
from nntrain.data.download import SILENT, TIMEOUTS, DownloadReport, Timeouts
from nntrain.data.download.mirrors import without_password
from nntrain.data.download.request import answer
from nntrain.data.download.transfer import Cause, MirrorFault, Part, check_headers, read_body
from nntrain.errors import DownloadError, in_words
from nntrain.storage.atomic import whole_file

MIRROR = ("--mirror URL (or NNTRAIN_MIRROR)", "mirrors=[URL]")


def fetch(
    urls: Iterable[str],
    destination: Path,
    size_bytes: int,
    sha256: str,
    *,
    report: DownloadReport = SILENT,
    timeouts: Timeouts = TIMEOUTS,
    unreachable: dict[str, str] | None = None,
) -> Path:
    """Make ``destination`` the file of this size and SHA-256, from the first address that has it.

    An existing good file is kept without using the network; a bad one is renamed to
    ``<name>.bad``. If several processes call this at once, one downloads and the others wait for
    its file. ``unreachable`` (host to reason) is read and updated: its hosts are not tried again.
    Raises DownloadError, with each address and its reason, if all of them fail, and DatasetError
    if the disk fails; in both cases no temporary file remains.
    """
    with locked(destination.with_name(f"{destination.name}.lock"), report.message):
        if destination.exists():
            if is_the_file(destination, size_bytes, sha256):
                return destination
            bad = set_aside(destination)
            report.message(f"{destination} is damaged; renamed to {bad.name}, downloading again")
        with disk_errors("write", destination), whole_file(destination) as file:
            part = Part(file, destination, size_bytes, sha256, report)
            try:
                _from_first_good(urls, part, timeouts, {} if unreachable is None else unreachable)
            finally:
                report.finish()
    return destination


def _from_first_good(
    urls: Iterable[str], part: Part, timeouts: Timeouts, unreachable: dict[str, str]
) -> None:
    failures: list[_Failure] = []
    tried: list[_Failure] = []
    silent_s = 0.0
    for url in urls:
        host = urlsplit(url).netloc.rpartition("@")[2]
        if host in unreachable:
            reason = f"{unreachable[host]} (not tried again)"
            failures.append(_Failure(url, reason, "unreachable"))
            continue
        # Mirrors that never answer share silence_s, so that without a network the download
        # fails soon; a later mirror still has time to answer.
        left_s = max(timeouts.silence_s - silent_s, timeouts.answer_s / 4)
        began = time.monotonic()
        try:
            _from_mirror(url, part, timeouts, min(timeouts.answer_s, left_s))
        except MirrorFault as fault:
            failures.append(_Failure(url, fault.reason, fault.cause))
            tried.append(failures[-1])
            if fault.cause == "unreachable":
                unreachable[host] = fault.reason
                silent_s += time.monotonic() - began
        else:
            for failure in tried:  # if all fail, the error lists them instead
                part.report.message(str(failure))
            return
    raise _no_mirror_left(part.path, part.size_bytes, part.sha256, failures)


def _from_mirror(url: str, part: Part, timeouts: Timeouts, answer_s: float) -> None:
    """Fill ``part`` from one address, in at most ``timeouts.attempts`` attempts.

    ``answer`` retries requests; this function restarts a body that breaks off.
    """
    attempt = 1

    def announce(reason: str, pause_s: float) -> None:
        nonlocal attempt
        attempt += 1
        part.report.message(f"{without_password(url)}: {reason}; trying again in {pause_s:.3g} s")

    while True:
        part.restart()
        left = replace(timeouts, attempts=timeouts.attempts - attempt + 1)
        try:
            with answer(url, left, answer_s, announce) as response:
                check_headers(response, part.size_bytes)
                read_body(response.raw, part, timeouts)
            part.verify()
            return
        except MirrorFault as fault:
            if not fault.retry or attempt >= timeouts.attempts:
                if attempt > 1:
                    fault.reason += f" (tried {attempt} times)"
                raise
            pause_s = timeouts.backoff_s * 2 ** (attempt - 1)
            announce(fault.reason, pause_s)
            time.sleep(pause_s)


class _Failure(NamedTuple):
    """One mirror that failed."""

    url: str
    reason: str
    cause: Cause

    def __str__(self) -> str:
        return f"{without_password(self.url)}: {self.reason}"


def _no_mirror_left(
    destination: Path, size_bytes: int, sha256: str, failures: list[_Failure]
) -> DownloadError:
    """Return the error that lists each mirror with its reason, and what to do."""
    lines = [f"could not download {destination.name}: every mirror failed."]
    lines += [f"  {failure}" for failure in failures]
    causes = {failure.cause for failure in failures}
    if "tls" in causes:
        lines.append(
            "The certificate of a mirror could not be verified. If a proxy inspects TLS, set "
            "REQUESTS_CA_BUNDLE to the file with its CA certificate; check the computer's clock "
            "too. Verification is never switched off."
        )
    if "proxy" in causes:
        lines.append(
            "The proxy did not forward the request: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY."
        )
    elif causes == {"unreachable"}:
        lines.append("If this network needs a proxy, set HTTPS_PROXY to its address.")
    lines.append(
        f"Try again later, or give another mirror with {in_words(*MIRROR)}, or copy "
        f"the file into {destination.parent} ({size_bytes} bytes, SHA-256 {sha256}) and use "
        f"{in_words('--offline', 'offline=True')}."
    )
    return DownloadError("\n".join(lines))
