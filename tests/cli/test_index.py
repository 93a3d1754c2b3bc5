"""The page of all runs and experiments: what it lists, and when it is written again."""

import json
import re
import threading
from html import unescape

import pytest

from nntrain.cli import index
from nntrain.storage.locks import locked
from tests.cli.conftest import SMALL
from tests.cli.helpers import run, run_json

ONE_TRAINING = (*SMALL, "--augment", "none", "--seeds", "1", "--jobs", "1", "-q")


@pytest.fixture
def page(fitted):
    """The page of a folder with one run, called base."""
    return fitted / run_json("report", "--index")["page"]


def rows(page):
    """The attributes to sort by of each row, by name."""
    found = {}
    for row in re.findall(r"<tr([^>]*data-name=[^>]*)>", page.read_text()):
        values = dict(re.findall(r'([\w-]+)="([^"]*)"', row))
        found[unescape(values["data-name"])] = values
    return found


def test_it_has_the_figures_of_every_run_and_experiment(page, tiny):
    run("sweep", "--dataset", tiny, *ONE_TRAINING, "--name", "grid")
    summary = run_json("runs")["runs"][0]
    found = rows(page)
    assert set(found) == {"base", "grid"}
    for key in ("validation", "test"):
        assert float(found["base"][f"data-{key}"]) == summary[f"{key}_accuracy"]
    assert float(found["base"]["data-seconds"]) == summary["training_seconds"]
    sweep = json.loads((page.parent / "grid" / "sweep.json").read_text())
    best = sweep["points"][0]["validation_accuracy"]["mean"]
    assert float(found["grid"]["data-validation"]) == best
    assert found["grid"]["data-made"] == "sweep"
    assert page.read_text().count('class="spark"') == 2


def test_commands_that_change_what_it_lists_write_it_again_and_others_do_not_make_it(
    fitted, tiny, monkeypatch
):
    page = fitted / "runs" / "index.html"
    run("fit", "--dataset", tiny, *SMALL, "--name", "a", "-q")
    assert not page.exists()
    run("report", "--index")
    assert set(rows(page)) == {"base", "a"}
    assert 'href="./a/report.html"' not in page.read_text()
    run("fit", "--dataset", tiny, *SMALL, "--name", "b", "-q")
    run("runs", "mv", "a", "c")
    run("compare-costs", "--dataset", tiny, *SMALL, "--seeds", 1, "--jobs", 1, "--name", "d", "-q")
    assert set(rows(page)) == {"base", "b", "c", "d"}
    assert next(iter(rows(page))) == "d"  # the newest
    run("report", "c")
    assert 'href="./c/report.html"' in page.read_text()
    run("runs", "rm", "b", "--yes")
    assert set(rows(page)) == {"base", "c", "d"}


def test_a_run_that_was_interrupted_is_listed(page, tiny, at_event):
    import signal

    at_event(3, lambda: signal.raise_signal(signal.SIGINT))
    run("fit", "--dataset", tiny, *SMALL, "--name", "half", "-q", expect=130)
    assert set(rows(page)) == {"base", "half"}


BYTES = (b"\xff\x00\n", b"{}\n", b"[1, 2]\n", b'{"epoch": NaN}\n', b"")
DAMAGE = ("settings.toml", "history.jsonl", "evaluation.json", "provenance.json")


@pytest.mark.parametrize("name", DAMAGE)
@pytest.mark.parametrize(
    "content", [b"\xff\x00\n", b"{}\n", b"[1, 2]\n", b'{"epoch": NaN}\n', b""]
)
def test_what_is_damaged_is_listed_as_that(fitted, name, content):
    (fitted / "runs" / "base" / name).write_bytes(content)
    page = fitted / run_json("report", "--index")["page"]
    (row,) = rows(page).values()
    readable = content in (b"", b"{}\n") or name == "provenance.json"
    if not readable:
        assert row.get("class") == "damaged"
        assert f"{name}" in page.read_text()
    assert "Traceback" not in page.read_text()


def test_an_experiment_is_damaged_incomplete_or_unknown(page, tiny):
    run("sweep", "--dataset", tiny, *ONE_TRAINING, "--name", "grid")
    saved = next((page.parent / "grid" / "trainings").iterdir())
    whole = saved.read_bytes()
    settings = page.parent / "grid" / "experiment.toml"
    for change, state in (
        (lambda: saved.write_bytes(whole[:50]), "damaged"),
        (saved.unlink, "incomplete"),
        (lambda: settings.write_text('kind = "magic"'), "damaged"),
        (lambda: settings.write_bytes(b"\xff"), "damaged"),
    ):
        change()
        run("report", "--index")
        assert rows(page)["grid"].get("class") == state


def test_names_are_escaped_and_links_lead_to_them(fitted):
    name = 'a:b #?%20<i onclick="x">&'
    (fitted / "runs" / "base").rename(fitted / "runs" / name)
    (fitted / "runs" / name / "report.html").write_text("the report")
    page = fitted / run_json("report", "--index")["page"]
    text = page.read_text()
    assert "<i onclick" not in text
    assert set(rows(page)) == {name}
    (link,) = re.findall(r'<a href="(\./[^"]*)"', text)
    from urllib.parse import unquote

    assert (page.parent / unquote(unescape(link))).read_text() == "the report"


def test_a_file_of_another_origin_stays(fitted, tiny):
    page = fitted / "runs" / "index.html"
    page.write_text("mine")
    assert "not overwritten" in run("report", "--index", expect=2).stderr
    run("fit", "--dataset", tiny, *SMALL, "--name", "a", "-q")
    assert page.read_text() == "mine"


def test_it_is_about_all_runs_and_there_must_be_a_folder(home):
    assert "Leave out the names" in run("report", "a", "--index", expect=2).stderr
    assert "There is no folder" in run("report", "--index", expect=1).stderr
    (home / "runs").mkdir()
    page = home / run_json("report", "--index")["page"]
    assert "Nothing here yet" in page.read_text()


def test_the_last_of_two_writers_has_seen_both_results(page, tiny):
    """One that waits for another reads the folder after its wait."""
    with locked(page.parent / index.LOCK, lambda _: None):
        waiting = threading.Thread(target=index.write, args=(page.parent,))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        (page.parent / "base").rename(page.parent / "renamed")
    waiting.join(20)
    assert set(rows(page)) == {"renamed"}


def test_a_page_that_cannot_be_written_is_only_a_message(page, tiny, monkeypatch):
    monkeypatch.setattr("nntrain.show.page.index.index_page", lambda *_: 1 / 0)
    result = run("fit", "--dataset", tiny, *SMALL, "--name", "a")
    assert "is not up to date" in result.stderr
    assert "correct" in result.stdout
