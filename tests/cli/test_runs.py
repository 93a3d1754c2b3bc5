"""``nntrain runs``: the list, and what is done to runs by their names."""

import json
import re
import shutil

import pytest

from nntrain.runs.run import Run
from tests.cli.conftest import SMALL
from tests.cli.helpers import run, run_json


def test_a_table_of_the_runs(fitted):
    shown = run("runs").stdout
    assert "base" in shown
    assert "2/2" in shown


def test_json(fitted):
    document = run_json("runs")
    assert document["schema"] == "nntrain/runs/1"
    (row,) = document["runs"]
    assert row["name"] == "base"
    assert 0 < row["test_accuracy"] <= 1


def test_one_broken_run_does_not_hide_the_others(fitted):
    broken = fitted / "runs" / "broken"
    broken.mkdir()
    (broken / "settings.toml").write_text("rubbish")
    shown = run("runs").stdout
    assert "2/2" in shown
    assert "broken: " in shown
    assert {row["problem"] is None for row in run_json("runs")["runs"]} == {True, False}


def test_no_runs_yet_says_what_to_do(home):
    assert "nntrain fit" in run("runs").stdout


def test_experiments_are_listed_with_their_command(fitted, tiny):
    run("sweep", "--dataset", tiny, *SMALL, "--jobs", "1", "--seeds", "1", "--name", "grid", "-q")
    (fitted / "runs" / "hurt").mkdir()
    (fitted / "runs" / "hurt" / "experiment.toml").write_text("rubbish")
    shown = run("runs").stdout
    assert "base" in shown
    assert re.search(r"grid +sweep", shown)
    assert re.search(r"hurt +damaged", shown)
    known = {row["name"]: row["kind"] for row in run_json("runs")["experiments"]}
    assert known == {"grid": "sweep", "hurt": ""}
    assert [row["name"] for row in run_json("runs")["runs"]] == ["base"]


@pytest.mark.parametrize("name", ["mnist-400-200", "fashion-mnist-400-200", "synthetic-400"])
def test_a_default_name_stays_on_one_line_of_80_columns(fitted, name):
    dataset = re.sub(r"(-\d+)+$", "", name)
    run_of = Run(fitted / "runs" / f"20301224-183000-{name}")
    shutil.copytree(fitted / "runs" / "base", run_of.path)
    text = (run_of.path / "settings.toml").read_text()
    text = re.sub("dataset = .*", f'dataset = "{dataset}"', text)
    text = re.sub("output = .*", 'output = "sigmoid+cross-entropy"', text)
    (run_of.path / "settings.toml").write_text(text)
    lines = run("runs").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    (line,) = (line for line in lines if run_of.name in line)
    assert line.split()[1:3] == ["cross-entropy", "2/2"]


class TestSorting:
    @pytest.fixture
    def three(self, fitted):
        """Runs called base, better and unknown; the last has no accuracy."""
        for name in ("better", "unknown"):
            shutil.copytree(fitted / "runs" / "base", fitted / "runs" / name)
        path = fitted / "runs" / "better" / "history.jsonl"
        epochs = [json.loads(line) for line in path.read_text().splitlines()]
        path.write_text(
            "".join(json.dumps({**one, "validation_accuracy": 1.0}) + "\n" for one in epochs)
        )
        (fitted / "runs" / "unknown" / "history.jsonl").write_text("")
        return fitted

    def test_by_validation_accuracy_the_best_first(self, three):
        rows = run_json("runs", "--sort", "accuracy")["runs"]
        assert [row["name"] for row in rows] == ["better", "base", "unknown"]
        shown = run("runs", "--sort", "accuracy").stdout
        assert shown.index("better") < shown.index("base") < shown.index("unknown")

    def test_the_test_set_decides_nothing(self, three):
        evaluation = three / "runs" / "base" / "evaluation.json"
        document = json.loads(evaluation.read_text())
        document["accuracy"]["estimate"] = 1.0
        evaluation.write_text(json.dumps(document))
        assert run_json("runs", "--sort", "accuracy")["runs"][0]["name"] == "better"


class TestRemoving:
    def test_is_asked_first(self, fitted):
        for answer in ("n\n", "\n", ""):
            result = run("runs", "rm", "base", expect=1, answers=answer)
            assert "Remove runs/base? [y/N]" in result.stderr
            assert "add --yes" in result.stderr
            assert result.stdout == ""
            assert Run(fitted / "runs" / "base").has_model
        run("runs", "rm", "base", answers="y\n")
        assert list((fitted / "runs").iterdir()) == []

    def test_one_wrong_name_and_nothing_is_removed(self, fitted):
        for name in ("other", "latest"):
            run("runs", "rm", "base", name, "--yes", expect=1)
        assert Run(fitted / "runs" / "base").has_model

    def test_what_the_list_shows_can_be_removed(self, fitted):
        broken, hurt = fitted / "runs" / "broken", fitted / "runs" / "hurt"
        for path, name in ((broken, "settings.toml"), (hurt, "experiment.toml")):
            path.mkdir()
            (path / name).write_text("rubbish")
        listed = run_json("runs")
        names = [row["name"] for row in (*listed["runs"], *listed["experiments"])]
        assert sorted(names) == ["base", "broken", "hurt"]
        result = run("runs", "rm", *names, "-y")
        assert len(result.stderr.splitlines()) == 3
        assert list((fitted / "runs").iterdir()) == []


def test_the_folder_may_be_named_before_and_after_the_subcommand(fitted, monkeypatch):
    shutil.move("runs", "here")
    run("runs", "--runs-dir", "here", "mv", "base", "one")
    run("runs", "mv", "one", "two", "--runs-dir", "here")
    monkeypatch.setenv("NNTRAIN_RUNS_DIR", "here")
    assert "Renamed two to here/three" in run("runs", "mv", "two", "three").stderr
    assert [row["name"] for row in run_json("runs")["runs"]] == ["three"]
    run("evaluate", "three", "-q")
