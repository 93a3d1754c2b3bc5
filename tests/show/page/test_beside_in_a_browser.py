"""Runs side by side in a real browser: one pad, the answers of both networks."""

import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys

from nntrain.data.loading import load
from nntrain.runs.run import Run
from nntrain.show.page.run.rounded import rounded
from tests.cli.helpers import run
from tests.show.page.conftest import width_on_a_telephone
from tests.show.page.run.helpers import started

LABELS = (
    "const said = document.querySelectorAll('.voice .answer');"
    "return Array.from(said, (one) => one.dataset.predicted)"
)
"""The answers of the networks."""


@pytest.fixture(scope="module")
def runs(boxed, tmp_path_factory):
    """Two runs whose networks differ in size and output, and their page."""
    runs = tmp_path_factory.mktemp("runs")
    words = ("--dataset", boxed, "--epochs", 1, "--runs-dir", runs, "-q")
    run("fit", *words, "--hidden", 12, "--name", "a <b>")
    run("fit", *words, "--hidden", 3, "--output", "sigmoid+quadratic", "--name", "second")
    run("report", "a <b>", "second", "--runs-dir", runs)
    return runs


@pytest.fixture
def page(opened, runs):
    with opened(runs / "side-by-side.html") as browser:
        started(browser)
        yield browser


def test_each_network_answers_as_in_python(page, runs, boxed):
    images = load(str(boxed), boxed).test.images
    networks = [rounded(Run(runs / name).model()).network for name in ("a <b>", "second")]
    for button in page.find_elements("css selector", "[data-example]")[:8]:
        page.execute_script("arguments[0].click()", button)
        index = int(button.get_attribute("data-example"))
        expected = [int(net.outputs(images[index][None]).argmax()) for net in networks]
        assert page.execute_script(LABELS) == list(map(str, expected))
        assert button.get_attribute("aria-pressed") == "true"
        assert f"#{index} is labelled" in page.find_element("id", "pad-about").text
        shown = page.find_elements("css selector", "#pad-bars-1 td:last-child")
        outputs = networks[1].outputs(images[index][None])[0]
        np.testing.assert_allclose([float(cell.text) for cell in shown], outputs, atol=6e-4)
    assert float(page.find_element("id", "check").get_attribute("data-difference")) <= 1e-5


def test_the_pad_is_used_by_keyboard(page):
    canvas = page.find_element("id", "drawing")
    about = page.find_element("id", "pad-about")
    first = about.text
    canvas.send_keys(Keys.ARROW_RIGHT)
    assert about.text not in ("", first)
    canvas.send_keys(Keys.ARROW_LEFT)
    assert about.text == first
    canvas.send_keys(Keys.DELETE)
    assert about.text.startswith("Draw a")
    assert page.execute_script(LABELS) == [None, None]


def test_it_fits_a_telephone(page):
    assert width_on_a_telephone(page) <= 380


def test_own_images_in_another_form_have_no_pad(opened, tiny, tmp_path):
    words = ("--dataset", tiny, "--epochs", 1, "--hidden", 4, "--runs-dir", tmp_path, "-q")
    for name in ("a", "b"):
        run(
            "fit",
            *words,
            "--name",
            name,
            "--seed",
            int(name == "b"),
            env={"NNTRAIN_NO_REPORT": ""},
        )
    run("report", "a", "b", "--runs-dir", tmp_path)
    for path in (tmp_path / "side-by-side.html", tmp_path / "a" / "report.html"):
        with opened(path) as page:
            assert page.find_elements("id", "drawing") == []
            assert "digit" not in page.find_element("tag name", "main").text
