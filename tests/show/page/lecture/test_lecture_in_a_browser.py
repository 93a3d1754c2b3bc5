"""The lecture page in a real browser: what moves, what it says, and that nothing leaves it."""

import json
import re

import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys

from nntrain.lecture.texts import LANGUAGES, laboratory_texts, texts
from nntrain.nn.outputs import OUTPUTS
from nntrain.show.page.lecture.numbers import answers
from tests import reference
from tests.cli.helpers import run
from tests.show.page.conftest import on_a_telephone

SECTIONS = list(texts("en")["sections"])
WIDGETS = ("why", "corners", "softmax", "jacobian", "inverse", "scale", "cost", "proofs", "digits")
MOVE = """
const [input, value] = arguments;
input.value = value;
input.dispatchEvent(new Event("input", {bubbles: true}));
"""
DATA = "return document.querySelector(arguments[0]).dataset[arguments[1]]"


SAID = """
const main = document.querySelector("main"), said = [main.textContent];
for (const name of ["aria-label", "aria-valuetext", "alt", "title", "placeholder"])
  for (const one of main.querySelectorAll(`[${name}]`)) said.push(one.getAttribute(name));
return said.join(" ");
"""
"""All that main says, to eyes and to a screen reader."""


def words_of(text):
    return set(re.findall(r"[^\W\d_]{4,}", text.lower()))


