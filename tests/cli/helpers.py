"""Running commands: in this process through click's runner, or as a real process."""

import http.server
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import partial

from click.testing import CliRunner

from nntrain.cli.main import cli


@contextmanager
def serving(folder):
    """Serve a folder on loopback; yield the address and the list of what was asked for."""
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            asked.append(self.path)

    handler = partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()


def run(*words, expect=0, env=None, answers=None):
    """Run a command in this process; check its exit code; return click's result.

    ``expect`` is the exit code, or a tuple of those that will do; ``answers`` is its stdin.
    """
    options = {"env": env, "input": answers, "prog_name": "nntrain"}
    result = CliRunner().invoke(cli, [str(word) for word in words], **options)
    if result.exit_code not in (expect if isinstance(expect, tuple) else (expect,)):
        raise AssertionError(
            f"nntrain {' '.join(map(str, words))}: exit {result.exit_code}, expected {expect}\n"
            f"{result.output}"
        ) from result.exception
    # an exception that nobody turned into a message is a traceback for the user
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def run_json(*words):
    """Run a command with --json and return the one document on its stdout."""
    return json.loads(run(*words, "--json").stdout)


def process(*words, env=None, cwd=None, start=False):
    """Run ``python -m nntrain`` as a process of its own; with ``start`` return it running."""
    kind = subprocess.Popen if start else subprocess.run
    options = {} if start else {"timeout": 120}
    return kind(
        [sys.executable, "-m", "nntrain", *map(str, words)],
        env={**os.environ, **(env or {})},
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **options,
    )
