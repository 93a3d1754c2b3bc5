"""Warping: every pixel of the new image is sampled from a place in the old one.

A map gives that place for each pixel of the result: x (to the right) and y (downwards), in
pixels. This module makes affine maps and the basis of random smooth ones, and samples images
along a map.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

BUMP_SPACING = 1.25
"""Distance of neighbouring bumps, in σ: their correlation is within 0.005 of a continuum's."""


class Pose(NamedTuple):
    """How n images are placed, (n,) float32 each; a scale of 1 changes nothing.

    Scaled, then sheared (the top moves right if ``shear`` > 0), then rotated counter-clockwise by
    ``angle`` radians, all about the centre; then shifted right and down.
    """

    shift_x: Floats
    shift_y: Floats
    angle: Floats
    scale_x: Floats
    scale_y: Floats
    shear: Floats


class AffineMap(NamedTuple):
    """A map as sums: x = x_of_column + x_of_row and y = y_of_column + y_of_row.

    The first are (n, 1, columns), the second (n, rows, 1), float32.
    """

    x_of_column: Floats
    x_of_row: Floats
    y_of_column: Floats
    y_of_row: Floats


def affine_map(pose: Pose, image_shape: tuple[int, int]) -> AffineMap:
    """Return the source of each pixel of images with these poses.

    With p and q relative to the centre, q = S⁻¹ H⁻¹ R⁻¹ (p − shift), where y points
    down: R⁻¹ = [[cos, −sin], [sin, cos]], H⁻¹ = [[1, shear], [0, 1]], S = diag(scales).
    """
    rows, columns = image_shape
    middle_x, middle_y = np.float32((columns - 1) / 2), np.float32((rows - 1) / 2)
    shift_x, shift_y, angle, scale_x, scale_y, shear = (part[:, None, None] for part in pose)
    p_x = np.arange(columns, dtype=np.float32) - middle_x - shift_x
    p_y = np.arange(rows, dtype=np.float32)[:, None] - middle_y - shift_y
    cos, sin = np.cos(angle), np.sin(angle)
    return AffineMap(
        x_of_column=(cos + shear * sin) / scale_x * p_x + middle_x,
        x_of_row=(shear * cos - sin) / scale_x * p_y,
        y_of_column=sin / scale_y * p_x,
        y_of_row=cos / scale_y * p_y + middle_y,
    )


def bump_count(size: int, smoothness: float) -> int:
    """Return how many bumps an axis of ``size`` pixels has."""
    # from σ before the first pixel to σ behind the last
    return int(np.ceil((size - 1 + 2 * smoothness) / (BUMP_SPACING * smoothness))) + 1


def bumps(size: int, smoothness: float) -> Floats:
    """Return Gaussian bumps along an axis of ``size`` pixels, (count, size) float32.

    With B for the rows, C for the columns, and independent coefficients c of variance 1, the
    field Bᵀ c C has variance 1 at every pixel. Its correlation between pixels is nearly that of
    white noise smoothed by a Gaussian of σ = ``smoothness``: exp(−d²/4σ²).
    """
    spacing, count = BUMP_SPACING * smoothness, bump_count(size, smoothness)
    centres = (size - 1) / 2 + spacing * (np.arange(count) - (count - 1) / 2)
    distance = np.arange(size) - centres[:, None]
    height = np.exp(-np.square(distance) / (2 * smoothness**2))
    height /= np.sqrt(np.square(height).sum(axis=0))
    return height.astype(np.float32)


class Sampler:
    """Samples up to ``block`` images along a map, bilinearly, in buffers allocated once.

    Pixels outside the image are 0, also for interpolation at the edge.
    """

    def __init__(self, block: int, image_shape: tuple[int, int]) -> None:
        rows, columns = image_shape
        # One pixel before and two behind: a place clipped to [−1, size] has all four corners.
        self._padded = np.zeros((block, rows + 3, columns + 3), np.float32)
        first = np.arange(block) * self._padded[0].size + (columns + 3) + 1
        self._first_pixel = first[:, None, None]
        shape = (block, rows, columns)
        self._left, self._top = np.empty(shape, np.float32), np.empty(shape, np.float32)
        self._index = np.empty(shape, np.intp)
        self._corners = np.empty((4, *shape), np.float32)

    def sample(self, images: Pixels, x: Floats, y: Floats, out: Pixels) -> None:
        """Write into ``out`` the rounded brightness of ``images`` at the places ``x``, ``y``.

        All are (n, rows, columns), n ≤ block; ``x`` and ``y`` are overwritten; ``out`` may be
        ``images``.
        """
        n, rows, columns = images.shape
        left, top, index = self._left[:n], self._top[:n], self._index[:n]
        self._padded[:n, 1:-2, 1:-2] = images
        _floor_and_fraction(x, columns, left)
        _floor_and_fraction(y, rows, top)
        across = self._padded.shape[2]
        top *= across
        top += left
        index[...] = top
        index += self._first_pixel[:n]
        a, b, c, d = corners = self._corners[:, :n]
        flat = self._padded.ravel()
        for corner, offset in zip(corners, (0, 1, across, across + 1), strict=True):
            np.take(flat[offset:], index, out=corner, mode="clip")
        _mix(a, b, x)
        _mix(c, d, x)
        _mix(a, c, y)
        np.rint(a, out=a)
        out[...] = a


def _floor_and_fraction(place: Floats, size: int, floor: Floats) -> None:
    """Split ``place``, clipped to [−1, size], into ``floor`` and, in place, the rest."""
    np.clip(place, np.float32(-1), np.float32(size), out=place)
    np.floor(place, out=floor)
    place -= floor


def _mix(first: Floats, second: Floats, part: Floats) -> None:
    """First ← first + part (second − first), in place; ``second`` is overwritten."""
    second -= first
    second *= part
    first += second
