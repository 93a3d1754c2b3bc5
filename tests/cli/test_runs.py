import re

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
