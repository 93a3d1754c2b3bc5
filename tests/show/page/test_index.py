"""The table of runs in a browser: it sorts by mouse and keyboard, and remembers by what."""

import re

import pytest
from selenium.webdriver.common.keys import Keys

from nntrain.experiments.listed import Listed
from nntrain.show.page.index import HEIGHT, WIDTH, index_page, sparkline
from tests.show.page.conftest import EVIL, on_a_telephone

ENTRIES = [
    Listed(name="run 10", made="fit", started="2026-01-03 10:00", validation=0.9, test=0.95,
           seconds=100.0, curves=[[0.0, 0.9]], page=True),
    Listed(name="run 9", made="sweep", started="2026-01-02 10:00", validation=0.98,
           seconds=9.0, curves=[[0.5], [0.99, 0.999]]),
    Listed(name="run 1", made="fit", started="2026-01-01 10:00", state="damaged", problem=EVIL),
]  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("index") / "index.html"
    path.write_text(index_page("runs", ENTRIES, "side-by-side.html"), "utf-8")
    return path


def order(page):
    return [head.text for head in page.find_elements("css selector", "tbody th")]


def sorted_by(page):
    (head,) = page.find_elements("css selector", "th[aria-sort]")
    return head.get_attribute("data-key"), head.get_attribute("aria-sort")


def button(page, key):
    return page.find_element("css selector", f"th[data-key={key}] button")


def test_a_heading_sorts_and_a_second_press_turns_it_round(opened, path):
    with opened(path) as page:
        assert order(page) == ["run 10", "run 9", "run 1"]
        assert sorted_by(page) == ("started", "descending")
        button(page, "name").click()
        assert order(page) == ["run 1", "run 9", "run 10"]  # numbers in names are numbers
        assert sorted_by(page) == ("name", "ascending")
        button(page, "seconds").send_keys(Keys.ENTER)
        assert order(page) == ["run 10", "run 9", "run 1"]
        button(page, "seconds").send_keys(Keys.SPACE)
        assert order(page) == ["run 9", "run 10", "run 1"]  # without a figure: last
        assert sorted_by(page) == ("seconds", "ascending")
        assert "training time" in page.find_element("id", "sorted").get_attribute("textContent")
        address = page.execute_script("return location.hash")
    with opened(path, address) as page:
        assert order(page) == ["run 9", "run 10", "run 1"]


def test_it_fits_a_telephone_and_a_finger(opened, path):
    with opened(path) as page, on_a_telephone(page):
        assert page.execute_script("return document.documentElement.scrollWidth") <= 380
        sizes = [one.size for one in page.find_elements("css selector", "th button, main a")]
        assert all(size["height"] >= 44 and size["width"] >= 44 for size in sizes)


def test_all_text_is_escaped_and_only_what_has_a_report_is_a_link():
    text = index_page(EVIL, ENTRIES, None)
    assert text.count("<script>") == 1
    assert "<img" not in text
    assert not re.search(r'[" ]style=', text)  # the policy refuses them
    assert re.findall(r'<a href="([^"]*)"', text) == ["./run%2010/report.html"]


def test_a_sparkline_has_every_nine_at_the_same_distance():
    picture = sparkline([[0.0, 0.9, 0.99, 0.999, 1.0]], "")
    (outline,) = re.findall(r'class="line" d="M([^"]*)"', picture)
    places = [tuple(map(float, place.split())) for place in outline.split("L")]
    assert [x for x, _ in places] == [0, WIDTH / 4, WIDTH / 2, 3 * WIDTH / 4, WIDTH]
    assert [y for _, y in places] == [HEIGHT, 2 * HEIGHT / 3, HEIGHT / 3, 0, 0]
    assert "0.0 % to 100.0 % in 5 epochs" in picture
    assert "no finished epoch" in sparkline([], "")
    assert "in 900 updates; and 1 more" in sparkline([[0.5, 0.6]] * 13, "900 updates")
