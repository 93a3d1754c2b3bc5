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
    digit: Pixels, rng: np.random.Generator, pen: float | None = None, inverted: bool | None = None
) -> Pixels:
    """Return a digit (28, 28), light on 0, as a camera would see it on paper or on a board.

    The digit's frame becomes 200 to 800 pixels wide. Each side gets a margin of up to that width,
    or loses up to a tenth. The paper is off-white, lit from one side, darker towards its corners,
    and in 3 of 10 pictures partly in shadow, with specks and noise. 3 of 10 are light on dark,
    half are out of focus, and all are JPEG of quality 50 to 95.
    """
    size = int(rng.integers(200, 801))
    ink = _drawn(digit, size, rng.uniform(*USUAL_PEN) if pen is None else pen)
    ink = _on_a_sheet(ink, rng)
    light = _light(ink.shape, rng)
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


def _light(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float64]:
    y = np.linspace(-1, 1, shape[0])[:, None]
    x = np.linspace(-1, 1, shape[1])[None, :]
    angle, shadow_angle = rng.uniform(0, 2 * np.pi, 2)
    light = 1 - rng.uniform(0, 0.25) * (np.cos(angle) * x + np.sin(angle) * y)
    light -= rng.uniform(0, 0.15) * (x * x + y * y)
    if rng.random() < 0.3:
        across = np.cos(shadow_angle) * x + np.sin(shadow_angle) * y - rng.uniform(-0.5, 0.5)
        light *= 1 - rng.uniform(0.1, 0.3) / (1 + np.exp(-across / 0.05))
    return light
