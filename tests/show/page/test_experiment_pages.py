"""The pages on experiments: as text, and in a real browser."""

import re
import time

import pytest

from nntrain.settings import presets
from tests.cli.helpers import run
from tests.show.page.conftest import check_charts, width_on_a_telephone

SMALL = ("--hidden", "8", "--epochs", "2", "--jobs", "1", "-q")
PRESET = """
hidden = [8]
epochs = 2

[expected]
figure = "best test"
accuracy = 95.0
source = "somebody"
"""
CHARTS = {"compare-costs": 14, "saturated": 13, "sweep": 3, "reproduce": 2}


@pytest.fixture(scope="session")
def experiments(tiny, tmp_path_factory):
    """A folder with one small experiment of each kind, and its page."""
    folder = tmp_path_factory.mktemp("experiments")
    (folder / "configs").mkdir()
    (folder / "configs" / "small.toml").write_text(PRESET)
    runs = ("--dataset", tiny, "--runs-dir", folder / "runs")
    report = {"NNTRAIN_NO_REPORT": ""}
    compare = ("compare-costs", *runs, *SMALL, "--seeds", 2)
    run(*compare, "--name", "compare-costs", env=report)
    run(*compare, "--start", "saturated", "--name", "saturated", env=report)
    vary = ("--vary", "learning_rate=0.01,0.1", "--augment", "none")
    run("sweep", *runs, *SMALL, *vary, "--seeds", 2, "--name", "sweep", env=report)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presets, "folder", lambda: folder / "configs")
        words = ("small", *runs, "--seeds", 2, "--jobs", 1, "--name", "reproduce", "-q")
        run("reproduce", *words, env=report)
    return folder / "runs"


@pytest.mark.parametrize("name", CHARTS)
def test_the_page_is_small_and_soon_there(experiments, name):
    text = (experiments / name / "report.html").read_text()
    assert ('<section id="escape"' in text) == (name in ("saturated", "compare-costs"))
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert len(text) <= 2_000_000
    begun = time.process_time()  # the clock on the wall is everybody's on a busy machine
    run("report", name, "--runs-dir", experiments)
    assert time.process_time() - begun <= 2 * 3  # twice the promise, for slower processors
    assert (experiments / name / "report.html").read_text() == text


def test_what_they_say(experiments):
    pages = {name: (experiments / name / "report.html").read_text() for name in CHARTS}
    (neuron,) = re.findall('<p class="verdict">(.*?)</p>', pages["compare-costs"])
    assert "At the same η" in neuron
    assert "saturat" in pages["compare-costs"].partition("<nav")[0]  # the lead
    assert re.search("(to|reached) 50 %", pages["saturated"])
    assert "saturated: output biases" in pages["saturated"]
    assert "is best on validation with" in pages["sweep"]
    assert "learning_rate=0.1" in pages["sweep"]
    assert "a different dataset" in pages["reproduce"]
    assert "somebody" in pages["reproduce"]
    assert all("±" in page for page in pages.values())


def test_a_sweep_in_which_all_diverged_has_a_page_that_says_so(tiny, tmp_path):
    words = ("--output", "sigmoid+cross-entropy", "--learning-rate", "1e30", "--seeds", "1")
    where = ("--dataset", tiny, "--runs-dir", tmp_path, "--name", "a", "--augment", "none")
    run("sweep", *where, *SMALL, *words, expect=3, env={"NNTRAIN_NO_REPORT": ""})
    assert "Every training run diverged." in (tmp_path / "a" / "report.html").read_text()


@pytest.mark.parametrize("name", CHARTS)
def test_in_a_browser(experiments, opened, name):
    with opened(experiments / name / "report.html") as page:
        check_charts(page, at_least=CHARTS[name])
        assert width_on_a_telephone(page) <= 380
        for scheme in ("light", "dark"):
            colours = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
            page.execute_cdp_cmd("Emulation.setEmulatedMedia", colours)
            ink, paper = page.execute_script(
                "const style = getComputedStyle(document.body);"
                "return [style.color, style.backgroundColor]"
            )
            assert (_brightness(ink) > _brightness(paper)) == (scheme == "dark")
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def _brightness(colour):
    return sum(map(int, re.findall(r"\d+", colour)[:3]))
