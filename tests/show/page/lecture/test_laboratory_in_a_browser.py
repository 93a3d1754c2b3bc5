"""The laboratory in a real browser: it learns as nntrain does, and a link restores it."""

import json
import re
import statistics
import time
from itertools import pairwise

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from nntrain.data.dataset import load
from nntrain.lecture.texts import laboratory_texts
from nntrain.show.page.lecture.golden import golden_updates
from tests.show.page.conftest import on_a_telephone, width_on_a_telephone
from tests.show.page.lecture.conftest import data_of, written

LIKELIHOOD, ENTROPY, SIGMOID_QUADRATIC, SOFTMAX_QUADRATIC = range(4)
POINTS = "const done = arguments[0]; LABORATORY.then((lab) => done(lab.run.points));"
FRAMES = """
const [count, done] = arguments, times = [];
function frame(now) {
  times.push(now);
  if (times.length > count) done(times);
  else requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
"""


LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


def number_in(text):
    """The number that the page writes as 0.25 or −4.5·10⁻⁸."""
    return float(text.translate(LOWERED).replace("·10", "e"))


class Lab:
    """The laboratory as its reader handles it."""

    def __init__(self, page):
        self.page = page

    def by_id(self, name):
        return self.page.find_element("id", name)

    def press(self, name):
        self.page.execute_script("arguments[0].click()", self.by_id(name))

    def wait(self, condition, seconds=20):
        return WebDriverWait(self.page, seconds, 0.05).until(lambda _: condition())

    def data(self, name):
        return self.by_id("lab").get_attribute(f"data-{name}")

    def rests_at(self, updates):
        """Wait until so many updates are made and none is being made."""
        self.wait(lambda: self.data("updates") == str(updates) and self.data("running") == "false")

    @property
    def points(self):
        return self.page.execute_async_script(POINTS)

    @property
    def accuracies(self):
        return [network["accuracy"] for network in self.points[-1]["networks"]]

    @property
    def address(self):
        return self.page.execute_script("return decodeURIComponent(location.hash)")

    def best(self, number, until):
        points = [p for p in self.points if p["updates"] <= until]
        return max(p["networks"][number]["accuracy"] for p in points)


@pytest.fixture
def at(opened, laboratory_page):
    """Open the laboratory at an address and wait until it has checked itself."""
    contexts = []

    def close():
        while contexts:
            contexts.pop().__exit__(None, None, None)

    def open_at(address="", path=laboratory_page):
        close()
        contexts.append(opened(path, address))
        found = Lab(contexts[-1].__enter__())
        found.wait(lambda: found.by_id("lab-check").get_attribute("data-difference"))
        found.wait(lambda: found.data("updates") is not None)
        return found

    yield open_at
    close()


def test_it_compares_its_updates_with_nntrains_when_it_opens(at):
    check = at().by_id("lab-check")
    assert float(check.get_attribute("data-difference")) <= 1e-5
    assert check.get_attribute("class") == "note"
    assert "20 mini-batches" in check.text


def test_it_is_loud_if_its_updates_differ(at, real_mnist, tmp_path):
    def wrong(section):
        data = data_of(section)
        data["golden"]["updates"][-1]["rate"] *= 1.01
        start, end = re.search(r'id="laboratory-data">(.*?)</script>', section, re.S).span(1)
        return section[:start] + json.dumps(data) + section[end:]

    path = written(tmp_path / "wrong.html", load(str(real_mnist), real_mnist), change=wrong)
    check = at(path=path).by_id("lab-check")
    assert check.get_attribute("class") == "warning"
    assert check.get_attribute("role") == "alert"
    assert check.text.startswith("Do not trust this laboratory")


def test_updates_of_30_hidden_neurons_equal_nntrains(at, real_mnist):
    train = load(str(real_mnist), real_mnist).train
    golden = golden_updates(train.images[:200], train.labels[:200], 10, hidden=30)
    difference = at().page.execute_async_script(
        "const [golden, done] = arguments;"
        "const data = JSON.parse(document.getElementById('laboratory-data').textContent);"
        "inflated(data.images).then((pixels) => {"
        "  const digit = (i) => pixels.subarray(784 * i, 784 * (i + 1));"
        "  const images = data.labels.map((_, i) => inked(digit(i)));"
        "  done(differenceFromGolden(golden, images, data.labels)); });",
        golden,
    )
    assert 0 < difference <= 1e-5


