"""Download: a web address becomes one verified file, or an error that says why not.

A file counts as downloaded only when its size and SHA-256 are the known ones. So a mirror can
do no harm: whatever goes wrong there, the next mirror is tried. Every wait has a limit, stated
in ``Timeouts``. Progress goes to a ``DownloadReport``.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from nntrain.data.disk import disk_errors, is_the_file, locked, set_aside
from nntrain.data.download import SILENT, TIMEOUTS, DownloadReport, Timeouts
from nntrain.data.download.request import answer
from nntrain.data.download.transfer import Cause, MirrorFault, Part, check_headers, read_body
from nntrain.errors import DownloadError, SettingsError
from nntrain.storage.atomic import whole_file


def addresses(
    file_name: str, dataset: str, own: Sequence[str], published: Sequence[str]
) -> list[str]:
    """Return the full addresses of a file, the user's own mirrors first.

    A base address may end with a slash; ``{dataset}`` in it is replaced by the dataset's name.
    Raises SettingsError for an own mirror that is not an http or https address.
    """
    for base in own:
        if not _is_web_address(base):
            raise SettingsError(
                f"mirror {base!r}: expected an address that begins with http:// or https://, "
                "for example https://example.org/data/{dataset}/"
            )
    bases = [base.replace("{dataset}", dataset) for base in (*own, *published)]
    return [f"{base.rstrip('/')}/{file_name}" for base in dict.fromkeys(bases)]


def _is_web_address(base: str) -> bool:
    try:
        parts = urlsplit(base)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


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

    A good file that exists already is kept without using the network; a bad one is renamed to
    ``<name>.bad``. If several processes call this at once, one downloads and the others wait for
    its file. ``unreachable`` (host to reason) is read and added to: hosts in it are not tried
    again. Raises DownloadError, with each address and its reason, if none gave the file, and
    DatasetError if the disk fails; in both cases no temporary file remains.
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
    silent_s = 0.0
    for url in urls:
        host = urlsplit(url).netloc
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
            return
        except MirrorFault as fault:
            failures.append(_Failure(url, fault.reason, fault.cause))
            if fault.cause == "unreachable":
                unreachable[host] = fault.reason
                silent_s += time.monotonic() - began
            part.report.message(f"{_without_password(url)}: {fault.reason}")
    raise _no_mirror_left(part.path, part.size_bytes, part.sha256, failures)


def _from_mirror(url: str, part: Part, timeouts: Timeouts, answer_s: float) -> None:
    """Fill ``part`` from one address, in at most ``timeouts.attempts`` attempts.

    ``answer`` repeats requests; a body that breaks off is downloaded from its start again here.
    """
    attempt = 1

    def announce(reason: str, pause_s: float) -> None:
        nonlocal attempt
        attempt += 1
        part.report.message(f"{_without_password(url)}: {reason}; trying again in {pause_s:.3g} s")

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


def _without_password(url: str) -> str:
    """Return the address without user and password, so that it can be shown."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


class _Failure(NamedTuple):
    """One mirror that did not give the file."""

    url: str
    reason: str
    cause: Cause


def _no_mirror_left(
    destination: Path, size_bytes: int, sha256: str, failures: list[_Failure]
) -> DownloadError:
    """Return the error that lists each mirror with its reason, and what to do."""
    lines = [f"could not download {destination.name}: every mirror failed."]
    lines += [f"  {_without_password(failure.url)}: {failure.reason}" for failure in failures]
    causes = {failure.cause for failure in failures}
    if "tls" in causes:
        lines.append(
            "The certificate of a mirror could not be verified. If a proxy inspects TLS, set "
            "REQUESTS_CA_BUNDLE to the file with its CA certificate; check the computer's clock "
            "too. Verification is never switched off."
        )
    if "proxy" in causes:
        lines.append(
            "The proxy did not pass the request on: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY."
        )
    elif causes == {"unreachable"}:
        lines.append("If this network needs a proxy, set HTTPS_PROXY to its address.")
    lines.append(
        "What to do: try again later; or name a mirror of your own with --mirror URL "
        f"(or NNTRAIN_MIRROR); or put the file into {destination.parent} by hand "
        f"({size_bytes} bytes, SHA-256 {sha256}) and use --offline."
    )
    return DownloadError("\n".join(lines))
