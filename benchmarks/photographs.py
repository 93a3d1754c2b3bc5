"""Simulated photographs of a dataset's digits, as ``nntrain predict`` may be given."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Pixels = NDArray[np.uint8]

USUAL_PEN = 0.25, 0.7
THICK_PEN = 0.2
THIN_PEN = 0.85
"""Where the edge of the ink is, as a share of the digit's own darkness."""


def photograph(
    digit: Pixels,
    rng: np.random.Generator,
    pen: float | None = None,
    inverted: bool | None = None,
    lines: str = "",
) -> Pixels:
    """Return a digit (28, 28), light on 0, as a camera would see it on paper or on a board.

    The digit's frame becomes 200 to 800 pixels wide. Each side gets a margin of up to that width,
    or loses up to a tenth. The paper is off-white, lit from one side, darker towards its corners,
    and in 3 of 10 pictures partly in shadow, with specks and noise. 3 of 10 are light on dark,
    half are out of focus, and all are JPEG of quality 50 to 95. ``lines``: the paper is "ruled" or
    "squared", by grey lines that are up to 3 degrees from level, and always partly in shadow.
    """
    size = int(rng.integers(200, 801))
    ink = _drawn(digit, size, rng.uniform(*USUAL_PEN) if pen is None else pen)
    ink = _on_a_sheet(ink, rng)
    if lines:
        ink = np.maximum(ink, _printed(lines, ink.shape, size, rng))
    light = _light(ink.shape, rng, shadow=1.0 if lines else 0.3)
    seen = light * (rng.uniform(170, 235) * (1 - ink) + rng.uniform(20, 90) * ink)
    seen += rng.normal(0, rng.uniform(1, 8), seen.shape)
    for _ in range(int(rng.integers(0, 4))):
        row, column = (int(rng.integers(0, length)) for length in seen.shape)
        speck = int(rng.integers(1, max(2, size // 100)))
        seen[row : row + speck, column : column + speck] = rng.uniform(20, 120)
    if rng.random() < 0.3 if inverted is None else inverted:
        seen = 255 - seen
    picture = Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8))
    if rng.random() < 0.5:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 2)))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=int(rng.integers(50, 96)))
    return np.asarray(Image.open(file))


def _drawn(digit: Pixels, size: int, pen: float) -> NDArray[np.float64]:
    """Return the ink (size, size), 0 to 1, with smooth outlines."""
    scale = size / 28
    large = Image.fromarray(digit).resize((size, size), Image.Resampling.BICUBIC)
    smooth = large.filter(ImageFilter.GaussianBlur(0.35 * scale))
    return np.clip(0.5 + (np.asarray(smooth) / 255 - pen) * scale / 2, 0, 1)


def _on_a_sheet(ink: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    margins = (rng.uniform(-0.1, 1, (2, 2)) * len(ink)).astype(int)
    for axis, (before, after) in enumerate(margins):
        cut = slice(max(0, -before), ink.shape[axis] - max(0, -after))
        ink = ink[cut] if axis == 0 else ink[:, cut]
    return np.pad(ink, np.maximum(margins, 0))


def _printed(
    lines: str, shape: tuple[int, ...], size: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the printed lines (``shape``), 0 to 1; the height of a digit is 20/28 of ``size``.

    A square is 0.4 to 0.8 of this height wide, rules are 0.9 to 1.6 of it apart. A line is as
    thick as 3 to 6 % of a square, and 3 to 8 tenths as dark as the ink.
    """
    height = 20 / 28 * size
    square = rng.uniform(0.4, 0.8) * height
    apart = square if lines == "squared" else rng.uniform(0.9, 1.6) * height
    thick = max(1.0, rng.uniform(0.03, 0.06) * square)
    angle = np.radians(rng.uniform(-3, 3))
    y, x = np.indices(shape)
    across = [np.cos(angle) * y + np.sin(angle) * x]
    if lines == "squared":
        across.append(np.cos(angle) * x - np.sin(angle) * y)
    darkness = np.zeros(shape)
    for distance in across:
        beside = np.abs((distance + rng.uniform(0, apart)) % apart - apart / 2)
        darkness = np.maximum(darkness, np.clip(thick / 2 + 0.5 - beside, 0, 1))
    return rng.uniform(0.3, 0.8) * darkness


def _light(shape: tuple[int, ...], rng: np.random.Generator, shadow: float) -> NDArray[np.float64]:
    y = np.linspace(-1, 1, shape[0])[:, None]
    x = np.linspace(-1, 1, shape[1])[None, :]
    angle, shadow_angle = rng.uniform(0, 2 * np.pi, 2)
    light = 1 - rng.uniform(0, 0.25) * (np.cos(angle) * x + np.sin(angle) * y)
    light -= rng.uniform(0, 0.15) * (x * x + y * y)
    if rng.random() < shadow:
        across = np.cos(shadow_angle) * x + np.sin(shadow_angle) * y - rng.uniform(-0.5, 0.5)
        light *= 1 - rng.uniform(0.1, 0.3) / (1 + np.exp(-across / 0.05))
    return light
