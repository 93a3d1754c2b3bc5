import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from nntrain import __version__
from nntrain.data.download import Timeouts
from nntrain.errors import LONGEST_SHOWN, DatasetError, DownloadError
from tests.cli.disks import longest_file
from tests.data.download.helpers import BODY, NAME, QUICK, SHA256, get
from tests.data.made import Recorder
from tests.faultserver import BEHAVIOURS, FaultServer, refusing_base, tls_context

HASTY = replace(QUICK, answer_s=0.2, silence_s=0.2, read_s=1.0)

ALWAYS_BAD = {
    "reset": r"connection broken .*tried 2 times",
    "silent": r"no answer within 0.2 s",
    "garbage": r"SSH-2.0",
    "forbidden": r"HTTP status 403",
    "not_found": r"HTTP status 404",
    "busy": r"HTTP status 429 \(tried 2 times\)",
    "busy_for_an_hour": r"HTTP status 429, asks to retry in 3600 s$",
    "error": r"HTTP status 500 \(tried 2 times\)",
    "error_with_endless_body": r"HTTP status 500 \(tried 2 times\)",
    "truncated_once_then_error": r"HTTP status 500 \(tried 2 times\)",
    "unavailable": r"HTTP status 503 \(tried 2 times\)",
    "errors_around_a_redirect": r"HTTP status 500 \(tried 2 times\)",
    "redirect_loop": r"more than 5 redirects",
    "redirect_with_endless_body": r"more than 5 redirects",
    "redirect_nowhere": r"redirect",
    "truncated": r"(cut short|broken).*tried 2 times",
    "truncated_without_length": r"cut short: expected 20000 bytes, got 10000 \(tried 2 times\)",
    "truncated_chunked": r"(cut short|broken).*tried 2 times",
    "reset_in_mid_body": r"connection broken .*tried 2 times",
    "half_though_nobody_asked": r"HTTP status 206",
    "stall": r"stalled: nothing more arrived in time \(tried 2 times\)",
    "trickle": r"too slow: \d+ bytes in \d.\d s, expected at least 4000 per second",
    "trickle_of_headers": r"no answer within 0.2 s",
    "trickle_of_a_chunk_size": r"too slow: 1\d bytes in \d.\d s",
    "wrong_bytes": f"wrong content: expected SHA-256 {SHA256}, got ",
    "html": r"HTTP status 200, but an HTML page instead of the file",
    "html_called_binary": r"wrong size: expected 20000 bytes, got 15",
    "html_without_length": r"cut short: expected 20000 bytes, got 15",
    "too_short": r"wrong size: expected 20000 bytes, got 19999",
    "too_long": r"wrong size: expected 20000 bytes, got 20001",
    "absurd_length": r"wrong size: expected 20000 bytes, got 999",
    "endless": r"wrong size: expected 20000 bytes, got more",
    "endless_chunked": r"wrong size: expected 20000 bytes, got more",
    "gzip_bomb": r"wrong size: expected 20000 bytes, got 4\d{4}",
    "repacked": r"wrong size: expected 20000 bytes, got 20\d{3}",
}
IN_THE_END_GOOD = {
    "good": 1,
    "good_without_length": 1,
    "good_chunked": 1,
    "good_labelled_gzip": 1,
    "good_but_held_open": 1,
    "slow_but_honest": 1,
    "hesitant": 1,
    "busy_once": 2,
    "busy_until_a_date_once": 2,
    "busy_for_a_moment_once": 2,
    "error_once": 2,
    "redirect_once": 2,
    "redirect_after_a_pause": 3,
    "reset_in_mid_body_once": 2,
}
"""How often each is asked until the file is here."""
LEAST_S = {"busy_for_a_moment_once": 1.0, "redirect_after_a_pause": 1.0}
"""The pauses that Retry-After asks for."""


def timeouts_for(behaviour):
    if behaviour == "trickle_of_a_chunk_size":
        # Only the last resort helps here, after grace_s + size / min_bytes_per_s.
        return replace(QUICK, min_bytes_per_s=200_000.0)
    if behaviour in LEAST_S:  # the pause between two attempts is not part of the answer's time
        return replace(QUICK, answer_s=0.9 * LEAST_S[behaviour])
    return HASTY if behaviour in ("silent", "trickle_of_headers") else QUICK


