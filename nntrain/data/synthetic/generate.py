"""Synthetic digits: handwriting drawn by the program itself, for work without the internet.

A digit starts as a stroke skeleton, is deformed at random as handwriting is, is drawn with a pen
of random width, and takes MNIST's form: the ink fills a 20×20 box, which is placed in 28×28 pixels
with its centre of mass in the middle. The constants below were chosen on MNIST's training digits;
its test digits were not used.

Every step is elementwise or a sum over a short axis, never a matrix product, so the bytes do not
depend on the number of threads. Digits are drawn in blocks, each with its own generator.
"""

import numpy as np
from numpy.typing import NDArray

from nntrain.data.synthetic.skeletons import SAMPLES, Floats, Indices, skeletons
from nntrain.errors import SettingsError

SIZE = 28
BOX = 20
BLOCK = 250
"""Digits drawn together, a multiple of 10: limits memory. Another value gives other digits."""

# Lengths in the skeletons' frame, about 100 high. σ is a standard deviation.
MIX = 1.6  # 1 mixes a family's shapes evenly; above 1, one of them dominates more often
JITTER = 4.5  # σ of each control point
SHARED = 0.6  # the part of a point's jitter that comes from its neighbours: smoother curves
WAVES = 3  # plane waves that bend the whole digit
WAVE_HEIGHT = 7.0  # σ of each wave's amplitude
WAVELENGTH = 120.0  # the shortest, along either axis
WIDENING = 0.22  # σ of ln(width)
SLANT, SLANT_SPREAD = 0.17, 0.24  # mean and σ of the shift to the right per unit of height
TURN = 0.10  # σ of the angle, radians

# Lengths in pixels.
PEN, PEN_SPREAD = 1.25, 0.26  # median half-width, and σ of its logarithm
PEN_RANGE = 0.6, 2.3
PEN_PRESSURE = 0.22  # σ of the half-width's relative change along the line
EDGE = 1.1  # from full ink to none

Pixels = NDArray[np.uint8]


def generate(count: int, seed: int) -> tuple[Pixels, Pixels]:
    """Return ``count`` digits: images (count, 28, 28) and labels (count,), both uint8.

    Ink is 255 on 0. Every ten consecutive labels are the ten digits in random order, so the
    sizes of the classes differ by at most one. The same seed gives the same bytes on the same
    kind of machine, and ``generate(n, s)`` is a prefix of ``generate(m, s)`` for n ≤ m. Raises
    SettingsError for a negative count or seed.
    """
    for name, value in (("count", count), ("seed", seed)):
        if value < 0:
            raise SettingsError(f"{name} of synthetic digits: expected 0 or more, got {value}.")
    images = np.empty((count, SIZE, SIZE), np.uint8)
    labels = np.empty(count, np.uint8)
    for block, start in enumerate(range(0, count, BLOCK)):
        part = images[start : start + BLOCK]
        drawn, digits = _draw_block(np.random.default_rng([seed, block]))
        part[...] = drawn[: len(part)]
        labels[start : start + BLOCK] = digits[: len(part)]
    return images, labels


