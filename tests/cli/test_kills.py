"""SIGKILL before every access to a file: what is left, and what the same command does with it."""

import os
import shutil

import pytest

from tests.kills import lonely

pytestmark = pytest.mark.skipif(os.name != "posix", reason="forks and SIGKILL")

EVERYWHERE = """
import sys
from pathlib import Path
from nntrain.cli.main import cli
from tests.cli.helpers import run
from tests.kills import at_every_access

words, made, expected, gone = {values}
free = taken = 0
for number in at_every_access(lambda: cli(words, standalone_mode=False)):
    result = run(*words, expect=(0, 1))
    if result.exit_code:  # it had finished, except for what follows the last file
        assert "exists already" in result.stderr, result.stderr
        assert Path(made).read_bytes() == Path(expected).read_bytes()
        run(*words, "--overwrite")
    free, taken = free + (not result.exit_code), taken + bool(result.exit_code)
    assert Path(made).read_bytes() == Path(expected).read_bytes()
    left = [str(path) for path in Path().rglob("*") if path.name.startswith(".")]
    assert not left, (number, left)
    for path in Path().glob(gone):
        for file in path.iterdir() if path.is_dir() else [path]:
            file.unlink()
        if path.is_dir():
            path.rmdir()
print(free, taken)
"""


@pytest.mark.parametrize(
    ("words", "made", "gone"),
    [
        (["import", "net.npz", "--name", "new", "-q"], "runs/new/model.npz", "runs/new"),
        (["export", "base", "--output", "new.npz", "-q"], "new.npz", "new.npz"),
    ],
)
def test_a_killed_command_leaves_its_name_free_or_has_finished(fitted, words, made, gone):
    shutil.copy(fitted / "runs" / "base" / "model.npz", fitted / "net.npz")
    values = (words, made, "net.npz", gone)
    free, taken = map(int, lonely(EVERYWHERE.format(values=values), fitted).split())
    assert free > 3, "too few points to prove anything"
    assert taken < 5, "it is not through that long before its end"
