"""Normal form: a picture of any size -> an image normalised like MNIST's.

LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition",
Proc. IEEE 86 (1998), section III: a digit was scaled to fit a 20×20 box, keeping its aspect ratio,
which made it grey, and placed in 28×28 pixels with its centre of mass in the middle.

A digit that already has this form does not change: it is scaled by 1 and moved by 0.
"""

import numpy as np
from numpy.typing import NDArray

from nntrain.errors import DatasetError
from nntrain.images.components import remove_specks
from nntrain.images.foreground import FULL_STRENGTH, Bools, Floats, find_foreground

BOX_SHARE = 20 / 28
MIN_LINE_WIDTH = 1.65
"""In normalised pixels; 95 % of MNIST's digits have wider lines."""

Image = NDArray[np.uint8]


def normalised(grey: Image, image_shape: tuple[int, int], lossy: bool = False) -> Image:
    """Return the digit in ``grey`` (any shape) as in MNIST, light on 0, of ``image_shape``.

    The two steps are ``strokes_of`` and ``in_box``. Raises DatasetError for a blank picture.
    """
    return in_box(strokes_of(grey, image_shape, lossy), image_shape)


def strokes_of(
    grey: Image, image_shape: tuple[int, int], lossy: bool = False, row: bool = False
) -> Floats:
    """Return the strokes in ``grey`` (its shape), float64 in [0, 255], 0 elsewhere.

    The border decides whether they are dark on light or light on dark. Uneven light is
    corrected, printed lines and specks are removed. ``lossy``: the picture was compressed with
    loss, so faint foreground does not count. ``row``: it holds digits beside each other, so that
    they are as large as they are tall. Raises DatasetError for a blank picture.
    """
    side = _side(image_shape)
    return remove_specks(_sharpened(find_foreground(grey, lossy), side, row), side)


def in_box(foreground: Floats, image_shape: tuple[int, int]) -> Image:
    """Return the digit of these strokes as in MNIST, of ``image_shape``.

    A line thinner than MNIST's is widened.
    """
    side = _side(image_shape)
    foreground = _widened(foreground[_bounds(foreground > 0)], side)
    scale = side / max(foreground.shape)
    rows, columns = (max(1, round(scale * size)) for size in foreground.shape)
    return _placed(_at_full_strength(resized(foreground, rows, columns)), image_shape)


def _side(image_shape: tuple[int, int]) -> int:
    """Return the side of the box around a digit: 20 for MNIST's 28×28."""
    return max(1, round(BOX_SHARE * min(image_shape)))


def letterboxed(grey: Image, image_shape: tuple[int, int]) -> Image:
    """Return the whole picture scaled into ``image_shape``, keeping its aspect ratio.

    The rest of the image has the median brightness of the picture's border. Raises DatasetError
    for a picture of one brightness.
    """
    if grey.min() == grey.max():
        raise DatasetError("blank: every pixel has the same brightness")
    scale = min(target / size for target, size in zip(image_shape, grey.shape, strict=True))
    rows, columns = (max(1, round(scale * size)) for size in grey.shape)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    image = np.full(image_shape, np.median(border), np.uint8)
    top, left = (image_shape[0] - rows) // 2, (image_shape[1] - columns) // 2
    scaled = resized(grey.astype(np.float64), rows, columns)
    image[top : top + rows, left : left + columns] = np.rint(scaled)
    return image


def resized(image: Floats, rows: int, columns: int) -> Floats:
    """Return ``image`` with ``rows`` × ``columns`` pixels, each the mean of the area it covers.

    If the size does not change, neither does the picture.
    """
    return _areas(image.shape[0], rows) @ image @ _areas(image.shape[1], columns).T


def _areas(old: int, new: int) -> Floats:
    """Return (new, old): the share of each old pixel's length in each new one's."""
    edges = np.arange(new + 1) * old / new
    pixel = np.arange(old)
    overlap = np.minimum(pixel + 1, edges[1:, None]) - np.maximum(pixel, edges[:-1, None])
    shares: Floats = np.maximum(overlap, 0) * new / old
    return shares


def _sharpened(foreground: Floats, side: int, row: bool) -> Floats:
    """Return ``foreground`` with edges that are one pixel wide once it is scaled.

    The contrast around half strength is multiplied by the scale s of the digit. At s = 1, the
    size of the box, nothing changes; a large picture becomes nearly black and white, like the
    digits that MNIST was made from, and noise, blur and shadows below half strength vanish.
    """
    height, width = _shape_of(_bounds(foreground >= 255 / 2))
    scale = (height if row else max(height, width)) / side
    if scale <= 1:
        return foreground
    sharpened: Floats = np.clip(255 * (0.5 + scale * (foreground / 255 - 0.5)), 0, 255)
    return sharpened


def _widened(foreground: Floats, side: int) -> Floats:
    """Return the cropped ``foreground``; if its line had to be widened, with a margin."""
    scale = max(foreground.shape) / side
    missing = MIN_LINE_WIDTH - _line_width(foreground >= 255 / 2) / scale
    rounds = round(missing * scale / 2)
    if rounds <= 0:
        return foreground
    wide = np.pad(foreground, rounds)
    for number in range(rounds):
        # a cross, then a square: an octagon is nearly round
        padded = np.pad(wide, 1)
        neighbours = [padded[1:-1, 1:-1], padded[:-2, 1:-1], padded[2:, 1:-1]]
        neighbours += [padded[1:-1, :-2], padded[1:-1, 2:]]
        if number % 2:
            neighbours += [padded[:-2, :-2], padded[:-2, 2:], padded[2:, :-2], padded[2:, 2:]]
        wide = np.maximum.reduce(neighbours)
    return wide


def _line_width(mask: Bools) -> float:
    """Return 2 area / perimeter in pixels, which for a long line is its width.

    The perimeter is π/4 times the number of pixel edges along the border of the foreground
    (Cauchy and Crofton).
    """
    padded = np.pad(mask, 1)
    edges = sum(np.count_nonzero(np.diff(padded, axis=axis)) for axis in (0, 1))
    return 2 * float(np.count_nonzero(mask)) / max(1.0, np.pi / 4 * edges)


def _at_full_strength(foreground: Floats) -> Image:
    """Return ``foreground`` as uint8, made stronger if the line is faint."""
    level = np.percentile(foreground[foreground >= foreground.max() / 2], 90)
    stretched = np.minimum(foreground * max(1.0, FULL_STRENGTH / level), 255)
    full: Image = np.rint(stretched).astype(np.uint8)
    return full


def _placed(digit: Image, image_shape: tuple[int, int]) -> Image:
    """Return an image with ``digit`` moved by whole pixels, its centre of mass in the middle.

    With n rows the middle is row n/2, counted from 0, to within half a pixel: in MNIST all centres
    lie in [13.5, 14.5).
    """
    image = np.zeros(image_shape, np.uint8)
    start = []
    for axis in (0, 1):
        along = digit.sum(axis=1 - axis, dtype=np.int64)
        centre = float((along * np.arange(len(along))).sum() / along.sum())
        free = image_shape[axis] - len(along)
        start.append(min(max(int(np.ceil((image_shape[axis] - 1) / 2 - centre)), 0), free))
    image[start[0] : start[0] + digit.shape[0], start[1] : start[1] + digit.shape[1]] = digit
    return image


def _bounds(mask: Bools) -> tuple[slice, slice]:
    """Return the rows and columns of the smallest box around the foreground."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _shape_of(bounds: tuple[slice, slice]) -> tuple[int, int]:
    rows, columns = bounds
    return rows.stop - rows.start, columns.stop - columns.start
