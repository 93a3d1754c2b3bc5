"""What a request carries, by which way it goes, and where it follows a mirror."""

import base64
import shutil
import socket
import socketserver
import threading
from contextlib import contextmanager

import pytest

from nntrain import __version__
from nntrain.errors import DownloadError
from tests.data.download.helpers import BODY, NAME
from tests.data.download.helpers import get_patiently as get
from tests.faultserver import BEHAVIOURS, FaultServer, answering, refusing_base, tls_context

AWAY = "redirect to another mirror"


@pytest.fixture
def fresh():
    """A server of its own, so that its requests are those of the test."""
    with FaultServer({NAME: BODY}) as server:
        yield server


@pytest.fixture
def sending_away(monkeypatch, fresh):
    """A function that returns the base address of a mirror that redirects to ``location``."""

    def mirror(location, tls=None):
        monkeypatch.setitem(BEHAVIOURS, AWAY, answering("302 Found", Location=location))
        return fresh.base(AWAY, tls)

    return mirror


def sent(server, header):
    """The values of a header in the requests so far; None where a request has none."""
    return [request.headers.get(header) for request in server.requests]


def test_a_request_names_nntrain_and_asks_for_uncompressed_bytes(fresh, tmp_path):
    get([fresh.base("good")], tmp_path)
    assert sent(fresh, "user-agent") == [f"nntrain/{__version__}"]
    assert sent(fresh, "accept-encoding") == ["identity"]


def test_no_password_of_a_netrc_is_sent(fresh, sending_away, tmp_path, monkeypatch):
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login user password secret\ndefault login u password p\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    mirror = sending_away(f"{fresh.base('good')}/{NAME}")
    get([mirror], tmp_path / "home")
    monkeypatch.setenv("NETRC", str(netrc))
    get([mirror], tmp_path / "variable")
    assert sent(fresh, "authorization") == [None] * 4


def test_the_password_of_a_mirror_goes_nowhere_else(fresh, sending_away, tmp_path):
    def with_password(base):
        return base.replace("http://", "http://us%40er:p%C3%A4ss:1@")

    basic = "Basic " + base64.b64encode("us@er:päss:1".encode()).decode()
    get([with_password(fresh.base("redirect_once"))], tmp_path / "same")
    get([with_password(sending_away(f"{fresh.base('good')}/{NAME}"))], tmp_path / "other")
    assert sent(fresh, "authorization") == [basic, basic, basic, None]


def test_a_redirect_with_a_password_is_refused(fresh, sending_away, tmp_path):
    base = fresh.base("good").replace("http://", "http://user:secret@")
    with pytest.raises(DownloadError, match="redirect to an address with a user") as caught:
        get([sending_away(f"{base}/{NAME}")], tmp_path)
    assert "secret" not in str(caught.value)
    assert fresh.gets("good") == 0


def test_a_redirect_from_https_to_http_is_refused(fresh, sending_away, tmp_path, monkeypatch):
    context, certificate = tls_context(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with pytest.raises(DownloadError, match="redirect from https to an address without TLS"):
        get([sending_away(f"{fresh.base('good')}/{NAME}", context)], tmp_path / "data")
    assert fresh.gets("good") == 0


@contextmanager
def tunnelling_proxy():
    """Yield the address of a proxy that answers CONNECT, and the list of where it connected."""
    asked = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            method, where, _ = self.rfile.readline().decode().split()
            asked.append(f"{method} {where}")
            while self.rfile.readline().strip():
                pass
            host, port = where.rsplit(":", 1)
            with socket.create_connection((host, int(port))) as there:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                back = (there.makefile("rb", 0), self.wfile)
                threading.Thread(target=shutil.copyfileobj, args=back, daemon=True).start()
                shutil.copyfileobj(self.connection.makefile("rb", 0), there.makefile("wb", 0))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as proxy:
        proxy.daemon_threads = True
        threading.Thread(target=proxy.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_address[1]}", asked
        proxy.shutdown()


def test_http_proxy_is_asked_with_its_password_and_no_proxy_avoids_it(
    fresh, tmp_path, monkeypatch
):
    proxy = fresh.base("good").replace("http://", "http://user:secret@")
    monkeypatch.setenv("HTTP_PROXY", proxy)
    get(["http://mirror.invalid"], tmp_path / "through")
    assert sent(fresh, "host") == ["mirror.invalid"]
    assert sent(fresh, "proxy-authorization") == [
        "Basic " + base64.b64encode(b"user:secret").decode()
    ]
    with refusing_base() as nobody:
        monkeypatch.setenv("HTTP_PROXY", nobody)
        with pytest.raises(DownloadError, match="no connection through the proxy"):
            get([fresh.base("good")], tmp_path / "around")
        monkeypatch.setenv("NO_PROXY", "example.org,127.0.0.1")
        get([fresh.base("good")], tmp_path / "around")
    assert sent(fresh, "proxy-authorization")[1:] == [None]


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_https_proxy_and_certificates_of_the_environment_are_used(
    fresh, tmp_path, monkeypatch, variable
):
    context, certificate = tls_context(tmp_path)
    mirror = fresh.base("good", context)
    with tunnelling_proxy() as (proxy, asked):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(DownloadError, match="TLS certificate not verified"):
            get([mirror], tmp_path / "data")
        monkeypatch.setenv(variable, str(certificate))
        get([mirror], tmp_path / "data")
        assert asked == [f"CONNECT {mirror.removeprefix('https://')}"] * 2
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        get([mirror], tmp_path / "around")
        assert len(asked) == 2


@pytest.mark.parametrize(
    "proxy", ["http://user:se/cret@{}", "http://secret:secret", "ftp://user:secret@{}"]
)
def test_a_malformed_proxy_reveals_no_password(tmp_path, monkeypatch, proxy):
    monkeypatch.setenv("HTTP_PROXY", proxy.format("127.0.0.1:9"))
    with pytest.raises(DownloadError, match="the proxy's in HTTPS_PROXY or HTTP_PROXY") as caught:
        get(["http://mirror.invalid"], tmp_path)
    assert not {"se", "cret", "secret"} & {*str(caught.value).replace("'", " ").split()}
    assert "user" not in str(caught.value)
