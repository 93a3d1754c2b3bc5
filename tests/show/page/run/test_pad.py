"""The page in a real browser: the controls work, drawings are classified, nothing is fetched."""

import itertools

import numpy as np
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions import interaction
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput

from nntrain.analysis.calibration import scaled
from nntrain.analysis.confidence import reliability
from nntrain.analysis.predictions import activations
from nntrain.data.loading import load
from nntrain.images.normal_form import normalised
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.outputs import OUTPUTS
from nntrain.runs.run import Run
from nntrain.show.page.run.rounded import rounded
from tests.cli.helpers import run
from tests.show.page.conftest import check_charts, width_on_a_telephone
from tests.show.page.run.helpers import started

AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
NEXT_FRAME = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));"
DRAW = """
const [canvas, segments] = [document.getElementById("drawing"), arguments[0]];
document.getElementById("clear").click();
const box = canvas.getBoundingClientRect();
const send = (kind, [x, y]) => canvas.dispatchEvent(new PointerEvent(kind, {
    pointerId: 1, button: 0,
    clientX: box.left + canvas.clientLeft + x, clientY: box.top + canvas.clientTop + y}));
for (const [from, to] of segments) {
    send("pointerdown", from); send("pointermove", to); send("pointerup", to);
}
"""


@pytest.fixture(scope="module")
def test_part(real_mnist):
    return load(str(real_mnist), real_mnist).test


@pytest.fixture
def page(opened, real_run):
    with opened(real_run / "report.html") as browser:
        started(browser)
        yield browser


def predicted(page):
    page.execute_async_script(NEXT_FRAME)
    return page.find_element("id", "pad-answer").get_attribute("data-predicted")


def thinned(ink):
    """The skeleton of a shape (Zhang and Suen 1984)."""
    ink = np.pad(ink.astype(int), 1)
    while True:
        before = ink.copy()
        for step in (0, 1):
            rows, columns = ink.shape
            ring = [ink[1 + dy : rows - 1 + dy, 1 + dx : columns - 1 + dx] for dy, dx in AROUND]
            count = sum(ring)
            around = zip(ring, [*ring[1:], ring[0]], strict=True)
            turns = sum((a == 0) & (b == 1) for a, b in around)
            n, e, s, w = ring[0], ring[2], ring[4], ring[6]
            first, second = (n * e * s, e * s * w) if step == 0 else (n * e * w, n * s * w)
            gone = (count >= 2) & (count <= 6) & (turns == 1) & (first == 0) & (second == 0)
            ink[1:-1, 1:-1][gone] = 0
        if (before == ink).all():
            return ink[1:-1, 1:-1].astype(bool)


def strokes(image):
    """The digit as short lines on the pad, ten of its pixels to one of MNIST's."""
    line = thinned(image > 100)
    points = {tuple(point) for point in np.argwhere(line).tolist()}
    place = lambda y, x: [10 * x + 5, 10 * y + 5]  # noqa: E731 - one expression, used twice
    segments = [[place(*p), place(*p)] for p in points]
    for y, x in points:
        for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
            if (y + dy, x + dx) in points:
                segments.append([place(y, x), place(y + dy, x + dx)])
    return segments


def test_the_forward_pass_is_that_of_the_programs_rounded_weights(page, real_run, test_part):
    made = rounded(Run(real_run).model()).network
    for layer, weights in enumerate(made.weights):
        script = f"return Array.from(PARTS.network.weights[{layer}])"
        assert page.execute_script(script) == weights.ravel().astype(float).tolist()
    index, outputs = page.execute_script(
        "const { held, network } = PARTS;"
        "const outputs = held.index.map((_, i) => Array.from(forward(network, held.pixels(i))));"
        "return [held.index, outputs]"
    )
    expected = made.outputs(test_part.images[index])
    np.testing.assert_allclose(outputs, expected, atol=2e-6)
    assert float(page.find_element("id", "check").get_attribute("data-difference")) <= 2e-6
    own = Run(real_run).model().outputs(test_part.images)
    differ = made.outputs(test_part.images).argmax(axis=1) != own.argmax(axis=1)
    assert differ.mean() <= 0.001
    assert f"examples, {differ.sum()} get" in page.find_element("id", "check").text
    assert f"in this page {differ[index].sum()}." in page.find_element("id", "check").text


