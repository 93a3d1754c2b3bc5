"""Request: asks one mirror for a file, with retries, redirects and a deadline.

urllib3's ``Retry`` retries a request that broke off or got a status worth retrying. This module
follows redirects, because requests reads the whole body of each one, and keeps the deadline: no
timeout of requests limits a name lookup, a host with many addresses, or headers that arrive byte
by byte.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import unquote_to_bytes, urljoin, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import InvalidHeader
from urllib3.util.retry import Retry

from nntrain import __version__
from nntrain.data.download import Timeouts
from nntrain.data.download.transfer import MirrorFault, fault_of

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse  # urllib3 1 has none

_MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_RETRIED = (429, 500, 502, 503, 504)

Announce = Callable[[str, float], None]
"""Called before each retry with the reason and the pause in seconds."""


class _Pause(NamedTuple):
    """A retry follows after ``seconds``."""

    reason: str
    seconds: float


@dataclass
class _Left:
    """Shared by all hops of one answer: the attempts left, and the current one's deadline."""

    attempts: int
    deadline: float


_Events = queue.SimpleQueue[_Pause | requests.Response | Exception]


@contextmanager
def answer(
    url: str, timeouts: Timeouts, answer_s: float, announce: Announce
) -> Iterator[requests.Response]:
    """Yield the first answer that is not a redirect, before its body is read.

    Raises MirrorFault if there is none within ``answer_s`` seconds, not counting pauses, or if
    the retries are used up.
    """
    left = _Left(timeouts.attempts, time.monotonic() + answer_s)
    with _OneHop() as session:
        url = session.log_in(url)
        for _ in range(_MAX_REDIRECTS + 1):
            with closing(_ask(session, url, timeouts, answer_s, left, announce)) as response:
                if response.status_code not in _REDIRECTS or "Location" not in response.headers:
                    yield response
                    return
            url = session.redirected(url, response.headers["Location"])
    raise MirrorFault(f"more than {_MAX_REDIRECTS} redirects")


class _OneHop(requests.Session):
    """A session that does not follow redirects and asks for uncompressed bytes, to be hashed.

    It takes no password from a netrc file, where requests looks if ``auth`` is not set: a mirror
    could redirect to any host listed there. (``trust_env = False`` would also ignore the
    environment's proxies and certificates.)
    """

    def __init__(self) -> None:
        super().__init__()
        self.headers["User-Agent"] = f"nntrain/{__version__}"
        self.headers["Accept-Encoding"] = "identity"
        self.auth = _anonymous

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None

    def log_in(self, url: str) -> str:
        """Return ``url`` without its user and password, which move to a header."""
        parts = urlsplit(url)
        user_info, at, host = parts.netloc.rpartition("@")
        if at:
            user, _, password = map(
                unquote_to_bytes, user_info.encode(errors="replace").partition(b":")
            )
            self.auth = HTTPBasicAuth(user, password)
        return urlunsplit(parts._replace(netloc=host))

    def redirected(self, url: str, location: str) -> str:
        """Return the address that ``url`` redirects to; another origin gets no password."""
        try:
            target = urljoin(url, location)
            old, new = urlsplit(url), urlsplit(target)
        except ValueError as error:
            raise MirrorFault(f"a redirect to an invalid address ({error})") from error
        if "@" in new.netloc:
            raise MirrorFault("a redirect to an address with a user or password")
        if old.scheme == "https" and new.scheme != "https":
            raise MirrorFault("a redirect from https to an address without TLS")
        if (old.scheme, old.netloc) != (new.scheme, new.netloc):
            self.auth = _anonymous
        return target


def _anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send the request without user and password."""
    return request


def _ask(
    session: requests.Session,
    url: str,
    timeouts: Timeouts,
    answer_s: float,
    left: _Left,
    announce: Announce,
) -> requests.Response:
    """Return the answer to one request, made in a thread so that the deadline holds."""
    events = _Events()
    given_up = threading.Event()
    rule = _Retries.within(timeouts, left.attempts - 1, events, given_up)
    adapter = HTTPAdapter(max_retries=rule)
    session.mount("http://", adapter)
    session.mount("https://", adapter)

    def get() -> None:
        try:
            response = session.get(url, stream=True, timeout=(timeouts.connect_s, timeouts.read_s))
        except Exception as error:
            events.put(error)
            return
        if given_up.is_set():
            response.close()
        events.put(response)

    threading.Thread(target=get, name="nntrain-download", daemon=True).start()
    try:
        while isinstance(event := events.get(timeout=_until(left.deadline)), _Pause):
            left.attempts -= 1
            left.deadline = time.monotonic() + event.seconds + answer_s
            announce(*event)
    except queue.Empty:
        raise MirrorFault(f"no answer within {answer_s:.3g} s", cause="unreachable") from None
    finally:
        given_up.set()
    if isinstance(event, Exception):
        fault = fault_of(event)
        raise MirrorFault(fault.reason, cause=fault.cause) from event
    return event


def _until(moment: float) -> float:
    """Return the seconds left until ``moment``, at least 0."""
    return max(moment - time.monotonic(), 0)


class _Retries(Retry):
    """The rule by which urllib3 retries a request.

    Unlike urllib3's own, it puts each pause into ``events`` first, does not read the body of an
    error, and limits the pause that Retry-After asks for.
    """

    timeouts: Timeouts
    events: _Events
    given_up: threading.Event

    @classmethod
    def within(
        cls, timeouts: Timeouts, retries: int, events: _Events, given_up: threading.Event
    ) -> Self:
        """Return the rule for a request with up to ``retries`` retries."""
        rule = cls(
            total=retries,
            connect=0,  # if a host cannot be reached, try the next mirror
            other=0,
            status_forcelist=_RETRIED,
            raise_on_status=False,
        )
        rule.timeouts, rule.events, rule.given_up = timeouts, events, given_up
        return rule

    def new(self, **changes: Any) -> Self:
        rule = super().new(**changes)
        rule.timeouts, rule.events, rule.given_up = self.timeouts, self.events, self.given_up
        return rule

    def increment(self, *args: Any, **kwargs: Any) -> Self:
        response = kwargs.get("response")
        if response is not None:
            response.close()  # or urllib3 would read its whole body into memory
            wait_s = self.get_retry_after(response) or 0
            if wait_s > self.timeouts.retry_after_max_s:
                asks = f"asks to retry in {wait_s:.0f} s"
                raise MirrorFault(f"HTTP status {response.status}, {asks}")
        return super().increment(*args, **kwargs)

    def parse_retry_after(self, retry_after: str) -> float:
        try:
            return super().parse_retry_after(retry_after)
        except (InvalidHeader, ValueError, OverflowError):
            return 0.0

    def get_backoff_time(self) -> float:
        # urllib3 itself pauses only from the second retry on
        return self.timeouts.backoff_s * 2.0 ** (len(self.history) - 1)

    def sleep(self, response: "BaseHTTPResponse | None" = None) -> None:
        last = self.history[-1]
        reason = fault_of(last.error).reason if last.error else f"HTTP status {last.status}"
        asked_s = self.get_retry_after(response) if response is not None else None
        pause = _Pause(reason, asked_s or self.get_backoff_time())
        self.events.put(pause)
        if self.given_up.wait(pause.seconds):
            raise MirrorFault("the request was abandoned")