VOCABULARY = {
    language: words_of(
        json.dumps([texts(language), laboratory_texts(language)], ensure_ascii=False)
    )
    for language in LANGUAGES
}
NAMES = {"argmax", "likelihood", "logit", "math", "nntrain", "soft", "stop"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lecture")
    nothing = ["--runs-dir", folder / "none", "--data-dir", folder / "none"]
    for language in ("en", "cs"):
        run("lecture", "--lang", language, "--output", folder / f"{language}.html", *nothing)
    return folder


@pytest.fixture
def page(opened, pages):
    with opened(pages / "en.html") as browser:
        yield browser


def press(page, section, text):
    buttons = page.find_elements("css selector", f"#{section} button")
    (button,) = [one for one in buttons if one.text.startswith(text)]
    page.execute_script("arguments[0].click()", button)


def sliders(page, section):
    return page.find_elements("css selector", f"#{section}-widget input[type=range]")


def set_z(page, values, section="jacobian"):
    for slider, value in zip(sliders(page, section), values, strict=True):
        page.execute_script(MOVE, slider, value)


def data(page, selector, name):
    return page.execute_script(DATA, selector, name)


def test_it_agrees_with_the_product_and_says_so(page):
    line = page.find_element("id", "golden")
    assert float(line.get_attribute("data-difference")) < 1e-12
    assert line.text.startswith("Checked when this page was opened")


@pytest.mark.parametrize("wrong", [1e-6, None])
def test_a_wrong_script_is_loud(browser, pages, tmp_path, wrong):
    text = (pages / "en.html").read_text("utf-8")
    (stored,) = re.findall(r'id="lecture-data">(.*?)</script>', text, re.DOTALL)
    changed = json.loads(stored)
    delta = changed["golden"]["layers"][0]["delta"]
    delta[0] = "not a number" if wrong is None else delta[0] + wrong
    broken = tmp_path / "broken.html"
    broken.write_text(text.replace(stored, json.dumps(changed)), "utf-8")
    browser.get(broken.as_uri())
    line = browser.find_element("id", "golden")
    assert "WRONG NUMBERS" in line.text
    assert "bad" in line.get_attribute("class")


def test_sliders_of_the_neuron_set_w_b_and_the_rate(page):
    """One step from w = 1, b = −0.5: z falls by 2η ∂C/∂w, for input 1 and target 0."""
    weight, bias, rate = sliders(page, "why")
    for slider, value in ((weight, 1.0), (bias, -0.5), (rate, np.log(2.0))):
        page.execute_script(MOVE, slider, value)
    press(page, "why", "One step")
    a = 1 / (1 + np.exp(-0.5))
    gradients = (a * a * (1 - a), a)  # quadratic, cross-entropy
    row = page.find_element("css selector", "#why-widget tbody tr:nth-child(2)")
    assert row.find_element("tag name", "th").text == "z"
    found = [cell.text.replace("−", "-") for cell in row.find_elements("tag name", "td")]
    assert found == [f"{0.5 - 2 * 2 * gradient:.2f}" for gradient in gradients]


def test_a_running_neuron_changes_once_a_second_where_motion_is_reduced(page):
    count = (
        "const done = arguments[0]; let changes = 0; new MutationObserver(() => changes++)"
        ".observe(document.querySelector('#why-widget tbody'), {childList: true});"
        "setTimeout(() => done(changes), 500)"
    )
    for kind, expected in (("no-preference", range(5, 40)), ("reduce", range(2))):
        media = {"features": [{"name": "prefers-reduced-motion", "value": kind}]}
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        press(page, "why", "Run")
        assert page.execute_async_script(count) in expected
        press(page, "why", "Pause")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("section", WIDGETS)
def test_every_slider_moves_something_besides_itself(page, section):
    shown = (
        "const copy = document.getElementById(arguments[0]).cloneNode(true);"
        "copy.querySelectorAll('.slide').forEach((one) => one.remove());"
        "return copy.innerHTML"
    )
    found = sliders(page, section)
    assert found
    if section == "why":  # η shows when the neuron learns
        press(page, section, "One step")
    for slider in found:
        before = page.execute_script(shown, section)
        low, high = (float(slider.get_attribute(name)) for name in ("min", "max"))
        page.execute_script(MOVE, slider, low + 0.3 * (high - low))
        if section == "why":
            press(page, section, "One step")
        assert page.execute_script(shown, section) != before


def test_four_corners(page):
    (slider,) = sliders(page, "corners")
    page.execute_script(MOVE, slider, 10)
    z = np.array([10.0] + [-10.0] * 9)
    cells = page.find_elements("css selector", ".corner[data-layer]")
    assert {cell.get_attribute("data-layer") for cell in cells} == set(OUTPUTS)
    for cell in cells:
        output = cell.get_attribute("data-layer")
        a = reference.activate_output(z, output)
        expected = np.abs(reference.delta_of(a, reference.one_hot(1, 10), output)).max()
        assert float(cell.get_attribute("data-delta")) == pytest.approx(expected, rel=1e-9)


def test_one_neuron_learns_with_cross_entropy_and_stalls_with_the_quadratic_cost(page):
    press(page, "why", "badly wrong")
    for _ in range(31):
        press(page, "why", "One step")
    rows = page.find_elements("css selector", "#why-widget tbody tr")
    cells = [[cell.text for cell in row.find_elements("tag name", "td")] for row in rows]
    epoch, _, output = cells[:3]
    assert epoch == ["31", "31"]
    assert float(output[0]) > 0.97
    assert float(output[1]) < 0.2


def test_the_lectures_example_and_sums_of_sigmoids(page):
    press(page, "softmax", "Equal")
    press(page, "softmax", "Raise")
    assert "0.250 → 0.550" in page.find_element("id", "softmax-raised").text
    assert "−0.100, −0.100, −0.100" in page.find_element("id", "softmax-raised").text
    press(page, "softmax", "Show z")
    assert float(data(page, "#softmax-sums", "sum")) == pytest.approx(1, abs=1e-12)
    assert "exactly 1" in page.find_element("id", "softmax-sums").text


def test_a_bar_can_be_dragged(page):
    before = page.find_element("id", "softmax-sums").text
    drag = """
    const bar = document.querySelector("#softmax-widget .hit");
    const box = bar.ownerSVGElement.getBoundingClientRect();
    for (const [kind, y] of [["pointerdown", 0.5], ["pointermove", 0.2]])
      bar.dispatchEvent(new PointerEvent(kind, {
        buttons: 1, clientX: box.left + 5, clientY: box.top + y * box.height}));
    """
    page.execute_script(drag)
    assert page.find_element("id", "softmax-sums").text != before


def test_the_jacobian_and_the_inverse(page):
    z = (1.0, -2.0, 0.5, 3.0)
    set_z(page, z)
    cells = page.find_elements("css selector", "#jacobian .heat td[data-entry]")
    found = [float(cell.get_attribute("data-entry")) for cell in cells]
    a = np.array(reference.activate_output(z, "softmax+log-likelihood"))
    np.testing.assert_allclose(found[:16], (np.diag(a) - np.outer(a, a)).ravel(), atol=1e-12)
    sigmoids = 1 / (1 + np.exp(-np.array(z)))
    np.testing.assert_allclose(found[16:], np.diag(sigmoids * (1 - sigmoids)).ravel(), atol=1e-12)
    page.execute_script(MOVE, sliders(page, "inverse")[0], 4)
    constant = np.log(np.exp(np.array(z) + 4).sum())
    assert float(data(page, "#inverse-constant", "constant")) == pytest.approx(constant)


def test_the_scale_from_zero_to_infinity_with_a_tie(page):
    set_z(page, (3.0, -1.0, 2.0, 0.5))
    scale = sliders(page, "scale")[0]
    for position, expected in ((0, [0.25] * 4), (100, [1, 0, 0, 0])):
        page.execute_script(MOVE, scale, position)
        shown = data(page, "#scale-bars", "activations").split()
        np.testing.assert_allclose(list(map(float, shown)), expected)
    press(page, "scale", "Tie")
    shown = data(page, "#scale-bars", "activations").split()
    assert list(map(float, shown)) == [0.5, 0, 0.5, 0]


def test_the_cost(page):
    page.execute_script(MOVE, sliders(page, "cost")[0], 0.1)
    assert float(data(page, "#cost-value", "cost")) == pytest.approx(np.log(10))


def test_proofs_are_stepped_and_their_lines_agree(page):
    set_z(page, (0.3, -0.7, 1.1, 0.2), "proofs")
    lines = page.find_elements("css selector", "#proof-bp1 li")
    assert [line.is_displayed() for line in lines] == [True, False, False, False]
    for _ in range(3):
        press(page, "proof-bp1", "Next line")
    assert all(line.is_displayed() for line in lines)
    slots = {
        slot.get_attribute("data-value"): slot.text
        for slot in page.find_elements("css selector", "#proof-bp1 [data-value]")
    }
    assert slots["numeric"] == slots["delta_sigmoid"]
    assert slots["chain_sigmoid"].endswith(f"= {slots['numeric']}")
    press(page, "proof-bp2", "All lines")
    slots = {
        slot.get_attribute("data-value"): slot.text
        for slot in page.find_elements("css selector", "#proof-bp2 [data-value]")
    }
    a = np.array(reference.activate_output((0.3, -0.7, 1.1, 0.2), "softmax+log-likelihood"))
    hidden = 1 / (1 + np.exp(-0.5))
    weighed = (a - reference.one_hot(1, 4)) @ (0.8, -0.5, 0.3, 0.6)
    assert slots["numeric"] == slots["delta"] == f"{weighed * hidden * (1 - hidden):.3f}"
    press(page, "proof-break", "All lines")
    shown = page.find_element("id", "proof-break").text
    elementwise, true = ("0.000", "−0.667"), ("0.167", "−0.667", "0.500")
    assert all(number in shown for number in (*elementwise, *true))
    assert (
        page.execute_script("return document.querySelectorAll('[data-value]:empty').length") == 0
    )


@pytest.mark.parametrize("name", list(answers()))
def test_check_my_number(page, name):
    field = page.find_element("css selector", f"[data-answer={name}] input")
    said = page.find_element("css selector", f"[data-answer={name}] output")
    value = answers()[name]
    near = [(f"{value:.3f}", "right"), (f"{value + 0.02:.3f}", "wrong")]
    for typed, kind in (*near, ("17", "wrong"), ("what", "wrong")):
        page.execute_script("arguments[0].value = ''", field)
        field.send_keys(typed, Keys.ENTER)
        assert said.get_attribute("class") == kind


def test_numbers_may_be_typed_as_fractions_and_logarithms(page):
    typed = ["0,25", "−1/3", "ln 3", "-0.14", "3/4", "2 1/4", "1,5 m", "2 3", "3)", ""]
    found = page.execute_script("return arguments[0].map(readNumber)", typed)
    np.testing.assert_allclose(found[:6], [0.25, -1 / 3, np.log(3), -0.14, 0.75, 2.25])
    assert found[6:] == [None] * 4  # NaN


def test_the_stored_comparison_is_replayed(page):
    press(page, "digits", "Start again")
    moved = page.find_element("css selector", "#digits-widget .slide b")
    assert moved.text == "1"
    press(page, "digits", "One step")
    assert moved.text == "2"
    page.execute_script(MOVE, sliders(page, "digits")[0], 10_000)
    shown = page.find_element("id", "digits-widget").text
    assert "not within" in shown


def test_it_is_used_by_keyboard(page):
    slider = sliders(page, "cost")[0]
    before = data(page, "#cost-value", "cost")
    slider.send_keys(Keys.ARROW_RIGHT)
    assert data(page, "#cost-value", "cost") != before
    names = page.execute_script(
        "return Array.from(document.querySelectorAll('main input, main select, main textarea'),"
        "(one) => one.labels.length)"
    )
    assert all(names)


def test_controls_are_large_enough_for_a_finger(page):
    with on_a_telephone(page):
        small = page.execute_script(
            "return Array.from(document.querySelectorAll("
            "'main :is(button, select, summary, textarea, .button, .slide input, .asked input),"
            " nav a')).filter((one) => one.checkVisibility()"
            " && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"
        )
    assert small == []


@pytest.mark.parametrize("language", ["en", "cs"])
def test_both_languages_have_every_section_and_no_words_of_the_other(opened, pages, language):
    path = pages / f"{language}.html"
    with opened(path) as page:
        assert page.execute_script("return document.documentElement.lang") == language
        found = page.find_elements("css selector", "main > section")
        assert [one.get_attribute("id") for one in found] == SECTIONS
        page.execute_script(
            "document.querySelectorAll('pre, footer, main script').forEach((one) => one.remove())"
        )
        shown = page.execute_script(SAID)
        with on_a_telephone(page):
            assert page.execute_script("return document.documentElement.scrollWidth") <= 380
    other = "cs" if language == "en" else "en"
    assert not words_of(shown) & (VOCABULARY[other] - VOCABULARY[language] - NAMES)
    if language == "en":
        assert not re.search("[ěščřžůťďň]", shown)
    else:
        assert not re.findall(r"\b(?:the|of|is|and|with|which|sum|next|cost|step)\b", shown)
        assert not re.search(r"\d\.\d", shown)
        assert not re.search("quadratic|cross-entropy", shown)
    assert path.stat().st_size <= 2_000_000
