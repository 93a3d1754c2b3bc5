"""Linked digits in a real browser: a choice shows its digits, and a digit asks the network."""

import numpy as np
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from nntrain.data.loading import load
from nntrain.runs.run import Run
from tests.show.page.conftest import on_a_telephone
from tests.show.page.run.helpers import started


@pytest.fixture(scope="module")
def answers(real_mnist, real_run):
    """Labels and the network's outputs on the test digits, by NumPy alone."""
    part, network = load(str(real_mnist), real_mnist).test, Run(real_run).model()
    a = part.images.reshape(len(part.images), -1) / np.float32(255)
    for layer, (W, b) in enumerate(zip(network.weights, network.biases, strict=True)):
        z = a @ W.T + b
        a = np.maximum(z, 0) if layer == 0 else np.exp(z - z.max(axis=1, keepdims=True))
    return part.labels, a / a.sum(axis=1, keepdims=True)


@pytest.fixture
def page(opened, real_run):
    with opened(real_run / "report.html") as browser:
        started(browser)
        yield browser


def click(page, selector):
    element = page.find_element("css selector", selector)
    middle = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})"
    page.execute_script(middle, element)
    element.click()
    return element


def shown(page):
    """The digits in the panel, by their place in the dataset."""
    return page.execute_script(
        "return Array.from(document.querySelectorAll('#panel .thumb'),"
        " (one) => PARTS.held.index[one.dataset.digit])"
    )


def title(page):
    return page.find_element("id", "panel-title").text


def notes(page):
    return [one.text for one in page.find_elements("css selector", "#panel-groups .note")]


def most_confident(outputs, which):
    indices = np.flatnonzero(which)
    return indices[np.argsort(-outputs[indices].max(axis=1), kind="stable")].tolist()


def test_a_cell_shows_its_digits_with_their_outputs_the_most_confident_first(page, answers):
    labels, outputs = answers
    predicted = outputs.argmax(axis=1)
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, predicted), 1)
    np.fill_diagonal(counts, 0)
    true, wrong = np.unravel_index(counts.argmax(), counts.shape)
    for cell in ("#confusion", "#chips"):
        click(page, "[data-pick='class-0']")
        click(page, f"{cell} [data-pick='cell-{true}-{wrong}']")
        expected = most_confident(outputs, (labels == true) & (predicted == wrong))
        assert shown(page) == expected
        assert title(page) == f"{true} predicted as {wrong}"
        texts = page.find_elements("css selector", "#panel .thumb")
        for text, index in zip(texts, expected, strict=True):
            pair = [f"{k} {outputs[index, k]:.2f}" for k in (wrong, true)]
            assert text.text.split("\n") == pair
        # the first of them is shown at once
        assert f"#{expected[0]}: {true}" in page.find_element("id", "panel-words").text
    pressed = page.find_elements("css selector", "[data-pick][aria-pressed='true']")
    assert len(pressed) == 2  # the cell and the chip


def test_a_class_shows_what_was_missed_and_what_was_taken_for_it(page, answers):
    labels, outputs = answers
    predicted = outputs.argmax(axis=1)
    click(page, "[data-pick='class-4']")
    missed = (labels == 4) & (predicted != 4)
    taken = (labels != 4) & (predicted == 4)
    found = shown(page)
    assert set(found) >= set(np.flatnonzero(missed | taken))
    assert notes(page)[0].startswith(f"{missed.sum()} labelled 4, predicted as another class")
    assert notes(page)[1].startswith(f"{taken.sum()} of another class, predicted as 4")
    assert notes(page)[2].startswith(f"{((labels == 4) & (predicted == 4)).sum():,} recognised: ")


def test_a_bar_and_a_point_show_the_digits_of_their_bin(page, answers):
    labels, outputs = answers
    confidence, right = outputs.max(axis=1), outputs.argmax(axis=1) == labels
    bar = page.find_element("css selector", "#confidence tbody tr:nth-child(3) .right svg")
    ActionChains(page, 20).scroll_to_element(bar).click(bar).perform()
    inside = (confidence >= 0.6) & (confidence < 0.7)
    assert title(page) == "Confidence 0.6 to 0.7"
    errors = most_confident(outputs, inside & ~right)
    assert shown(page)[: len(errors)] == errors
    assert notes(page)[0].startswith(f"{len(errors)} wrong")
    assert notes(page)[1].startswith(f"{(inside & right).sum()} right")
    click(page, "#reliability .slider")  # its middle is at a confidence of about 0.5
    low, high = (float(word) for word in title(page).split()[1::2])
    assert high - low == pytest.approx(1 / 15, abs=0.002)
    assert low <= 0.6
    assert high >= 0.4
    number = round(15 * low)
    inside = (confidence >= number / 15) & (confidence < (number + 1) / 15)
    assert set(shown(page)) >= set(np.flatnonzero(inside & ~right))


