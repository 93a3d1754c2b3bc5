"""How a run's page looks in a real browser: contrast, sizes, no overflow, nothing half empty."""

import pytest

from tests.show.page.conftest import on_a_telephone
from tests.show.page.run.helpers import started

WIDTHS = (390, 768, 1200, 1920)
CONTRASTS = """
const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
const over = ([r, g, b, a = 1], under) => [r, g, b].map((c, i) => a * c + (1 - a) * under[i]);
const grey = (colour) => colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ground = (element) => {
  if (!element) return [255, 255, 255];
  const own = numbers(getComputedStyle(element).backgroundColor);
  return own[3] === 0 ? ground(element.parentElement) : over(own, ground(element.parentElement));
};
const ratio = (one, two) => (Math.max(grey(one), grey(two)) + 0.05) / (Math.min(grey(one), grey(two)) + 0.05);
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const low = [];
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, .skip, .hint")) continue;
  const style = getComputedStyle(element);
  const ink = numbers(element.closest("svg") ? style.fill : style.color);
  const under = ground(element);
  const found = ratio(over(ink, under), under);
  if (found < 4.5) low.push([texts.currentNode.data.trim(), element.className, found]);
}
return low;
"""  # noqa: E501 - a script
SMALL = """
const controls = Array.from(document.querySelectorAll("button, a, summary, input"));
const size = (one) => one.getBoundingClientRect();
const least = (one) => (one.closest(".matrix") ? 24 : 44);
return controls.filter((one) => one.checkVisibility() && !one.matches(".skip, .guided"))
  .filter((one) => size(one).height < least(one) - 0.1 || size(one).width < Math.min(44, least(one)) - 0.1)
  .map((one) => [one.textContent, one.className, size(one).width, size(one).height]);
"""  # noqa: E501
EDGE = """
const wide = document.documentElement.scrollWidth;
return Array.from(document.querySelectorAll("main *"))
  .filter((one) => one.checkVisibility() && !one.closest(".scroll, svg, .tip, .thumb"))
  .filter((one) => one.getBoundingClientRect().right > wide + 1).map((one) => one.outerHTML.slice(0, 80));
"""  # noqa: E501


@pytest.fixture
def page(opened, real_run):
    with opened(real_run / "report.html") as browser:
        started(browser)
        yield browser


@pytest.fixture(params=["light", "dark"])
def scheme(request, page):
    wanted = {"name": "prefers-color-scheme", "value": request.param}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [wanted]})
    yield request.param
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_text_stands_out_from_its_ground(page, scheme):
    for details in page.find_elements("css selector", "details"):
        page.execute_script("arguments[0].open = true", details)
    assert page.execute_script(CONTRASTS) == []


def test_the_pad_has_an_edge(page, scheme):
    script = "return [getComputedStyle(document.getElementById('drawing')).boxShadow, getComputedStyle(document.querySelector('.pad')).backgroundColor]"  # noqa: E501
    edge, card = page.execute_script(script)
    assert "rgb(122, 119, 116)" in edge  # inverted as the canvas is: #85888b
    assert card == {"light": "rgb(255, 255, 255)", "dark": "rgb(28, 32, 36)"}[scheme]


@pytest.mark.parametrize("width", WIDTHS)
def test_controls_are_large_enough_and_nothing_overflows(page, width):
    with on_a_telephone(page, width):
        assert page.execute_script("return document.documentElement.scrollWidth") <= width
        assert page.execute_script(EDGE) == []
        assert page.execute_script(SMALL) == []


@pytest.mark.parametrize("width", WIDTHS[2:])
def test_the_pad_is_on_the_first_screen_and_digits_are_beside_the_matrix(page, width):
    with on_a_telephone(page, width):
        box = "const box = document.querySelector(arguments[0]).getBoundingClientRect(); return [box.left, box.right, box.top, box.bottom]"  # noqa: E501
        pad = page.execute_script(box, "#try")
        assert pad[3] <= 800
        assert pad[0] >= page.execute_script(box, "h1")[1]
        matrix = page.execute_script(box, "#confusion table")
        panel = page.execute_script(box, "#panel")
        assert panel[0] >= matrix[1]
        assert panel[2] <= matrix[2]
        main = page.execute_script(box, "main")
        assert matrix[1] - matrix[0] + panel[1] - panel[0] >= 0.85 * (main[1] - main[0])
