import pytest

from tests.cli.helpers import run

SMALL = ["--hidden", "12", "--epochs", "2", "--batch-size", "10"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def fitted(home, tiny):
    """A working directory with one finished run, called base."""
    run("fit", "--dataset", tiny, *SMALL, "--name", "base", "-q")
    return home
