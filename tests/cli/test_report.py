import json
import signal

import pytest

from nntrain.cli import pages
from nntrain.show import blocks
from nntrain.show.page import pages as page_functions
from nntrain.show.terminal.blocks import RENDERERS
from tests.cli.conftest import SMALL
from tests.cli.helpers import process, run, run_json


@pytest.fixture
def with_pages(monkeypatch):
    monkeypatch.delenv("NNTRAIN_NO_REPORT")


def test_fit_and_evaluate_write_the_page_unless_told_not_to(home, tiny, with_pages):
    base = home / "runs" / "base"
    document = run_json("fit", "--dataset", tiny, *SMALL, "--name", "base")
    assert document["evaluation"]["page"].endswith("report.html")
    assert "Learning curves" in (base / "report.html").read_text()
    (base / "report.html").unlink()
    run("evaluate", "base", "--no-report")
    assert not (base / "report.html").exists()
    run("evaluate", "base")
    assert (base / "report.html").exists()
    run("evaluate", "base", "--split", "validation")
    assert "validation images correct" in (base / "report-validation.html").read_text()


def test_report_makes_it_again_and_sets_runs_side_by_side(fitted, tiny):
    run("fit", "--dataset", tiny, *SMALL, "--seed", "1", "--name", "other", "-q")
    assert run_json("report", "base")["page"].endswith("report.html")
    assert (fitted / "runs" / "base" / "report.html").exists()
    result = run("report", "base", "other")
    page = (fitted / "runs" / "side-by-side.html").read_text()
    assert "side-by-side.html" in result.stdout
    assert "base" in page
    assert "other" in page
    assert '<th scope="row">seed</th><td>0</td><td>1</td>' in page


def test_without_the_extra_fit_goes_on_and_report_says_what_to_install(
    home, tiny, with_pages, monkeypatch
):
    monkeypatch.setattr(pages, "installed", lambda: False)
    result = run("fit", "--dataset", tiny, *SMALL, "--name", "base", "--json", "-q")
    assert "page" not in json.loads(result.stdout)["evaluation"]
    assert "pip install 'nntrain[report]'" in run("report", "base", expect=1).stderr


def test_a_page_that_cannot_be_written_loses_nothing(fitted, with_pages):
    (fitted / "runs" / "base" / "report.html").mkdir()
    result = run("evaluate", "base")
    assert "No report page" in result.stderr
    assert "accuracy" in result.stdout


def test_a_fault_in_a_page_ends_nothing_but_the_page(home, tiny, with_pages, monkeypatch):
    def fault(*_):
        raise ZeroDivisionError("by the page")

    for name in ("run_page", "experiment_page", "side_by_side"):
        monkeypatch.setattr(page_functions, name, fault)
    for command in ("fit", "sweep"):
        words = SMALL if command == "fit" else ONE_TRAINING
        result = run(command, "--dataset", tiny, *words, "--name", command)
        assert "No report page: Could not make the page (ZeroDivisionError:" in result.stderr
        assert "correct" in result.stdout
    for names in (["fit"], ["sweep"], ["fit", "fit"]):
        stderr = run("report", *names, expect=1).stderr
        assert stderr.startswith("Error: Could not make the page (ZeroDivisionError: by the")
        assert "Traceback" not in stderr


@pytest.mark.parametrize("command", ["fit", "evaluate", "sweep"])
def test_a_fault_in_what_is_printed_ends_nothing_but_that(
    home, tiny, with_pages, monkeypatch, command
):
    words = ("--dataset", tiny, "--name", "a", *ONE_TRAINING, "-q", "--full")
    if command != "sweep":
        words = ("--dataset", tiny, "--name", "a", *SMALL, "-q", "--full")
    if command == "evaluate":
        run("fit", *words)
        words = ("a", "--calibrate", "-q", "--full")
    with monkeypatch.context() as patch:
        for block in (blocks.Facts, blocks.Table):
            patch.setitem(RENDERERS, block, lambda *_: 1 / 0)
        result = run(command, *words)
    stderr = " ".join(result.stderr.replace("│", "").split())
    assert stderr.count("Could not make the report (ZeroDivisionError: division by zero).") == 1
    assert (home / "runs" / "a" / "report.html").exists()
    run("report", "a")


ONE_TRAINING = (*SMALL, "--augment", "none", "--seeds", "1", "--jobs", "1")


def test_an_experiments_page_is_made_and_made_again(home, tiny, with_pages):
    words = ("sweep", "--dataset", tiny, *ONE_TRAINING)
    page = home / "runs" / "a" / "report.html"
    assert "Page with charts: " in run(*words, "--name", "a").stderr
    first = page.read_text()
    page.unlink()
    assert run_json("report", "a")["page"] == str(page.relative_to(home))
    assert page.read_text() == first
    assert "page" not in run_json(*words, "--name", "b", "--no-report")
    assert not (home / "runs" / "b" / "report.html").exists()
    page = run_json(*words, "--name", "c")["page"]
    assert page == str((home / "runs" / "c" / "report.html").relative_to(home))
    assert "its own page" in run("report", "a", "b", expect=2).stderr


def test_an_experiment_that_is_not_finished_is_one_line(home, tiny):
    words = ("sweep", "--dataset", tiny, *ONE_TRAINING)
    run(*words, "--name", "a")
    next((home / "runs" / "a" / "trainings").iterdir()).unlink()
    assert "has 0 of its 1 training runs" in run("report", "a", expect=1).stderr
    (home / "runs" / "a" / "experiment.toml").write_text('kind = "magic"')
    assert "got 'magic'" in run("report", "a", expect=1).stderr


def test_open_shows_the_page_in_the_browser(fitted, monkeypatch):
    seen = fitted / "opened.txt"
    browser = fitted / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {seen}\n')
    browser.chmod(0o755)
    result = process("report", "base", "--open", env={"BROWSER": f"{browser} %s", "DISPLAY": ""})
    assert result.returncode == 0, result.stderr
    assert seen.read_text() == (fitted / "runs" / "base" / "report.html").as_uri()
    assert result.stdout == "runs/base/report.html\n"


def test_open_without_a_browser_says_where_the_page_is(fitted):
    bare = {"BROWSER": "", "DISPLAY": "", "WAYLAND_DISPLAY": "", "PATH": str(fitted)}
    result = process("report", "base", "--open", env=bare)
    assert result.returncode == 1
    assert "Could not open a browser" in result.stderr
    assert result.stdout == "runs/base/report.html\n"


class TestResuming:
    """What was said of a network must not stand beside a newer one."""

    SAID = ("evaluation.json", "report.html", "report-validation.html")

    @pytest.fixture
    def reported(self, fitted):
        for name in self.SAID[1:]:
            (fitted / "runs" / "base" / name).write_text("of before")
        return fitted / "runs" / "base"

    def test_a_page_of_before_is_gone_where_none_is_made(self, reported):
        run("fit", "--resume", "base", "--epochs", "3", "--no-report", "-q")
        assert [name for name in self.SAID if (reported / name).exists()] == ["evaluation.json"]

    def test_interrupted_it_has_no_test_accuracy_either(self, reported, at_event):
        at_event(1, lambda: signal.raise_signal(signal.SIGINT))
        run("fit", "--resume", "base", "--epochs", "3", "-q", expect=130)
        assert [name for name in self.SAID if (reported / name).exists()] == []
        (row,) = run_json("runs")["runs"]
        assert row["test_accuracy"] is None

    def test_where_nothing_is_trained_everything_stays(self, reported):
        run("fit", "--resume", "base", "--no-report", "-q")
        assert [name for name in self.SAID if (reported / name).exists()] == list(self.SAID)
