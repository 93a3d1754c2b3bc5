"""Mirrors: the web addresses that a file may be at, and how a message shows them."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from nntrain.errors import SettingsError, in_a_line

_BEGINNING = re.compile(r"(?:--[a-z-]+=)?[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HOST_AND_PATH = re.compile(r"[^@:/]+/[^:]*")
_WITHOUT_SECRET = re.compile(r"(?:[a-z]+://)?[^@:]*")


def addresses(
    file_name: str, dataset: str, own: Sequence[str], published: Sequence[str]
) -> list[str]:
    """Return the full addresses of a file, the user's own mirrors first.

    A base address may end with a slash; ``{dataset}`` in it is replaced by the dataset's name.
    Raises SettingsError if one of the ``own`` mirrors is not an http or https address.
    """
    for number, base in enumerate(own, start=1):
        if not _is_web_address(base):
            raise SettingsError(
                f"mirror {_malformed(base, number)}: expected an address that begins with "
                "http:// or https://, for example https://example.org/data/{dataset}/. "
                "In a user or password, write / as %2F and @ as %40."
            )
    bases = [base.replace("{dataset}", dataset) for base in (*own, *published)]
    return list(dict.fromkeys(f"{base.rstrip('/')}/{file_name}" for base in bases))


def _is_web_address(base: str) -> bool:
    try:
        parts = urlsplit(base)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # for an invalid port too
        return False


def _malformed(base: str, number: int) -> str:
    """Return the address if no part of it can be a password, otherwise only its number."""
    if _WITHOUT_SECRET.fullmatch(base):
        return in_a_line(repr(base))
    return f"number {number} (not shown, because it may contain a password)"


def without_password(text: str) -> str:
    """Return an address, or a command word that contains one, without user and password.

    A ``/`` in a password would end the host too early, so everything up to the last ``@`` is
    hidden. An ``@`` in the path, as in ``https://cdn.example/data@main/``, has no colon before it.
    """
    found = _BEGINNING.match(text)
    beginning = found.group() if found else ""
    hidden, at, rest = text[len(beginning) :].rpartition("@")
    harmless = _HOST_AND_PATH.fullmatch(hidden) if beginning else not re.search(":|//", hidden)
    return text if not at or harmless else f"{beginning}…@{rest}"
