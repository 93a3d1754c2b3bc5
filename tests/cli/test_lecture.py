"""``nntrain lecture``: one page, written whole, over nothing but its own."""

import json
import os
import re

import pytest

from nntrain.show.page.lecture.page import MARK
from tests.cli.conftest import SMALL
from tests.cli.helpers import process, run, run_json

CHILDREN = ("children_user", "children_system")


def test_it_writes_one_page_in_english(home):
    assert run("lecture").stdout == "lecture.html\n"
    page = (home / "lecture.html").read_text("utf-8")
    assert '<html lang="en">' in page
    assert "default-src &#39;none&#39;" in page
    assert "nntrain fit" in page  # without a run, the page says how to get one


def test_the_czech_page_and_its_json(home):
    document = run_json("lecture", "--lang", "cs", "--output", "prednaska")
    named = {"schema": "nntrain/lecture/1", "page": "prednaska", "language": "cs"}
    assert document == {**named, "digits": "synthetic", "run": None}
    assert '<html lang="cs">' in (home / "prednaska").read_text("utf-8")


def test_it_replaces_its_own_page_only(home):
    run("lecture", "--lang", "cs")
    run("lecture")
    assert '<html lang="en">' in (home / "lecture.html").read_text("utf-8")
    mine = home / "mine.html"
    mine.write_text("<p>My notes</p>", "utf-8")
    result = run("lecture", "--output", mine, expect=2)
    assert "nntrain lecture did not write it" in result.stderr
    assert mine.read_text("utf-8") == "<p>My notes</p>"
    assert MARK not in mine.read_text("utf-8")


@pytest.mark.parametrize(
    "words",
    [["--lang", "de"], ["--output", "none/a.html"], ["--output", "a.txt"], ["--output", "-"]],
)
def test_wrong_options_are_one_line_and_write_nothing(home, words):
    run("lecture", *words, expect=2)
    assert not list(home.glob("*.html"))


def hesitations(home):
    page = (home / "lecture.html").read_text("utf-8")
    (shown,) = re.findall(r'<article id="hesitations".*?</article>', page, re.DOTALL)
    return shown


def test_the_newest_run_shows_what_it_hesitated_about(home, tiny):
    run("fit", "--dataset", tiny, *SMALL, "--name", "first<b>")
    run("lecture")
    shown = hesitations(home)
    assert "first&lt;b&gt;" in shown
    assert shown.count("data:image/png") == 8
    run("lecture", "--lang", "cs", "--runs-dir", home / "none")
    stored = hesitations(home)
    assert stored.count("data:image/png") == 8
    assert "98,59 %" in stored  # of the network stored with nntrain
    assert "98,59 %" not in shown


def test_the_figures_are_those_of_the_evaluation(home, tiny):
    run("fit", "--dataset", tiny, *SMALL, "--name", "first")
    found = run_json("evaluate", "first")["hesitations"]
    run("lecture")
    shares = [f"{100 * found['runner_up'][key]:.1f}" for key in ("estimate",)]
    assert f"{shares[0]}\xa0%" in hesitations(home) or f"{shares[0]} %" in hesitations(home)


def test_a_folder_of_digits_is_named_without_its_path(home, tiny):
    run("fit", "--dataset", tiny, *SMALL, "--name", "first")
    run("lecture")
    assert str(home) not in (home / "lecture.html").read_text("utf-8")


def test_a_pipe_is_not_opened(home):
    os.mkfifo(home / "pipe.html")
    assert "did not write it" in run("lecture", "--output", "pipe.html", expect=2).stderr


def test_a_damaged_run_or_dataset_does_not_keep_the_page_from_being_written(home, tiny):
    run("fit", "--dataset", tiny, *SMALL, "--name", "first")
    (home / "runs" / "first" / "model.npz").write_bytes(b"no network")
    assert "Your newest run, first, is not on the page: " in run("lecture").stderr
    assert "nntrain fit" in (home / "lecture.html").read_text("utf-8")


def test_it_takes_less_than_five_seconds_and_two_megabytes(home, tiny):
    """The processor's time, which a busy machine does not change; a second on most machines."""
    run("fit", "--dataset", tiny, *SMALL, "--name", "first")
    before = os.times()
    result = process("lecture", "--json", cwd=home)
    after = os.times()
    assert json.loads(result.stdout)["page"] == "lecture.html"
    spent = [getattr(after, one) - getattr(before, one) for one in CHILDREN]
    assert sum(spent) < 5
    assert (home / "lecture.html").stat().st_size < 2_000_000