def test_from_the_saturated_start_only_the_matched_pairs_escape_in_100_updates(at):
    found = at("#laboratory&updates=100")
    found.rests_at(100)
    for number in (SIGMOID_QUADRATIC, SOFTMAX_QUADRATIC):
        assert found.best(number, 100) < 0.2
    for number in (LIKELIHOOD, ENTROPY):
        assert found.best(number, 100) > 0.5
    words = [card.text for card in found.page.find_elements("css selector", ".lab-half")]
    assert [text == "not yet 50 %" for text in words] == [False, False, True, True]
    wrong = found.points[0]["networks"]
    assert all(0.15 < network["saturated"] <= 0.2 for network in wrong)


@pytest.mark.alone
def test_it_reaches_88_percent_in_10_seconds_with_smooth_frames_and_an_epoch_a_second(at):
    found = at("#laboratory&start=random&speed=1000")
    began = time.monotonic()
    found.press("lab-run")
    times = found.page.execute_async_script(FRAMES, 120)
    gaps = [b - a for a, b in pairwise(times)]
    found.wait(lambda: min(found.accuracies[:2]) >= 0.88, began + 10 - time.monotonic())
    updates, at_once = int(found.data("updates")), time.monotonic()
    found.wait(lambda: int(found.data("updates")) >= updates + 400, 2)  # two epochs
    assert time.monotonic() - at_once <= 2
    found.press("lab-run")
    assert statistics.median(gaps) <= 20


def test_a_link_restores_settings_and_updates(at):
    link = "#laboratory&outputs=sigmoid+cross-entropy,softmax+quadratic&start=random&eta=0.2,5"
    link += "&hidden=12&speed=10&seed=9&view=weights&updates=37&hide=seed,pad"
    first = at(link)
    first.rests_at(37)
    assert first.address == link
    shown = [card.text for card in first.page.find_elements("css selector", ".lab-card h3")]
    assert shown == ["sigmoid + cross-entropy", "softmax + quadratic"]
    etas = [one.text for one in first.page.find_elements("css selector", ".lab-eta output")]
    assert etas == ["0.2", "5"]
    assert first.by_id("lab-hidden-value").text == "12"
    assert first.by_id("lab-speed-value").text == "10 per second"
    assert first.page.find_element("css selector", "[name=lab-start][value=random]").is_selected()
    assert first.page.find_element("css selector", "[name=lab-view][value=weights]").is_selected()
    for hidden in ("lab-new-seed", "lab-drawing"):
        assert not first.by_id(hidden).is_displayed()
    for seen in ("lab-run", "lab-hidden", "lab-looks"):
        assert first.by_id(seen).is_displayed()
    expected = first.accuracies
    again = at(link.replace("&updates=37", ""))
    for update in range(37):
        again.press("lab-one")
        again.rests_at(update + 1)
    assert again.accuracies == expected
    assert again.address == link.replace("&hide=seed,pad", "") + "&hide=seed,pad"


@pytest.mark.parametrize(
    "address",
    [
        *("", "#", "#laboratory", "#laboratory&", "#softmax&hidden=3"),
        "#laboratory&hidden=x&eta=,&start=&outputs=a",
        "#laboratory&%E0%A4%A=%E0%A4%A&updates=-5&seed=1e999&hide=%3Cscript%3E&__proto__=1",
    ],
)
def test_an_address_that_says_nothing_gives_the_defaults(at, address):
    found = at(address)
    assert found.data("updates") == "0"
    assert len(found.page.find_elements("css selector", ".lab-card")) == 4
    assert found.by_id("lab-hidden-value").text == "30"


def test_controls_change_the_address_and_a_changed_rate_is_not_repeated(at):
    found = at("#laboratory&updates=5")
    found.rests_at(5)
    slider = found.page.find_element("css selector", ".lab-eta input")
    slider.send_keys(Keys.RIGHT)
    assert found.address == "#laboratory&eta=0.7,0.5,3,3"  # no updates: not all had this rate
    found.page.execute_script("document.querySelector('[name=lab-shared][value=yes]').click()")
    assert found.address == "#laboratory&eta=0.5"
    found.press("lab-again")
    found.rests_at(0)
    found.press("lab-one")
    found.rests_at(1)
    assert found.address == "#laboratory&eta=0.5&updates=1"
    boxes = found.page.find_elements("css selector", "#lab-outputs input")
    for box in boxes[:2]:
        box.send_keys(Keys.SPACE)
    assert len(found.page.find_elements("css selector", ".lab-card")) == 2
    assert [box.is_enabled() for box in boxes] == [True, True, False, False]  # at least two stay


