import pytest

from tests.data.download.helpers import BODY, NAME
from tests.faultserver import FaultServer

IN_CAPITALS = "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"
VARIABLES = (*IN_CAPITALS, *map(str.lower, IN_CAPITALS), "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(scope="module")
def server():
    with FaultServer({NAME: BODY}) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
