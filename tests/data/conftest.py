import socket
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.data.made import tiny
from tests.faultserver import FaultServer


@pytest.fixture
def no_network(monkeypatch):
    """Fail the test at any socket or name lookup."""

    def explode(*_, **__):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket, "socket", explode)
    monkeypatch.setattr(socket, "getaddrinfo", explode)
    monkeypatch.setattr(socket, "create_connection", explode)


@pytest.fixture
def mirror():
    made = tiny()
    with FaultServer(made.files) as server:
        yield server, replace(made.entry, mirrors=(server.base("good"),))


@pytest.fixture
def drawings(monkeypatch):
    """Replace drawing, which has its own tests; lists (count, seed) of each call."""
    calls = []

    def generate(count, seed):
        calls.append((count, seed))
        return np.full((count, 28, 28), seed, np.uint8), (np.arange(count) % 10).astype(np.uint8)

    module = SimpleNamespace(generate=generate)
    monkeypatch.setitem(sys.modules, "nntrain.data.synthetic.generate", module)
    return calls