def test_every_behaviour_of_the_server_is_used_here():
    assert {*ALWAYS_BAD, *IN_THE_END_GOOD} == set(BEHAVIOURS)


@pytest.mark.parametrize("behaviour", ALWAYS_BAD)
def test_a_bad_mirror_is_reported_and_the_next_one_is_used(server, tmp_path, behaviour):
    bad, good = server.base(behaviour), server.base("good")
    began = time.monotonic()
    with pytest.raises(DownloadError) as caught:
        get([bad], tmp_path, timeouts_for(behaviour))
    assert time.monotonic() - began < 3.0
    assert list(tmp_path.iterdir()) == []
    first, second, *_, last = str(caught.value).splitlines()
    assert first == f"could not download {NAME}: every mirror failed."
    assert second.startswith(f"  {bad}/{NAME}: ")
    assert re.search(ALWAYS_BAD[behaviour], second)
    assert len(second) < len(f"  {bad}/{NAME}: … (tried 2 times)") + LONGEST_SHOWN + 1
    for advice in ("mirrors=[URL]", "offline=True", str(tmp_path), SHA256):
        assert advice in last

    report = Recorder()
    get([bad, good], tmp_path, replace(timeouts_for(behaviour), silence_s=2.0), report)
    assert [p.name for p in tmp_path.iterdir()] == [NAME]
    assert (tmp_path / NAME).read_bytes() == BODY
    assert report.told(bad)
    assert (report.count_bytes, report.finished) == (len(BODY), 1)


@pytest.mark.parametrize("behaviour", IN_THE_END_GOOD)
def test_a_temporary_fault_is_retried_on_the_same_mirror(server, tmp_path, behaviour):
    before, began = server.gets(behaviour), time.monotonic()
    report = Recorder()
    get([server.base(behaviour)], tmp_path, timeouts_for(behaviour), report)
    assert (tmp_path / NAME).read_bytes() == BODY
    assert [p.name for p in tmp_path.iterdir()] == [NAME]
    assert server.gets(behaviour) - before == IN_THE_END_GOOD[behaviour]
    assert time.monotonic() - began >= LEAST_S.get(behaviour, 0)
    assert len(report.messages) == IN_THE_END_GOOD[behaviour] - 1 or "redirect" in behaviour
    assert set(report.starts) == {(NAME, len(BODY))}
    assert (report.count_bytes, report.finished) == (len(BODY), 1)


def test_the_request_names_nntrain_and_asks_for_uncompressed_bytes(tmp_path):
    with FaultServer({NAME: BODY}) as server:
        get([server.base("good")], tmp_path)
        headers = server.requests[0].headers
    assert headers["user-agent"] == f"nntrain/{__version__}"
    assert headers["accept-encoding"] == "identity"


@pytest.mark.alone
def test_a_refused_connection_is_not_tried_twice_and_names_the_proxy(server, tmp_path):
    with refusing_base() as first, refusing_base() as second:
        began = time.monotonic()
        with pytest.raises(DownloadError) as caught:
            get([first, second], tmp_path)
        assert time.monotonic() - began < 1.0
        assert str(caught.value).count("connection refused") == 2
        assert "HTTPS_PROXY" in str(caught.value)
        assert list(tmp_path.iterdir()) == []

        known = {}
        report = Recorder()
        get([first, server.base("good")], tmp_path, unreachable=known)
        assert known == {first.removeprefix("http://"): "connection refused"}
        (tmp_path / NAME).unlink()
        get([first, server.base("good")], tmp_path, report=report, unreachable=known)
        assert report.messages == []


