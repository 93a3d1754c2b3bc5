"""Mirrors: the base addresses of a file, tried in order, and why each one failed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from nntrain.data.download.transfer import Cause
from nntrain.errors import DownloadError, SettingsError


@dataclass(frozen=True)
class Failure:
    """One mirror that did not give the file."""

    url: str
    reason: str
    cause: Cause


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


def without_password(url: str) -> str:
    """Return the address without user and password, so that it can be shown."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def no_mirror_left(
    destination: Path, size_bytes: int, sha256: str, failures: Iterable[Failure]
) -> DownloadError:
    """Return the error that lists each mirror with its reason, and what to do."""
    failures = list(failures)
    lines = [f"could not download {destination.name}: every mirror failed."]
    lines += [f"  {without_password(failure.url)}: {failure.reason}" for failure in failures]
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
