"""The laboratory's controls and panels in a real browser, also when they are used quickly."""

import re

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from nntrain.data.loading import load
from nntrain.lecture.texts import laboratory_texts
from tests.show.page.conftest import on_a_telephone, width_on_a_telephone
from tests.show.page.lecture.conftest import written
from tests.show.page.lecture.lab import (
    ENTROPY,
    LIKELIHOOD,
    SIGMOID_QUADRATIC,
    SOFTMAX_QUADRATIC,
    number_in,
)


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
    for box in boxes[:2]:
        box.send_keys(Keys.SPACE)
    found.rests_at(0)
    assert found.address == "#laboratory&eta=0.5"


def test_the_one_step_view_shows_the_digits_delta(at):
    found = at("#laboratory&start=random")
    found.press("lab-one")
    found.rests_at(1)
    place = int(re.search(r"(\d+) of 10", found.by_id("lab-look-words").text)[1])
    found.press("lab-next")
    found.wait(lambda: f"{place + 1} of 10" in found.by_id("lab-look-words").text)
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


def move(found, name, place):
    """Move a slider, as a finger does: the page hears of it only when it has moved."""
    found.page.execute_script(
        "const slider = document.getElementById(arguments[0]);"
        "slider.value = arguments[1];"
        "for (const kind of ['input', 'change'])"
        " slider.dispatchEvent(new Event(kind, {bubbles: true}))",
        name,
        place,
    )


def test_every_slider_moves_what_it_should(at):
    found = at("#laboratory&eta=0.5")
    move(found, "lab-hidden", 4)
    found.rests_at(0)
    found.wait(lambda: found.script("done(lab.run.first && lab.run.first.length)") == 784 * 4)
    width, height = found.page.execute_script(
        "const picture = document.querySelector('.lab-weights');"
        "return [picture.width, picture.height]"
    )
    assert (width, height) == (3 * 29 - 1, 2 * 29 - 1)
    move(found, "lab-eta", 0)
    found.press("lab-one")
    found.rests_at(1)
    small = found.points[-1]["networks"][LIKELIHOOD]["cost"]
    found.press("lab-again")
    found.rests_at(0)
    move(found, "lab-eta", 9)
    found.press("lab-one")
    found.rests_at(1)
    assert found.points[-1]["networks"][LIKELIHOOD]["cost"] != small
    move(found, "lab-speed", 0)
    assert found.address == "#laboratory&eta=1&hidden=4&speed=1&updates=1"
    assert found.texts("output[for=lab-speed], output[for=lab-eta], output[for=lab-hidden]") == [
        *("1 per second", "1", "4"),
    ]


def test_quick_changes_of_a_slider_do_not_queue_up_experiments(at):
    found = at()
    begun = found.script(
        "const worker = lab.run.worker, post = worker.postMessage.bind(worker); let begun = 0;"
        "worker.postMessage = (message) => { begun += message.kind === 'begin'; post(message); };"
        "const slider = document.getElementById('lab-hidden');"
        "for (let hidden = 10; hidden <= 40; hidden++) {"
        "  slider.value = hidden; slider.dispatchEvent(new Event('input', {bubbles: true})); }"
        "(function wait() {"
        "  if (lab.run.first?.length === 784 * 40 && !lab.run.busy) done(begun);"
        "  else setTimeout(wait, 20); })();"
    )
    assert begun <= 2


def test_a_change_of_speed_does_not_draw_twice_a_frame(at):
    found = at("#laboratory&speed=1")
    asked = found.script(
        "lab.run.go(1, 100);"
        "for (let speed = 1; speed < 30; speed++) lab.run.go(speed, 100);"
        "const ask = window.requestAnimationFrame; let asked = 0;"
        "window.requestAnimationFrame = (act) => { asked++; return ask.call(window, act); };"
        "let frames = 0; (function frame() {"
        "  if (++frames > 10) done(asked / frames); else ask.call(window, frame); })();"
    )
    assert asked < 2


def test_the_last_of_several_questions_is_answered(at):
    found = at("#laboratory&updates=5")
    found.rests_at(5)
    table = lambda: found.texts("#lab-looks td")  # noqa: E731
    found.page.execute_script(
        "for (let i = 0; i < 3; i++) document.getElementById('lab-next').click()"
    )
    found.wait(lambda: found.script("done(!lab.run.look.busy)"))
    quick = table()
    for button in ("lab-next", "lab-previous"):
        found.press(button)
        found.wait(lambda: found.script("done(!lab.run.look.busy)"))
    assert table() == quick


def test_an_answer_that_comes_after_the_pad_was_cleared_is_not_shown(at):
    found = at()
    found.page.execute_script(
        "for (const id of ['lab-example', 'lab-clear']) document.getElementById(id).click()"
    )
    found.wait(lambda: found.script("done(!lab.run.look.busy)"))
    assert found.texts(".lab-answer") == ["Draw a digit."] * 4


def test_going_back_to_the_laboratory_does_not_begin_again(at):
    found = at("#laboratory&updates=3")
    found.rests_at(3)
    found.page.execute_script("location.hash = '#elsewhere'")
    found.page.back()
    found.wait(lambda: found.address == "#laboratory&updates=3")
    assert found.script("done(lab.run.number)") == 1


def test_single_updates_wait_for_the_worker_and_the_most_is_told(at):
    found = at("#laboratory&outputs=softmax+log-likelihood,sigmoid+quadratic&hidden=2")
    found.page.execute_script("document.getElementById('lab-one').click();" * 5)
    found.rests_at(5)
    found.script("lab.run.updates = MOST_UPDATES; done()")
    found.press("lab-run")
    assert "at most 10,000 updates" in found.by_id("lab-status").text
    assert found.by_id("lab-run").text == "Run"


def test_a_network_that_diverges_says_so_and_shows_no_nan(at):
    found = at("#laboratory&start=random&eta=100&updates=200")
    found.rests_at(200)
    spoiled = found.script(
        "for (const point of lab.run.points.slice(-1))"
        "  for (const key of ['cost', 'delta']) point.networks[3][key] = NaN;"
        "lab.run.weights[3].fill(NaN); lab.drawer.all();"
        "lab.look.show({digit: 0, label: 1, layers: Array(4).fill("
        "  {z: Array(10).fill(NaN), a: Array(10).fill(NaN), delta: Array(10).fill(NaN)})});"
        "done(document.getElementById('lab').innerHTML)"
    )
    assert "NaN" not in spoiled
    assert found.texts(".lab-delta")[3] == "diverged: choose a smaller η"


@pytest.mark.parametrize("missing", ["Worker", "DecompressionStream"])
def test_a_browser_without_what_it_needs_is_told(browser, laboratory_page, missing):
    added = browser.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": f"delete window.{missing}"}
    )
    try:
        browser.get("about:blank")
        browser.get(laboratory_page.as_uri())
        line = browser.find_element("id", "lab-check")
        WebDriverWait(browser, 10).until(lambda _: line.get_attribute("class") == "warning")
        assert line.text.startswith("This browser could not start the laboratory.")
        assert missing in line.text
        assert not browser.find_element("id", "lab").is_displayed()
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