@pytest.mark.alone
def test_without_name_lookup_all_four_mirrors_fail_within_seconds(tmp_path, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    began = time.monotonic()
    with pytest.raises(DownloadError) as caught:
        get([f"https://mirror{n}.invalid/" for n in range(4)], tmp_path, Timeouts())
    assert time.monotonic() - began < 3.0
    assert str(caught.value).count("host name not found") == 4


@pytest.mark.alone
def test_mirrors_that_never_answer_share_one_wait(tmp_path, monkeypatch):
    released = threading.Event()

    def hang(*_, **__):
        released.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    timeouts = replace(QUICK, answer_s=0.2, silence_s=0.3)
    began = time.monotonic()
    with pytest.raises(
        DownloadError, match=r"no answer within 0.2 s(?s:.*)no answer within 0.05 s"
    ):
        get([f"https://mirror{n}.invalid/" for n in range(4)], tmp_path, timeouts)
    released.set()
    # 0.2 + 0.1 + 0.05 + 0.05, and never the sum of four whole waits.
    assert time.monotonic() - began < 0.75


def test_an_unknown_certificate_is_explained_and_never_accepted(tmp_path, monkeypatch):
    context, certificate = tls_context(tmp_path)
    folder = tmp_path / "data"
    with FaultServer({NAME: BODY}) as server:
        base = server.base("good", tls=context)
        with pytest.raises(DownloadError, match="TLS certificate not verified") as caught:
            get([base], folder)
        assert "REQUESTS_CA_BUNDLE" in str(caught.value)
        assert server.gets("good") == 0
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "nowhere.pem"))
        with pytest.raises(DownloadError, match=r"not verified .*nowhere\.pem"):
            get([base], folder)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert get([base], folder).read_bytes() == BODY


def test_plain_http_on_an_https_address_is_a_failed_mirror(server, tmp_path):
    good = server.base("good")
    with pytest.raises(DownloadError, match="no TLS connection"):
        get([good.replace("http:", "https:")], tmp_path)


def test_a_proxy_that_fails_is_named_without_its_password(server, tmp_path, monkeypatch):
    with refusing_base() as nobody:
        proxy = nobody.replace("http://", "http://user:secret@")
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("NO_PROXY", "")
        with pytest.raises(DownloadError, match="no connection through the proxy") as caught:
            get([server.base("good")], tmp_path)
    assert "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_existing_good_file_is_kept_without_the_network(tmp_path):
    (tmp_path / NAME).write_bytes(BODY)
    assert get([], tmp_path) == tmp_path / NAME
    assert [p.name for p in tmp_path.iterdir()] == [NAME]


def test_interrupting_leaves_nothing_behind(server, tmp_path):
    class Interrupting(Recorder):
        def advance(self, count_bytes):
            raise KeyboardInterrupt

    report = Interrupting()
    with pytest.raises(KeyboardInterrupt):
        get([server.base("good")], tmp_path, report=report)
    assert list(tmp_path.iterdir()) == []
    assert report.finished == 1


def test_a_full_disk_is_not_blamed_on_the_mirror(server, tmp_path):
    bases = [server.base("good"), server.base("good_chunked")]
    message = r"cannot write .*digits\.gz: File too large"
    with longest_file(10_000), pytest.raises(DatasetError, match=message) as caught:
        get(bases, tmp_path)
    assert not isinstance(caught.value, DownloadError)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(server, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatasetError, match=r"cannot write .*file/data") as caught:
        get([server.base("good")], tmp_path / "file" / "data")
    assert not isinstance(caught.value, DownloadError)


FETCH = """
import sys
from pathlib import Path
from nntrain.data.download.fetch import fetch
url, folder, size, sha256 = sys.argv[1:]
fetch([url], Path(folder) / "digits.gz", int(size), sha256)
"""


def fetching_processes(count, base, folder):
    command = [sys.executable, "-c", FETCH, f"{base}/{NAME}", str(folder), str(len(BODY)), SHA256]
    return [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(count)]


