"""Foreground: a grey picture of something written -> the strength of its strokes, 0 elsewhere.

The background's brightness is a smooth surface, fitted to the picture; what differs from it is
foreground, dark on light or light on dark. A clean image, such as MNIST's, does not change: its
surface is constant, its noise zero and its foreground at full strength.
"""

import numpy as np
from numpy.typing import NDArray

from nntrain.errors import DatasetError
from nntrain.images.lines import without_lines

FULL_STRENGTH = 250.0
"""Foreground from this value on is full; the strongest tenth of 99 % of MNIST's digits is."""
MIN_CONTRAST = 16.0
"""A picture whose foreground is weaker than this, of 255, is blank."""
NOISE_FLOOR = 4.0
"""Differences from the background of fewer standard deviations are noise."""
LOSSY_FLOOR = 0.1
"""Weaker foreground, as a share of full strength, may be an artefact of lossy compression."""
SURFACE_TERMS = (1, 3, 6, 6, 6, 6)
"""The number of terms in each round of the fit, out of 1, x, y, x², xy, y²."""
SAMPLE = 8000
"""Approximate number of pixels that the surface is fitted to."""
BINS = 256

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]


def find_foreground(grey: NDArray[np.uint8], lossy: bool = False) -> Floats:
    """Return the foreground (rows, columns), float64 in [0, 255], of the picture ``grey``.

    ``lossy``: the pixels were compressed with loss, which surrounds strokes with faint waves: on
    clean paper the noise is zero, and the waves would count as strokes. Raises DatasetError when
    nothing stands out from the background.
    """
    difference, noise = _subtract_background(grey.astype(np.float64))
    if (difference**3).sum() < 0:  # the foreground is darker than the background
        difference = -difference
    difference = without_lines(difference, noise)
    foreground = np.where(difference > max(0.5, NOISE_FLOOR * noise), difference, 0.0)
    level = _strong_level(foreground) if foreground.any() else 0.0
    if level < max(MIN_CONTRAST, (NOISE_FLOOR + 1) * noise):
        raise DatasetError(
            "blank: expected a digit that stands out from its background, found none"
        )
    if lossy:
        foreground[foreground < LOSSY_FLOOR * level] = 0.0
    stretched: Floats = np.minimum(foreground * max(1.0, FULL_STRENGTH / level), 255.0)
    return stretched


def _subtract_background(grey: Floats) -> tuple[Floats, float]:
    """Return ``grey`` minus the background's brightness, and the background's noise.

    The brightness is a polynomial of second degree. It is fitted by least squares, first to the
    border, then to all pixels within three standard deviations of it, which excludes the digit.
    The noise is a standard deviation, estimated as 1.4826 times the median absolute deviation.
    """
    rows, columns = grey.shape
    y, x = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    border = np.ones(grey.shape, bool)
    width = max(1, min(rows, columns) // 20)
    border[width:-width, width:-width] = False

    step = max(1, int((grey.size / SAMPLE) ** 0.5))
    few_terms, few_grey = terms[::step, ::step], grey[::step, ::step]
    few_border = border[::step, ::step]
    background: Bools = few_border
    noise = 0.0
    coefficients = np.zeros(terms.shape[-1])
    for count in SURFACE_TERMS:
        coefficients = np.zeros(terms.shape[-1])
        if count == 1:
            coefficients[0] = np.median(few_grey[background])
        else:
            chosen = few_terms[background][:, :count]
            coefficients[:count] = np.linalg.lstsq(chosen, few_grey[background])[0]
        error = np.abs(few_grey - few_terms @ coefficients)
        noise = 1.4826 * float(np.median(error[background]))
        near = error <= max(0.5, 3 * noise)
        background = near & few_border if count < SURFACE_TERMS[-1] else near
        if np.count_nonzero(background) < 2 * SURFACE_TERMS[-1]:
            break
    return grey - terms @ coefficients, noise


def _strong_level(foreground: Floats) -> float:
    """Return the strength that a tenth of the foreground above Otsu's threshold exceeds.

    N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. SMC 9 (1979):
    the threshold that maximises the variance between the two classes.
    """
    counts, edges = np.histogram(foreground, BINS)
    middles = (edges[1:] + edges[:-1]) / 2
    below, mass = counts.cumsum()[:-1], (counts * middles).cumsum()
    n, total = counts.sum(), mass[-1]
    # w₀ w₁ (μ₀ − μ₁)² = (total w₀ − n m₀)² / (w₀ w₁) / n²; w₀ > 0 and w₁ > 0 in every row here
    between = (total * below - n * mass[:-1]) ** 2 / (below * (n - below)).clip(1)
    threshold = middles[int(between.argmax())]
    return float(np.percentile(foreground[foreground > threshold], 90))
