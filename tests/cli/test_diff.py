"""``nntrain diff``, as typed."""

import shutil

from nntrain.runs.run import Run
from tests.cli.conftest import SMALL
from tests.cli.helpers import run, run_json


def test_two_runs(fitted, tiny):
    run("fit", "--dataset", tiny, *SMALL, "--output", "sig+q", "--lr", "0.01", "--name", "b", "-q")
    shown = run("diff", "base", "b").stdout
    for words in ("Accuracy on the test set", "only base is correct", "Where the settings differ"):
        assert words in shown
    document = run_json("diff", "base", "b")
    assert document["schema"] == "nntrain/diff/1"
    assert document["settings"].keys() == {"output", "learning_rate"}
    for one in document["runs"]:
        evaluation = Run(fitted / "runs" / one["name"]).read_json("evaluation.json")
        assert one["accuracy"] == evaluation["accuracy"]


def test_a_copy_differs_in_nothing(fitted):
    shutil.copytree("runs/base", "runs/copy")
    document = run_json("diff", "base", "copy")
    assert document["settings"] == {}
    assert document["answers"]["only_correct"] == [[], []]


def test_a_path_that_is_not_a_run_is_one_line(fitted):
    assert "Did you mean 'base'?" in run("diff", "base", "bse", expect=1).stderr
    assert "Missing argument 'B'" in run("diff", "base", expect=2).stderr