@pytest.mark.parametrize("count", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_processes_at_the_same_time_fetch_once(tmp_path, count):
    with FaultServer({NAME: BODY}) as server:
        processes = fetching_processes(count, server.base("slow_but_honest"), tmp_path)
        errors = [process.communicate()[1].decode() for process in processes]
        assert errors == [""] * count
        assert server.gets("slow_but_honest") == 1
    assert [p.name for p in tmp_path.iterdir()] == [NAME]
    assert (tmp_path / NAME).read_bytes() == BODY


def test_threads_at_the_same_time_fetch_once_and_say_that_they_wait(tmp_path):
    reports = [Recorder() for _ in range(3)]
    with FaultServer({NAME: BODY}) as server, ThreadPoolExecutor() as pool:
        bases = [server.base("slow_but_honest")]
        for done in [pool.submit(get, bases, tmp_path, QUICK, report) for report in reports]:
            done.result()
        assert server.gets("slow_but_honest") == 1
    waits = [report.told("waiting for another") for report in reports]
    assert sorted(waits) == [False, True, True]


@pytest.mark.alone
@pytest.mark.skipif(os.name != "posix", reason="kills a process the POSIX way")
def test_a_killed_process_holds_no_lock(tmp_path):
    with FaultServer({NAME: BODY}) as server:
        (process,) = fetching_processes(1, server.base("stall"), tmp_path)
        while not server.gets("stall"):
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert (tmp_path / f"{NAME}.lock").exists()
        began = time.monotonic()
        get([server.base("good")], tmp_path)
        assert time.monotonic() - began < 1.0
    assert [p.name for p in tmp_path.iterdir()] == [NAME]


def test_reading_works_with_a_urllib3_that_has_no_read1(server, tmp_path, monkeypatch):
    from urllib3.response import BaseHTTPResponse, HTTPResponse

    for kind in (HTTPResponse, BaseHTTPResponse):
        monkeypatch.delattr(kind, "read1")
        monkeypatch.delattr(kind, "shutdown")
    get([server.base("good")], tmp_path)
    assert (tmp_path / NAME).read_bytes() == BODY


@contextmanager
def open_files_unchanged():
    folder = Path("/proc/self/fd")
    before = len(list(folder.iterdir())) if folder.exists() else 0
    yield
    for _ in range(100):
        if not folder.exists() or len(list(folder.iterdir())) <= before:
            return
        time.sleep(0.05)
    pytest.fail("files or connections were left open")


REFUSED, UNKNOWN_CA = "refused", "TLS with an unknown CA"


@pytest.mark.slow
def test_five_hundred_random_combinations(tmp_path, capsys):
    rng = random.Random(3)
    kinds = [*ALWAYS_BAD, *IN_THE_END_GOOD, REFUSED, UNKNOWN_CA]
    context, _ = tls_context(tmp_path)
    with (
        open_files_unchanged(),
        FaultServer({NAME: BODY}) as server,
        FaultServer({NAME: BODY}) as unknown,
        refusing_base() as refused,
        ThreadPoolExecutor(12) as pool,
    ):
        bases = {kind: server.base(kind) for kind in (*ALWAYS_BAD, *IN_THE_END_GOOD)}
        bases |= {REFUSED: refused, UNKNOWN_CA: unknown.base("good", tls=context)}
        cases = [[rng.choice(kinds) for _ in range(rng.randint(1, 5))] for _ in range(600)]

        def run(number):
            folder = tmp_path / str(number)
            mirrors = [bases[kind] for kind in cases[number]]
            try:
                get(mirrors, folder, replace(QUICK, read_s=1.0, answer_s=1.0, grace_s=1.0))
            except DownloadError as error:
                assert list(folder.iterdir()) == []
                message = str(error)
                assert all(base in message for base in mirrors)
                return False
            assert [p.name for p in folder.iterdir()] == [NAME]
            assert (folder / NAME).read_bytes() == BODY
            return True

        succeeded = list(pool.map(run, range(len(cases))))
    # "once" behaviours are good for ever after, the others as often as they are asked.
    expected = [any(kind in IN_THE_END_GOOD for kind in case) for case in cases]
    assert succeeded == expected
    with capsys.disabled():
        print(
            f"\n{len(cases)} random combinations of {len(kinds)} behaviours, "
            f"{sum(map(len, cases)):,} mirrors: {sum(succeeded)} files whole through a good "
            f"mirror, {len(cases) - sum(succeeded)} refused, nothing wrong accepted, "
            f"no temporary left"
        )