def test_a_digit_is_put_on_the_pad_and_into_the_temperature_laboratory(page, answers):
    labels, outputs = answers
    click(page, "[data-pick^='cell-'].chip")
    click(page, "#panel .thumb:nth-child(2)")
    index = shown(page)[1]
    name = f"digit #{index}: {labels[index]}, predicted {outputs[index].argmax()}"
    name = name.replace("digit", page.execute_script("return DATA.noun"))
    assert page.find_element("id", "panel-words").text == name
    assert page.find_element("id", "c-digit-words").text == name
    assert f"#{index} is labelled {labels[index]}." in page.find_element("id", "pad-about").text
    said = page.find_element("id", "pad-answer").get_attribute("data-predicted")
    assert said == str(outputs[index].argmax())
    drawn = page.execute_script(
        "const seen = document.getElementById('seen');"
        "return Array.from(seen.getContext('2d').getImageData(0, 0, 28, 28).data)"
        ".filter((_, i) => i % 4 === 0)"
    )
    assert drawn == page.execute_script("return Array.from(PARTS.held.pixels(PARTS.linked.digit))")
    card = click(page, "#hesitations .asked")
    asked = card.get_attribute("data-example")
    assert f"#{asked} is labelled" in page.find_element("id", "pad-about").text


def test_the_address_remembers_what_is_selected(opened, real_run):
    with opened(real_run / "report.html") as page:
        started(page)
        click(page, "[data-pick='fine-3']")
        click(page, "#panel .thumb:nth-child(3)")
        address = page.execute_script("return location.hash")
        before = shown(page), title(page), page.find_element("id", "panel-words").text
    assert address == f"#show=fine-3&digit={before[0][2]}"
    with opened(real_run / "report.html", address) as again:
        started(again)
        assert (shown(again), title(again)) == before[:2]
        assert again.find_element("id", "panel-words").text == before[2]
    odd = ("cell-77-1&digit=x", "%00", "fine", "constructor", "toString-1")
    for nonsense in (*(f"#show={name}" for name in odd), "#digit=-1", "#sure"):
        with opened(real_run / "report.html", nonsense) as again:
            started(again)
            assert shown(again)


def test_keys_do_what_the_mouse_does(page):
    def press(*keys):
        ActionChains(page, 20).send_keys(*keys).perform()

    active = "return document.activeElement.dataset.pick ?? document.activeElement.dataset.digit"
    first = "#confusion td [data-pick='cell-4-4']"
    page.execute_script(f'document.querySelector("{first}").focus()')
    press(Keys.ARROW_UP)
    assert page.execute_script(active).startswith("cell-")
    assert page.execute_script(active) != "cell-4-4"
    press(Keys.ENTER)
    cell = page.execute_script(active)
    assert page.execute_script("return PARTS.linked.picked") == cell
    assert page.execute_script("return location.hash").startswith(f"#show={cell}&")
    # one stop of the Tab key in the whole matrix
    stops = page.find_elements("css selector", "#confusion button[tabindex='0']")
    assert len(stops) == 1
    page.execute_script("document.querySelector('#panel .thumb').focus()")
    press(Keys.ARROW_RIGHT, Keys.SPACE)
    assert page.execute_script("return PARTS.linked.digit") == int(page.execute_script(active))
    page.execute_script("document.getElementById('drawing').focus()")
    before = page.find_element("id", "pad-about").text
    press(Keys.ARROW_RIGHT)
    after = page.find_element("id", "pad-about").text
    assert before != after
    press(Keys.ARROW_LEFT)
    assert page.find_element("id", "pad-about").text == before
    press(Keys.DELETE)
    assert page.find_element("id", "pad-answer").text == "Draw an image."
    chart = "document.querySelector('#reliability .slider').focus()"
    page.execute_script(chart)
    press(Keys.END, Keys.ENTER)
    assert title(page) == "Confidence 0.933 to 1"


def test_on_a_telephone_the_digits_come_into_the_section_that_was_touched(page):
    with on_a_telephone(page, 390):
        click(page, "[data-pick='fine-4']")
        assert page.execute_script("return document.getElementById('panel').closest('section').id")
        box = page.find_element("id", "panel").rect
        assert box["width"] <= 390
    click(page, "[data-pick='fine-4']")
    home = "return document.getElementById('panel').parentElement.className"
    assert page.execute_script(home) == "side"
