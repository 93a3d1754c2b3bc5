import pytest


@pytest.fixture
def where(tiny, tmp_path):
    """The words that have a command make its experiment in ``tmp_path / "a"``."""
    return ("--dataset", tiny, "--runs-dir", tmp_path, "--name", "a")
