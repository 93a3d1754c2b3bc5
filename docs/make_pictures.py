"""Makes the pictures of README.md and docs/ from real trainings: python docs/make_pictures.py.

It downloads MNIST if need be, takes about a minute on two cores, and needs the extras ``report``
and ``dev``, and Chromium with its driver.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By

from benchmarks.photographs import photograph
from nntrain.data.loading import load

HERE = Path(__file__).parent
SCALE, GAP, MARGIN = 1.6, 64, 24
"""Pixels of the picture for one of the page; between the two parts; around them."""

SHOW = """
const [selector, heading, width] = arguments, picture = document.createElement('div');
picture.id = 'picture';
picture.style.cssText = `width: ${width}px`;
picture.innerHTML = `<h2>${heading}</h2>`;
picture.append(document.querySelector(selector));
document.body.replaceChildren(picture);
"""
DRAW = """
const [points] = arguments, pad = document.getElementById('drawing');
pad.scrollIntoView({block: 'center'});
const box = pad.getBoundingClientRect();
points.forEach(([x, y], i) => {
  const where = {clientX: box.left + x * box.width, clientY: box.top + y * box.height};
  const pen = {pointerId: 1, buttons: 1, isPrimary: true, bubbles: true};
  pad.dispatchEvent(new PointerEvent(i ? 'pointermove' : 'pointerdown', {...where, ...pen}));
});
pad.dispatchEvent(new PointerEvent('pointerup', {pointerId: 1, isPrimary: true, bubbles: true}));
"""
FOUR = [
    *((0.49, 0.22), (0.43, 0.25), (0.39, 0.31), (0.36, 0.38), (0.36, 0.45), (0.4, 0.49)),
    *((0.46, 0.5), (0.52, 0.48), (0.57, 0.43), (0.61, 0.36), (0.63, 0.25)),
    *((0.62, 0.4), (0.6, 0.6), (0.58, 0.8)),
]
"""A 4 that is almost a 9, in one stroke on the pad, in shares of its width and height."""


def main() -> None:
    """Train, show, and save the pictures beside this file."""
    data = HERE.parent / "data"
    with tempfile.TemporaryDirectory() as folder:

        def run(*words: str) -> None:
            command = [sys.executable, "-m", "nntrain", *words]
            named = {"NNTRAIN_DATA_DIR": str(data), "PYTHONPATH": str(HERE.parent)}
            subprocess.run(command, check=True, cwd=folder, env={**os.environ, **named})

        run("data", "download", "mnist")
        run("fit", "--svg", str(HERE / "fit.svg"))
        run("compare-costs", "--start", "saturated", "--epochs", "3", "--name", "costs")
        first(Path(folder) / "runs").save(HERE / "first.png", optimize=True)
    test = load("mnist", data).test
    digit = int(np.flatnonzero(np.asarray(test.labels) == 7)[0])
    pixels = photograph(test.images[digit], np.random.default_rng(7), inverted=False)
    picture = Image.fromarray(pixels)
    picture.thumbnail((320, 320))
    picture.save(HERE / "seven.png", optimize=True)


def first(runs: Path) -> Image.Image:
    """Return the saturated start's chart beside the pad with a digit, from the runs' pages."""
    with _browser() as browser:
        browser.get((runs / "costs" / "report.html").as_uri())
        chart = "figure:has(#accuracy-updates-title)"
        costs = _seen(browser, chart, "From a saturated start", 460)
        (run,) = (one for one in runs.iterdir() if one.name not in ("costs", "latest"))
        browser.get((run / "report.html").as_uri())
        browser.execute_script(DRAW, FOUR)
        pad = _seen(browser, ".pad", "Draw a digit: 4 or 9?", 540)
    paper = costs.getpixel((0, 0))
    size = (costs.width + GAP + pad.width + 2 * MARGIN, max(costs.height, pad.height) + 2 * MARGIN)
    made = Image.new("RGB", size, paper)
    made.paste(costs, (MARGIN, MARGIN))
    made.paste(pad, (MARGIN + costs.width + GAP, MARGIN))
    return made.quantize(128, dither=Image.Dither.NONE)


@contextmanager
def _browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    words = "headless no-sandbox disable-gpu hide-scrollbars window-size=1100,1400"
    for word in (*words.split(), f"force-device-scale-factor={SCALE}"):
        options.add_argument(f"--{word}")
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    browser = webdriver.Chrome(options=options, service=service)
    try:
        yield browser
    finally:
        browser.quit()


def _seen(browser: webdriver.Chrome, part: str, heading: str, width: int) -> Image.Image:
    """Return what the browser shows of one part of its page alone, below a heading."""
    browser.execute_script(SHOW, part, heading, width)
    shown = browser.find_element(By.ID, "picture").screenshot_as_png
    return Image.open(BytesIO(shown)).convert("RGB")


if __name__ == "__main__":
    main()
