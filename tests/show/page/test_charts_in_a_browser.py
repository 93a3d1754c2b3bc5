"""Charts in a real browser: pointer, touch, keys, and hiding series."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions import interaction
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.keys import Keys

from nntrain.show.blocks import Axis, Bars, Curves, Dot, Guide, Line, Rows, Section, Text
from nntrain.show.page.page import page as page_of
from tests.show.page.conftest import on_a_telephone

EPOCHS = (1, 2, 3, 4)
CURVES = Curves(
    "curves",
    "Accuracy by epoch",
    "Both rise.",
    Axis("epoch", whole=True),
    Axis("accuracy (%)"),
    [Line("training", EPOCHS, (90, 92, 94, 95)), Line("validation", EPOCHS[:3], (89, 90, 91))],
    [Guide("best", x=3)],
)
BARS = Bars("bars", "Sums", "Two bars.", Axis("sum"), Axis("answers (count)"), [0, 1, 2], [5, 7])
ROWS = Rows(
    "rows",
    "Ranking",
    "Two rows.",
    Axis("accuracy (%)"),
    [
        ("first|a", [Dot("ours", 98, 97, 99), Dot("published", 97)]),
        ("second", [Dot("ours", 96), Dot("published", 95.5)]),
    ],
)
EMPTY = Curves("empty", "Nothing", "It is empty.", Axis("x"), Axis("y"), [])


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    sections = [
        Section("s", "Charts", [CURVES, BARS, ROWS, EMPTY]),
        Section("t", "T", [Text("x")]),
    ]
    path = tmp_path_factory.mktemp("charts") / "page.html"
    path.write_text(page_of("Charts", "four", sections), encoding="utf-8")
    return path


@pytest.fixture
def page(opened, path):
    with opened(path) as browser:
        yield browser


class Chart:
    """A chart of the page, as its reader handles it."""

    def __init__(self, page, number):
        self.page = page
        self.figure = page.find_elements("css selector", "figure.charted")[number]
        self.slider = self.figure.find_element("css selector", ".slider")
        page.execute_script(
            "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", self.figure
        )

    def point(self, across, down=0.5):
        box = self.slider.size
        offset = round((across - 0.5) * box["width"]), round((down - 0.5) * box["height"])
        ActionChains(self.page, 20).move_to_element_with_offset(self.slider, *offset).perform()

    def press(self, *keys):
        ActionChains(self.page, 20).send_keys(*keys).perform()

    @property
    def tip(self):
        """The lines of what is shown beside the pointer, None where nothing is."""
        tip = self.figure.find_element("css selector", ".tip")
        return tip.text.split("\n") if tip.is_displayed() else None

    @property
    def told(self):
        """What a screen reader says."""
        return self.slider.get_attribute("aria-valuetext")


def test_pointing_shows_the_values_at_that_place(page):
    chart = Chart(page, 0)
    assert chart.tip is None
    chart.point(0.11)
    assert chart.tip == ["epoch 1", "training 90 %", "validation 89 %"]
    hair = chart.figure.find_element("css selector", ".hair")
    assert hair.get_attribute("x1") == hair.get_attribute("x2")
    rings = chart.figure.find_elements("css selector", ".rings circle")
    assert [float(ring.get_attribute("cx")) for ring in rings] == [
        pytest.approx(float(hair.get_attribute("x1")), abs=0.01)
    ] * 2
    chart.point(0.95)
    assert chart.tip == ["epoch 4", "training 95 %"]
    ActionChains(page, 20).move_to_element(page.find_element("css selector", "h1")).perform()
    assert chart.tip is None


def test_bars_and_rows_answer_too(page):
    bars = Chart(page, 1)
    bars.point(0.9)
    assert bars.tip == ["sum 1–2", "answers 7"]
    rows = Chart(page, 2)
    rows.point(0.6, 0.15)
    assert rows.tip == ["first¦a", "ours 98 % (97–99)", "published 97 %"]
    rows.point(0.6, 0.6)
    assert rows.tip == ["second", "ours 96 %", "published 95.5 %"]
    assert len(page.find_elements("css selector", ".slider")) == 3  # an empty chart has none


def test_arrow_keys_go_from_point_to_point(page):
    chart = Chart(page, 0)
    page.execute_script("arguments[0].focus()", chart.slider)
    assert chart.slider.get_attribute("role") == "slider"
    assert chart.tip[0] == "epoch 1"
    assert chart.slider.get_attribute("aria-valuemax") == "3"
    chart.press(Keys.RIGHT, Keys.RIGHT)
    assert chart.told == "epoch 3: training 94 %, validation 91 %"
    assert chart.slider.get_attribute("aria-valuenow") == "2"
    chart.press(Keys.LEFT)
    assert chart.tip[0] == "epoch 2"
    chart.press(Keys.END, Keys.RIGHT)
    assert chart.tip[0] == "epoch 4"
    chart.press(Keys.HOME)
    assert chart.tip[0] == "epoch 1"
    chart.press(Keys.ESCAPE)
    assert chart.tip is None
    chart.press(Keys.TAB)
    rows = Chart(page, 2)
    page.execute_script("arguments[0].focus()", rows.slider)
    rows.press(Keys.DOWN)
    assert rows.told == "second: ours 96 %, published 95.5 %"
    rows.press(Keys.UP)
    assert rows.tip[0] == "first¦a"
    assert chart.tip is None  # it lost the focus


def test_a_click_in_the_legend_hides_a_series_and_shows_it_again(page):
    chart = Chart(page, 0)
    training, validation = chart.figure.find_elements("css selector", ".legend button")
    lines = chart.figure.find_elements("css selector", ".series .line")
    training.click()
    assert training.get_attribute("aria-pressed") == "false"
    assert [line.is_displayed() for line in lines] == [False, True]
    chart.point(0.95)
    assert chart.tip == ["epoch 3", "validation 91 %"]  # the last that is shown
    validation.send_keys(Keys.ENTER)
    assert not any(line.is_displayed() for line in lines)
    chart.point(0.5)
    assert chart.tip is None
    assert chart.told == "no series is shown"
    for button in (training, validation):
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
    assert all(line.is_displayed() for line in lines)
    chart.point(0.11)
    assert chart.tip == ["epoch 1", "training 90 %", "validation 89 %"]


@pytest.mark.parametrize("kind", [interaction.POINTER_TOUCH, interaction.POINTER_PEN])
def test_a_touch_shows_values_until_something_else_is_touched(page, kind):
    chart = Chart(page, 0)
    actions = ActionBuilder(page, mouse=PointerInput(kind, "chart-" + kind), duration=20)
    for element in (chart.slider, page.find_element("css selector", "h2")):
        actions.pointer_action.move_to(element).pointer_down().pointer_up()
        actions.perform()
        actions.clear_actions()
        assert (chart.tip is not None) == (element == chart.slider)


def test_the_values_stay_on_the_smallest_screen(page):
    with on_a_telephone(page, 160):
        for number in range(3):
            chart = Chart(page, number)
            page.execute_script("arguments[0].focus()", chart.slider)
            for _ in range(4):
                box = chart.figure.find_element("css selector", ".tip").rect
                assert 0 <= box["x"] < box["x"] + box["width"] <= 160
                chart.press(Keys.RIGHT)


def test_charts_are_named_for_those_who_do_not_see_them(page):
    for figure in page.find_elements("css selector", "figure.charted"):
        svg = figure.find_element("css selector", "svg.chart")
        named = svg.get_attribute("aria-labelledby").split()
        words = [page.find_element("id", one).get_attribute("textContent") for one in named]
        assert words[0] == figure.find_element("css selector", "figcaption").text
        assert svg.accessible_name == " ".join(words)
    assert Chart(page, 0).slider.accessible_name == "Values of: Accuracy by epoch"
