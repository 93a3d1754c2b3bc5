"""Normal form: a picture of any size -> the image that MNIST would have made of it.

LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition",
Proc. IEEE 86 (1998), section III: a digit was scaled, aspect ratio kept, to fit a 20×20 box, which
made it grey, and placed in 28×28 pixels so that its centre of mass is in the middle.

A digit that already has this form is left as it is, because every step then changes nothing: it
is scaled by 1 and moved by 0.
"""

import numpy as np
from numpy.typing import NDArray

from nntrain.errors import DatasetError
from nntrain.images.foreground import FULL, Bools, Floats, find_ink, without_dust

BOX_SHARE = 20 / 28
THINNEST = 1.65
"""Least width of a line, in normalised pixels; 95 % of MNIST's digits have a wider one."""

Image = NDArray[np.uint8]


def boxed(grey: Image, image_shape: tuple[int, int]) -> Image:
    """Return the digit in ``grey`` (any shape) as MNIST has it, light on 0, of ``image_shape``.

    Dark on light or light on dark is told by the border. Uneven light is taken away, dust
    removed, a line thinner than any in MNIST widened. Raises DatasetError for a blank picture.
    """
    side = max(1, round(BOX_SHARE * min(image_shape)))
    ink = without_dust(_sharpened(find_ink(grey), side), side)
    ink = _widened(ink[_bounds(ink > 0)], side)
    scale = side / max(ink.shape)
    rows, columns = (max(1, round(scale * size)) for size in ink.shape)
    return _placed(_at_full_strength(resized(ink, rows, columns)), image_shape)


def whole(grey: Image, image_shape: tuple[int, int]) -> Image:
    """Return the whole picture scaled into ``image_shape``, aspect ratio kept, else as it is.

    Beside it the image is filled with the median of the border. Raises DatasetError for a
    picture of one brightness.
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

    The same number of pixels gives the same picture.
    """
    return _areas(image.shape[0], rows) @ image @ _areas(image.shape[1], columns).T


def _areas(old: int, new: int) -> Floats:
    """Return (new, old): the share of each old pixel's length in each new one's."""
    edges = np.arange(new + 1) * old / new
    pixel = np.arange(old)
    overlap = np.minimum(pixel + 1, edges[1:, None]) - np.maximum(pixel, edges[:-1, None])
    shares: Floats = np.maximum(overlap, 0) * new / old
    return shares


def _sharpened(ink: Floats, side: int) -> Floats:
    """Return ``ink`` with edges that are one pixel wide once it is scaled.

    Contrast is raised around half the full ink by the scale s of the digit. At s = 1, the size
    of the box, nothing changes; a large picture becomes nearly black and white, as the digits
    were that MNIST was made from, and noise, blur and shadows below half are gone.
    """
    scale = max(_shape_of(_bounds(ink >= 255 / 2))) / side
    if scale <= 1:
        return ink
    sharpened: Floats = np.clip(255 * (0.5 + scale * (ink / 255 - 0.5)), 0, 255)
    return sharpened


def _widened(ink: Floats, side: int) -> Floats:
    """Return the cropped ``ink`` with a margin where its line had to be widened."""
    scale = max(ink.shape) / side
    missing = THINNEST - _line_width(ink >= 255 / 2) / scale
    rounds = round(missing * scale / 2)
    if rounds <= 0:
        return ink
    wide = np.pad(ink, rounds)
    for number in range(rounds):
        # a cross, then a square: an octagon is nearly round
        padded = np.pad(wide, 1)
        neighbours = [padded[1:-1, 1:-1], padded[:-2, 1:-1], padded[2:, 1:-1]]
        neighbours += [padded[1:-1, :-2], padded[1:-1, 2:]]
        if number % 2:
            neighbours += [padded[:-2, :-2], padded[:-2, 2:], padded[2:, :-2], padded[2:, 2:]]
        wide = np.maximum.reduce(neighbours)
    return wide


def _line_width(inked: Bools) -> float:
    """Return 2 area / perimeter in pixels, which for a long line is its width.

    The perimeter is π/4 times the pixel edges between ink and paper (Cauchy and Crofton).
    """
    padded = np.pad(inked, 1)
    edges = sum(np.count_nonzero(np.diff(padded, axis=axis)) for axis in (0, 1))
    return 2 * float(np.count_nonzero(inked)) / max(1.0, np.pi / 4 * edges)


def _at_full_strength(ink: Floats) -> Image:
    """Return ``ink`` as uint8, stretched where a line of less than a pixel came out faint."""
    level = np.percentile(ink[ink >= ink.max() / 2], 90)
    full: Image = np.rint(np.minimum(ink * max(1.0, FULL / level), 255)).astype(np.uint8)
    return full


def _placed(digit: Image, image_shape: tuple[int, int]) -> Image:
    """Return an image with ``digit`` moved by whole pixels, its centre of mass in the middle.

    With n rows that is row n/2 counted from 0, to half a pixel: in MNIST all lie in [13.5, 14.5).
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


def _bounds(inked: Bools) -> tuple[slice, slice]:
    """Return the rows and columns of the smallest box around what is inked."""
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _shape_of(bounds: tuple[slice, slice]) -> tuple[int, int]:
    rows, columns = bounds
    return rows.stop - rows.start, columns.stop - columns.start
