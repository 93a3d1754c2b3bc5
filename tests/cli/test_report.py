import json

import pytest

from nntrain.cli import pages
from tests.cli.conftest import SMALL
from tests.cli.helpers import run, run_json


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
    assert "validation examples" in (base / "report-validation.html").read_text()


def test_report_makes_it_again_and_sets_runs_side_by_side(fitted, tiny):
    run("fit", "--dataset", tiny, *SMALL, "--seed", "1", "--name", "other", "-q")
    assert run_json("report", "base")["page"].endswith("report.html")
    assert (fitted / "runs" / "base" / "report.html").exists()
    result = run("report", "base", "other")
    page = (fitted / "runs" / "side-by-side.html").read_text()
    assert "side-by-side.html" in result.stdout
    assert "base" in page
    assert "other" in page
    assert "seed" in page


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
