"""One definition of the normal form: the pad's and predict's, from the same decoded pixels."""

import base64
import gzip
from pathlib import Path

import numpy as np
import pytest

from nntrain.data import idx
from nntrain.images.normal_form import normalised
from nntrain.show.page import page as page_module
from tests.show.page.run.test_pad import strokes

SCRIPTS = ("normal_form.js", "drawing.js")
SIDE = 280
READ = """
const [digits, done] = [arguments[0], arguments[1]];
const canvas = document.createElement("canvas");
canvas.width = canvas.height = 280;
const pad = new DrawingPad(canvas, () => {});
const [seen, forms] = [[], []];
for (const { pixels, segments } of digits) {
  pad.wipe();
  for (const [from, to] of segments) {
    pad.stroke = { at: from };
    pad.line(to);
  }
  if (pixels) {
    const small = document.createElement("canvas");
    small.width = small.height = 28;
    const image = small.getContext("2d").createImageData(28, 28);
    pixels.forEach((v, i) => image.data.set([v, v, v, 255], 4 * i));
    small.getContext("2d").putImageData(image, 0, 0);
    pad.context.drawImage(small, 0, 0, 280, 280);
  }
  const { data } = pad.context.getImageData(0, 0, 280, 280);
  const ink = Uint8Array.from({ length: 280 * 280 }, (_, i) => data[4 * i]);
  seen.push(ink);
  forms.push(Array.from(normalForm(picture(280, 280, Float64Array.from(ink)), [28, 28])));
}
const zip = new Blob(seen).stream().pipeThrough(new CompressionStream("gzip"));
new Response(zip).blob().then((blob) => {
  const reader = new FileReader();
  reader.onload = () => done([reader.result.split(",")[1], forms]);
  reader.readAsDataURL(blob);
});
"""


@pytest.fixture
def pad(opened, tmp_path):
    """A page of nothing but the pad's scripts."""
    folder = Path(page_module.__file__).parent / "script"
    scripts = "".join((folder / name).read_text(encoding="utf-8") for name in SCRIPTS)
    page = f"<!doctype html><meta charset=utf-8><title>pad</title><script>{scripts}</script>"
    (tmp_path / "pad.html").write_text(page, encoding="utf-8")
    with opened(tmp_path / "pad.html") as browser:
        yield browser


def read_by_both(pad, digits):
    """Return the normal forms (n, 28, 28) by the page and by predict."""
    zipped, forms = pad.execute_async_script(READ, digits)
    seen = np.frombuffer(gzip.decompress(base64.b64decode(zipped)), np.uint8)
    predicts = [normalised(one, (28, 28)) for one in seen.reshape(-1, SIDE, SIDE)]
    return np.array(forms).reshape(-1, 28, 28), np.array(predicts).astype(int)


@pytest.mark.parametrize("count", [20, pytest.param(500, marks=pytest.mark.slow)])
@pytest.mark.parametrize("how", ["drawn", "enlarged"])
def test_the_pad_and_predict_bring_digits_to_the_same_form(pad, real_mnist, how, count):
    images = idx.read(real_mnist / "t10k-images-idx3-ubyte.gz")[:count]
    for start in range(0, count, 50):
        digits = [
            {"segments": strokes(image), "pixels": None}
            if how == "drawn"
            else {"segments": [], "pixels": image.ravel().tolist()}
            for image in images[start : start + 50]
        ]
        pages, predicts = read_by_both(pad, digits)
        assert predicts.any(axis=(1, 2)).all()
        assert np.abs(pages - predicts).max() <= 1  # a half rounded up or down
        assert (pages != predicts).mean() < 1e-3


def test_a_drawing_with_a_speck_and_faint_ink(pad):
    ink = np.zeros((SIDE, SIDE), np.uint8)
    ink[40:240, 130:150] = 120
    ink[250:255, 20:24] = 120
    form = "normalForm(picture(280, 280, Float64Array.from(arguments[0])), [28, 28])"
    seen = pad.execute_script(f"return Array.from({form})", ink.ravel().tolist())
    assert (np.array(seen).reshape(28, 28) == normalised(ink, (28, 28))).all()
    assert pad.execute_script("return normalForm(picture(280, 280), [28, 28])") is None