def test_the_one_step_view_shows_the_digits_delta(at):
    found = at("#laboratory&start=random")
    found.press("lab-one")
    found.rests_at(1)
    found.press("lab-next")
    found.wait(lambda: "2 of 10" in found.by_id("lab-look-words").text)
    label = int(found.by_id("lab-look-words").text[-1])
    tables = found.page.find_elements("css selector", ".lab-look")
    assert len(tables) == 4
    for number, table in enumerate(tables):
        rows = [
            [number_in(cell.text) for cell in row.find_elements("css selector", "td")]
            for row in table.find_elements("css selector", "tbody tr")
        ]
        a, delta = [row[1] for row in rows], [row[2] for row in rows]
        errors = [one - (k == label) for k, one in enumerate(a)]
        pairs = list(zip(a, errors, strict=True))
        mean = sum(one * e for one, e in pairs)
        expected = {
            LIKELIHOOD: errors,
            ENTROPY: errors,
            SIGMOID_QUADRATIC: [e * one * (1 - one) for one, e in pairs],
            SOFTMAX_QUADRATIC: [one * (e - mean) for one, e in pairs],
        }[number]
        assert delta == pytest.approx(expected, rel=0.15, abs=0.01)


def test_a_drawing_is_answered_and_the_answer_changes_as_the_networks_learn(at):
    found = at()
    pad = found.by_id("lab-drawing")
    found.page.execute_script("arguments[0].scrollIntoView({block: 'center'})", pad)
    strokes = ActionChains(found.page, 20).move_to_element_with_offset(pad, 0, -90)
    strokes.click_and_hold().move_by_offset(0, 90).move_by_offset(0, 90).release().perform()
    answers = lambda: [one.text for one in found.page.find_elements("css selector", ".lab-answer")]  # noqa: E731
    found.wait(lambda: answers()[0].startswith("0 with"))  # saturated: all are sure of 0
    assert all(text.startswith("0 with") for text in answers())
    found.page.execute_script("location.hash = '#laboratory&updates=200'")
    found.rests_at(200)
    found.wait(lambda: answers()[0].startswith("1 with"))
    assert answers()[SOFTMAX_QUADRATIC] == "0 with 1.00"
    found.press("lab-clear")
    found.wait(lambda: answers() == ["Draw a digit."] * 4)
    found.press("lab-example")
    found.wait(lambda: all(" with " in text for text in answers()))


def test_it_runs_pauses_and_obeys_reduced_motion(at):
    found = at("#laboratory&speed=100")
    calm = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    found.page.execute_cdp_cmd("Emulation.setEmulatedMedia", calm)
    found.page.execute_script(
        "window.drawn = 0; new MutationObserver(() => window.drawn++)"
        ".observe(document.getElementById('lab-accuracy'),"
        "{attributes: true, attributeFilter: ['viewBox']})"
    )
    found.by_id("lab-run").send_keys(Keys.ENTER)
    assert found.by_id("lab-run").text == "Pause"
    found.wait(lambda: int(found.data("updates")) >= 100)
    assert found.page.execute_script("return window.drawn") <= 4
    found.by_id("lab-run").send_keys(Keys.ENTER)
    found.wait(lambda: found.data("running") == "false")
    assert found.by_id("lab-run").text == "Run"
    found.wait(lambda: "Paused after" in found.by_id("lab-status").text)
    assert found.points[-1]["updates"] == int(found.data("updates"))
    found.page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_czech_has_no_english_words(at, real_mnist, tmp_path):
    path = written(tmp_path / "cs.html", load(str(real_mnist), real_mnist), "cs")
    found = at("#laboratory&updates=30", path=path)
    found.rests_at(30)
    text = found.page.find_element("css selector", "main").text
    english = set(re.findall(r"[a-z]{4,}", " ".join(laboratory_texts("en").values()).lower()))
    czech = set(re.findall(r"[^\W\d_]{4,}", " ".join(laboratory_texts("cs").values()).lower()))
    names = {"softmax", "sigmoid", "likelihood", "mnist"}
    found_words = set(re.findall(r"[^\W\d_]{4,}", text.lower()))
    assert not found_words & (english - czech - names)
    assert "0,5" in text


def test_it_fits_a_phone_and_its_targets_are_large_enough_for_a_finger(at):
    found = at()
    assert width_on_a_telephone(found.page) <= 380
    with on_a_telephone(found.page):
        heights = found.page.execute_script(
            "return Array.from(document.querySelectorAll("
            "'#lab button, .lab-choice label, #lab-outputs label'))"
            ".filter((one) => one.offsetParent).map((one) => one.getBoundingClientRect().height)"
        )
    assert min(heights) >= 44
