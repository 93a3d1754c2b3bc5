"""The pages on experiments: as text, and in a real browser."""

import json
import math
import re
import time

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from nntrain.settings import presets
from tests.cli.helpers import run
from tests.show.page.conftest import check_charts, on_a_telephone, width_on_a_telephone

SMALL = ("--hidden", "8", "--epochs", "2", "--jobs", "1", "-q")
PRESET = """
hidden = [8]
epochs = 2

[expected]
figure = "best test"
accuracy = 95.0
source = "somebody"
"""
NEXT_FRAME = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));"
CHARTS = {"compare-costs": 9, "saturated": 9, "sweep": 3, "reproduce": 2}


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
    assert "saturat" in pages["compare-costs"].partition("<section")[0]  # the lead
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


def buttons(page, widget):
    """Return functions that press a button of the widget, and that tell its text."""
    found = page.find_elements("css selector", f"#{widget}-widget button")
    named = {one.text: one for one in found}
    press = lambda name: page.execute_script("arguments[0].click()", named[name])  # noqa: E731
    return press, lambda name: named[name].text


def cells(page, widget):
    rows = page.find_elements("css selector", f"#{widget}-widget tbody tr")
    return [[cell.text for cell in row.find_elements("css selector", "td")] for row in rows]


@pytest.mark.parametrize("name", ["compare-costs", "saturated"])
def test_the_curves_are_played_from_the_first_update_on(experiments, opened, name):
    document = json.loads((experiments / name / "comparison.json").read_text())
    of = document["saturated"] or document
    reached = [(one["reached"]["0.50"] or {}).get("updates") for one in of["outputs"]]
    length = "return document.querySelector('#updates-widget .line.series-1').getTotalLength()"
    with opened(experiments / name / "report.html") as page:
        whole, ends = page.execute_script(length), cells(page, "updates")
        for cell, half in zip(ends, reached, strict=True):
            assert cell[2].startswith("not within" if half is None else f"{half:,.0f}")
        press, text = buttons(page, "updates")
        press("Start again")
        assert page.execute_script(length) < 0.1 * whole
        slider = page.find_element("css selector", "#updates-widget input")
        slider.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
        assert page.find_element("css selector", "#updates-widget .slide b").text == "3"
        early = page.execute_script(length)
        press("Play")
        WebDriverWait(page, 30).until(lambda _: page.execute_script(length) > 1.5 * early)
        assert text("Play") == "Pause"  # the same button
        press("Play")
        slider.send_keys(Keys.END)
        assert cells(page, "updates") == ends


def test_it_is_drawn_at_full_width_in_letters_of_full_size(experiments, opened):
    with opened(experiments / "compare-costs" / "report.html") as page:
        for width in (390, 768, 1200):
            with on_a_telephone(page, width):
                page.execute_async_script(NEXT_FRAME)
                svg = page.find_element("css selector", "svg.wide")
                box, main = svg.rect["width"], page.find_element("tag name", "main").rect["width"]
                assert box > main - 60
                scale = page.execute_script("return arguments[0].getScreenCTM().a", svg)
                assert scale == pytest.approx(1, abs=0.01)


def test_the_neuron_is_run_from_a_chosen_start(experiments, opened):
    """One step of w = 2, b = 2 with η: z falls by 2η ∂C/∂w, for input 1 and target 0."""
    with opened(experiments / "compare-costs" / "report.html") as page:
        press, text = buttons(page, "why")
        press("badly wrong: w = 2, b = 2")
        press("One step")
        rate = float(page.find_elements("css selector", "#why-widget .slide b")[2].text)
        a = 1 / (1 + math.exp(-4))
        found = [float(cell.replace("−", "-")) for cell in cells(page, "why")[1]]
        assert found == [round(4 - 2 * rate * g, 2) for g in (a * a * (1 - a), a)]
        press("Run")
        assert text("Run") == "Pause"


def _brightness(colour):
    return sum(map(int, re.findall(r"\d+", colour)[:3]))
