from pathlib import Path

import pytest

from nntrain.data.loading import load


@pytest.fixture
def where(tiny, tmp_path):
    """The words that have a command make its experiment in ``tmp_path / "a"``."""
    return ("--dataset", tiny, "--runs-dir", tmp_path, "--name", "a")


@pytest.fixture(scope="session")
def dataset(tiny):
    return load(str(tiny), Path("unused"), offline=True)
