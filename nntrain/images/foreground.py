"""Ink: a grey picture of something written -> how much ink is where, 0 where there is none.

The paper's brightness is a smooth surface, fitted to the picture; what differs from it is ink,
dark on light or light on dark. On a clean picture, as MNIST's are, nothing changes: the surface
is constant, the noise zero and the ink at full strength.
"""

import numpy as np
from numpy.typing import NDArray

from nntrain.errors import DatasetError

FULL = 250.0
"""Ink at least this dark counts as full; so is the darkest tenth of 99 % of MNIST's digits."""
LEAST_CONTRAST = 16.0
"""Ink fainter than this, of 255, is taken for none."""
NOISE_FLOOR = 4.0
"""What differs by fewer standard deviations from the paper is noise."""
SURFACE_TERMS = (1, 3, 6, 6, 6, 6)
"""1, then x and y, then x², xy and y²: terms of the surface in each round of its fit."""
SAMPLE = 8000
"""About as many pixels are enough to fit the surface to."""
BINS = 256

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]


def find_ink(grey: NDArray[np.uint8]) -> Floats:
    """Return the ink (rows, columns), float64 in [0, 255], of the picture ``grey``.

    Raises DatasetError when nothing stands out from the paper.
    """
    difference, noise = _without_paper(grey.astype(np.float64))
    if (difference**3).sum() < 0:  # what stands out is darker than the paper
        difference = -difference
    ink = np.where(difference > max(0.5, NOISE_FLOOR * noise), difference, 0.0)
    level = _full_level(ink) if ink.any() else 0.0
    if level < max(LEAST_CONTRAST, (NOISE_FLOOR + 1) * noise):
        raise DatasetError(
            "blank: expected a digit that stands out from its background, got nothing that does"
        )
    stretched: Floats = np.minimum(ink * max(1.0, FULL / level), 255.0)
    return stretched


def _without_paper(grey: Floats) -> tuple[Floats, float]:
    """Return ``grey`` less the paper's brightness, and the paper's noise (standard deviation).

    Brightness is a polynomial of second degree, fitted by least squares first to the border,
    then to all that lies within three standard deviations of it: digits drop out. The standard
    deviation is 1.4826 times the median absolute deviation.
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
    paper: Bools = few_border
    noise = 0.0
    coefficients = np.zeros(terms.shape[-1])
    for count in SURFACE_TERMS:
        coefficients = np.zeros(terms.shape[-1])
        if count == 1:
            coefficients[0] = np.median(few_grey[paper])
        else:
            coefficients[:count] = np.linalg.lstsq(few_terms[paper][:, :count], few_grey[paper])[0]
        error = np.abs(few_grey - few_terms @ coefficients)
        noise = 1.4826 * float(np.median(error[paper]))
        near = error <= max(0.5, 3 * noise)
        paper = near & few_border if count < SURFACE_TERMS[-1] else near
        if np.count_nonzero(paper) < 2 * SURFACE_TERMS[-1]:
            break
    return grey - terms @ coefficients, noise


def _full_level(ink: Floats) -> float:
    """Return the darkness that a tenth of the ink exceeds; ink is what Otsu's threshold says.

    N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. SMC 9 (1979):
    the threshold that maximises the variance between the two classes it makes.
    """
    counts, edges = np.histogram(ink, BINS)
    middles = (edges[1:] + edges[:-1]) / 2
    below, mass = counts.cumsum()[:-1], (counts * middles).cumsum()
    n, total = counts.sum(), mass[-1]
    # w₀ w₁ (μ₀ − μ₁)² = (total w₀ − n m₀)² / (w₀ w₁) / n²; w₀ > 0 and w₁ > 0 in every row here
    between = (total * below - n * mass[:-1]) ** 2 / (below * (n - below)).clip(1)
    threshold = middles[int(between.argmax())]
    return float(np.percentile(ink[ink > threshold], 90))


def without_dust(ink: Floats, box: int) -> Floats:
    """Return ``ink`` without specks: connected pieces of less than a pixel once normalised.

    A normalised pixel is a ``box``-th of the largest piece's longer side, and it is the longer
    side of a piece that counts: a thin line has little area, and is no speck.
    """
    pieces = _pieces(ink > 0)
    sides = [_longer_side(piece, ink.shape[1]) for piece in pieces]
    kept = np.zeros(ink.size, bool)
    for piece, side in zip(pieces, sides, strict=True):
        kept[piece] = side >= max(sides) / box
    return np.where(kept.reshape(ink.shape), ink, 0.0)


def _longer_side(piece: NDArray[np.intp], columns: int) -> int:
    """Return the pixels along the longer side of the smallest box around a piece."""
    return 1 + max(int(np.ptp(along)) for along in np.divmod(piece, columns))


def _pieces(inked: Bools) -> list[NDArray[np.intp]]:
    """Return the flat indices of each 8-connected piece."""
    width = inked.shape[1] + 2
    unseen = bytearray(np.pad(inked, 1).tobytes())  # the margin stops every walk
    steps = (-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1)
    pieces = []
    for start in np.flatnonzero(np.pad(inked, 1)).tolist():
        if not unseen[start]:
            continue
        unseen[start] = 0
        piece = [start]
        for pixel in piece:  # grows while it is walked
            for step in steps:
                if unseen[pixel + step]:
                    unseen[pixel + step] = 0
                    piece.append(pixel + step)
        row, column = np.divmod(np.array(piece), width)
        pieces.append((row - 1) * inked.shape[1] + column - 1)
    return pieces
