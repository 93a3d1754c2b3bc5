import shutil

import pytest

from tests.cli.disks import Disks
from tests.cli.helpers import run

SMALL = ["--hidden", "12", "--epochs", "2", "--batch-size", "10"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def base(tiny, tmp_path_factory):
    """A folder of runs with one that is finished, called base: to copy, not to change."""
    runs_dir = tmp_path_factory.mktemp("base") / "runs"
    words = ("--dataset", tiny, *SMALL, "--name", "base", "--runs-dir", runs_dir, "-q")
    run("fit", *words, env={"NNTRAIN_NO_REPORT": "1"})
    return runs_dir


@pytest.fixture
def fitted(home, base):
    """A working directory with one finished run, called base."""
    shutil.copytree(base, home / "runs", symlinks=True)
    return home


@pytest.fixture
def at_event(monkeypatch):
    """A function that has ``action()`` done in the middle of the next training, after an event.

    Events are those of ``fitting.drive``: blocks of mini-batches, and ends of epochs.
    """
    from nntrain.workflows import train

    drive, plans = train.drive, {}

    def driven(training, run):
        for number, event in enumerate(drive(training, run), start=1):
            if number in plans:
                plans.pop(number)()
            yield event

    monkeypatch.setattr(train, "drive", driven)
    return plans.__setitem__


@pytest.fixture
def disks():
    """File systems that are removed after the test."""
    made = Disks()
    yield made
    while made.folders:
        made.unmount()