def _draw_block(rng: np.random.Generator) -> tuple[Pixels, Indices]:
    """Return BLOCK images (BLOCK, 28, 28) and their digits (BLOCK,)."""
    digits = rng.permuted(np.tile(np.arange(10), (BLOCK // 10, 1)), axis=1).ravel()
    family = _choose_families(digits, rng)
    path = _mix_shapes(family, rng)
    path = _bend(path, skeletons().looseness[family], rng)
    path = _lean(path, rng)
    half_width = PEN * np.exp(rng.normal(0, PEN_SPREAD, size=BLOCK))
    half_width = np.clip(half_width, *PEN_RANGE)
    path = fit_into_box(path, half_width)
    return centre(ink(path, half_width, _pressure(rng))), digits


def _choose_families(digits: Indices, rng: np.random.Generator) -> Indices:
    """Return a family for each of ``digits (n,)``, chosen with the families' shares."""
    s = skeletons()
    up_to = np.where(s.digit == digits[:, None], s.share, 0).cumsum(axis=1)
    chosen: Indices = (rng.random((len(digits), 1)) * up_to[:, -1:] >= up_to).sum(axis=1)
    return chosen


def _mix_shapes(family: Indices, rng: np.random.Generator) -> Floats:
    """Return the curves (2, n, SAMPLES) of mixed shapes with jittered control points."""
    s = skeletons()
    n = len(family)
    # Powers of exponentials, divided by their sum: for MIX = 1 uniform over all mixtures.
    mix = s.shapes[family] * rng.exponential(size=(n, s.shapes.shape[1])) ** MIX
    mix /= mix.sum(axis=1, keepdims=True)
    controls = (mix[:, :, None, None] * s.controls[family]).sum(axis=1)
    jitter = rng.normal(0, JITTER, size=controls.shape) * s.looseness[family][:, None, None]
    smooth = np.sqrt(1 - SHARED**2) * jitter
    smooth[:, 1:] += SHARED / np.sqrt(2) * jitter[:, :-1]
    smooth[:, :-1] += SHARED / np.sqrt(2) * jitter[:, 1:]
    controls += np.take_along_axis(smooth, s.tie[family][:, :, None], axis=1)
    four = controls[np.arange(n)[:, None, None], s.index[family]]
    return np.moveaxis((s.weight[family][..., None] * four).sum(axis=2), -1, 0)


def _bend(path: Floats, looseness: Floats, rng: np.random.Generator) -> Floats:
    """Return ``path (2, n, SAMPLES)`` displaced by a few plane waves."""
    n = path.shape[1]
    for _ in range(WAVES):
        # p ← p + A sin(k·p + φ), another k, φ, A for each axis
        k = rng.uniform(-1, 1, size=(2, 2, n, 1)) * 2 * np.pi / WAVELENGTH
        phase = rng.uniform(0, 2 * np.pi, size=(2, n, 1))
        height = rng.normal(0, WAVE_HEIGHT, size=(2, n, 1)) * looseness[:, None]
        path = path + height * np.sin(k[:, 0] * path[0] + k[:, 1] * path[1] + phase)
    return path


def _lean(path: Floats, rng: np.random.Generator) -> Floats:
    """Return ``path (2, n, SAMPLES)`` widened, slanted to the right and turned."""
    x, y = path
    n = len(x)
    x = x * np.exp(rng.normal(0, WIDENING, size=(n, 1)))
    x = x - rng.normal(SLANT, SLANT_SPREAD, size=(n, 1)) * y
    angle = rng.normal(0, TURN, size=(n, 1))
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos * x - sin * y, sin * x + cos * y])


def _pressure(rng: np.random.Generator) -> Floats:
    """Return the factor of the pen's width at each sample, (BLOCK, SAMPLES) around 1."""
    t = np.linspace(0, 1, SAMPLES)
    turns = rng.uniform(0.5, 2, size=(BLOCK, 1)) * t + rng.random((BLOCK, 1))
    pressure: Floats = 1 + rng.normal(0, PEN_PRESSURE, (BLOCK, 1)) * np.sin(2 * np.pi * turns)
    return pressure


def fit_into_box(path: Floats, half_width: Floats) -> Floats:
    """Return ``path (2, n, samples)`` in pixels, scaled so that its ink fills the box.

    The aspect ratio is kept and the shorter side centred; ``half_width (n,)``, in pixels, is left
    free on every side.
    """
    low, high = path.min(axis=2), path.max(axis=2)
    scale = (BOX - 2 * half_width) / (high - low).max(axis=0)
    middle = (low + high) / 2
    fitted: Floats = (path - middle[..., None]) * scale[:, None] + BOX / 2
    return fitted


def ink(path: Floats, half_width: Floats, pressure: Floats) -> Pixels:
    """Draw ``path (2, n, samples)``, in pixels, with a round pen: (n, 20, 20) uint8.

    The pen has radius r = ``half_width (n,)`` × ``pressure (n, samples)`` at each sample. A pixel
    at distance d from a sample has the power d² − r², which is smallest for the nearest disc. It
    gives the distance to the edge of the ink (exact where the pressure is 1), and a soft step at
    that edge gives the pixel's brightness.
    """
    n, samples = path.shape[1:]
    pixel = np.arange(BOX) + 0.5
    dx2, dy2 = np.square(pixel[:, None, None] - path[:, None].transpose(0, 1, 3, 2))
    dy2 -= np.square(half_width * pressure.T)
    # Digits on the last axis: the long loop runs over contiguous memory.
    dx2, dy2 = dx2.astype(np.float32), dy2.astype(np.float32)
    power = np.full((BOX, BOX, n), np.inf, np.float32)
    to_sample = np.empty_like(power)
    for i in range(samples):
        np.add(dy2[:, None, i], dx2[None, :, i], out=to_sample)
        np.minimum(power, to_sample, out=power)
    radius = half_width.astype(np.float32)
    distance = np.sqrt(np.maximum(power + radius * radius, 0)) - radius
    density = np.clip(0.5 - distance / np.float32(EDGE), 0, 1)
    pixels: Pixels = np.rint(255 * density).astype(np.uint8)
    return pixels.transpose(2, 0, 1)


def centre(boxes: Pixels) -> Pixels:
    """Place ``boxes (n, 20, 20)`` in (n, 28, 28) by whole pixels, centre of mass in the middle.

    The middle is row and column 14, counted from 0, as measured on MNIST.
    """
    place = np.arange(BOX)
    mass = boxes.sum(axis=(1, 2), dtype=np.int64)
    row = (boxes.sum(axis=2, dtype=np.int64) * place).sum(axis=1) / mass
    column = (boxes.sum(axis=1, dtype=np.int64) * place).sum(axis=1) / mass
    top, left = np.rint(np.clip(SIZE / 2 - np.stack([row, column]), 0, SIZE - BOX)).astype(int)
    images = np.zeros((len(boxes), SIZE, SIZE), np.uint8)
    for image, box, i, j in zip(images, boxes, top, left, strict=True):
        image[i : i + BOX, j : j + BOX] = box
    return images
