"""Makes the pictures of README.md from real trainings: python docs/make_pictures.py [DATASET].

It needs the extras ``report`` and ``dev``, and Chromium with its driver.
"""

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
from nntrain.data.dataset import load

HERE = Path(__file__).parent
PAPER, GAP, HEIGHT = "white", 40, 560

DRAW = """
const [points] = arguments, box = document.getElementById('drawing').getBoundingClientRect();
const pad = document.getElementById('drawing');
points.forEach(([x, y], i) => {
  const where = {clientX: box.left + x * box.width, clientY: box.top + y * box.height};
  const pen = {pointerId: 1, buttons: 1, isPrimary: true, bubbles: true};
  pad.dispatchEvent(new PointerEvent(i ? 'pointermove' : 'pointerdown', {...where, ...pen}));
});
pad.dispatchEvent(new PointerEvent('pointerup', {pointerId: 1, isPrimary: true, bubbles: true}));
"""
SEVEN = [
    (0.3, 0.28),
    (0.45, 0.26),
    (0.6, 0.25),
    (0.7, 0.26),
    (0.66, 0.4),
    (0.58, 0.55),
    (0.5, 0.7),
    (0.46, 0.78),
]


def main(data: str) -> None:
    """Train, show, and save the pictures beside this file."""
    with tempfile.TemporaryDirectory() as folder:

        def run(*words: str) -> None:
            words = (*words, "--dataset", data, "--runs-dir", folder)
            subprocess.run([sys.executable, "-m", "nntrain", *words], check=True)

        run("fit", "--name", "first", "--svg", str(HERE / "fit.svg"))
        run("compare-costs", "--start", "saturated", "--epochs", "3", "--name", "costs")
        with _browser() as browser:
            costs = _seen(browser, Path(folder) / "costs", "[data-name=accuracy-updates]")
            pad = _seen(browser, Path(folder) / "first", "#pad", draw=True)
    _beside(costs, pad).save(HERE / "first.png", optimize=True)
    test = load(data, Path("data")).test
    seven = int(np.flatnonzero(np.asarray(test.labels) == 7)[0])
    picture = photograph(test.images[seven], np.random.default_rng(2), inverted=False)
    Image.fromarray(picture).resize((256, 256)).save(HERE / "seven.png", optimize=True)


@contextmanager
def _browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    words = "headless no-sandbox disable-gpu hide-scrollbars window-size=1100,900"
    for word in (*words.split(), "force-device-scale-factor=2"):
        options.add_argument(f"--{word}")
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    browser = webdriver.Chrome(options=options, service=service)
    try:
        yield browser
    finally:
        browser.quit()


def _seen(browser: webdriver.Chrome, run: Path, part: str, draw: bool = False) -> Image.Image:
    """Return what the browser shows of a part of the run's page; ``draw``: with a 7 on the pad."""
    browser.get((run / "report.html").as_uri())
    if draw:
        browser.execute_script(DRAW, [[x / 100, y / 100] for x, y in SEVEN])
    element = browser.find_element(By.CSS_SELECTOR, part)
    return Image.open(BytesIO(element.screenshot_as_png)).convert("RGB")


def _beside(*pictures: Image.Image) -> Image.Image:
    scaled = [one.resize((round(one.width * HEIGHT / one.height), HEIGHT)) for one in pictures]
    width = sum(one.width for one in scaled) + GAP * (len(scaled) - 1)
    made, x = Image.new("RGB", (width, HEIGHT), PAPER), 0
    for one in scaled:
        made.paste(one, (x, 0))
        x += one.width + GAP
    return made


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "mnist")