@pytest.mark.parametrize(
    ("output", "hidden"), list(zip(OUTPUTS, itertools.cycle(ACTIVATIONS), strict=False))
)
def test_the_forward_pass_of_every_output_agrees_with_pythons(
    opened, boxed, tmp_path, output, hidden
):
    words = ["fit", "--dataset", boxed, "--hidden", 6, "--epochs", 1, "--output", output]
    words += ["--activation", hidden]
    c = ["--inverse-temperature", 2] if OUTPUTS[output].has_temperature else []
    run(*words, *c, "--runs-dir", tmp_path, "--name", "a", "-q", env={"NNTRAIN_NO_REPORT": ""})
    with opened(tmp_path / "a" / "report.html") as page:
        started(page)
        shown = page.find_element("id", "check").get_attribute("data-difference")
        assert float(shown) <= 1e-5
        kind = "probabilities" if OUTPUTS[output].distribution else "activations"
        assert kind in page.find_element("id", "pad-bars").get_attribute("aria-label")


def test_the_slider_moves_bars_histogram_and_ece(page, real_run, test_part):
    state = (
        "return [document.getElementById('c-bars').textContent,"
        "document.getElementById('c-histogram').innerHTML,"
        "document.getElementById('c-ece').dataset.ece]"
    )
    network = Run(real_run).model()
    sums = network.weighted_inputs(test_part.images).astype(np.float64)
    logs = network.output.log_activate(sums)
    for c in (0.3, 1.0, 4.0):
        before = page.execute_script(state)
        page.execute_script(
            "const c = document.getElementById('c'); c.step = 'any'; c.value = arguments[0];"
            "c.dispatchEvent(new Event('input'))",
            float(np.log(c)),
        )
        after = page.execute_script(state)
        assert all(a != b for a, b in zip(before, after, strict=True))
        confidence = activations(scaled(logs, c)).max(axis=1)
        ece = reliability(confidence, logs.argmax(axis=1) == test_part.labels).ece
        assert float(after[2]) == pytest.approx(ece, abs=1e-4)


def test_strokes_give_the_right_digit(page, real_run, test_part):
    images, labels = test_part.images[:35], test_part.labels
    answers = Run(real_run).model().weighted_inputs(images).argmax(axis=1)
    asked = [i for i in range(35) if answers[i] == labels[i]][:30]
    right = 0
    for index in asked:
        page.execute_script(DRAW, strokes(images[index]))
        right += predicted(page) == str(labels[index])
    assert right >= 0.9 * len(asked), f"{right} of {len(asked)}"


def test_a_drawing_is_normalised_as_predict_does(page, test_part):
    for image in test_part.images[:3]:
        page.execute_script(DRAW, strokes(image))
        drawn = page.execute_script(
            "return Array.from(document.getElementById('drawing').getContext('2d')"
            ".getImageData(0, 0, 280, 280).data.filter((_, i) => i % 4 === 0))"
        )
        thin = np.kron(thinned(image > 100), np.full((10, 10), 255))  # lines to be widened
        for ink in (np.array(drawn, np.uint8), thin.astype(np.uint8).ravel()):
            seen = page.execute_script(
                "const ink = picture(280, 280, Float64Array.from(arguments[0]));"
                "return Array.from(normalForm(ink, [28, 28]))",
                ink.tolist(),
            )
            expected = normalised(ink.reshape(280, 280), (28, 28)).astype(int)
            assert np.abs(np.array(seen).reshape(28, 28) - expected).max() <= 2


@pytest.mark.parametrize("kind", [interaction.POINTER_MOUSE, "pen", "touch"])
def test_mouse_pen_and_finger_draw(page, kind):
    assert predicted(page) != "1"  # a test digit is on the pad, and a stroke replaces it
    canvas = page.find_element("id", "drawing")
    middle = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})"
    page.execute_script(middle, canvas)
    actions = ActionBuilder(page, mouse=PointerInput(kind, "drawing-" + kind), duration=20)
    pointer = actions.pointer_action
    pointer.move_to(canvas, 0, -100)
    pointer.pointer_down()
    pointer.move_to(canvas, 0, 0)
    pointer.move_to(canvas, 0, 100)
    pointer.pointer_up()
    actions.perform()
    assert predicted(page) == "1"
    ActionChains(page).click(page.find_element("id", "clear")).perform()
    assert page.find_element("id", "pad-answer").text == "Draw an image."


def test_it_is_small_fits_a_phone_and_its_charts_and_digits_are_large_enough(page, real_run):
    check_charts(page, at_least=3)
    assert page.find_element("id", "c-digit").size == {"width": 112, "height": 112}
    assert (real_run / "report.html").stat().st_size <= 750_000
    assert width_on_a_telephone(page) <= 380
