"""Augment: distorts images at random by shift, rotation, scaling, shear and elastic bending.

A network that sees every digit in new places and shapes learns what they have in common. Simard's
elastic distortion displaces pixels by noise smoothed with a Gaussian. Here the displacements are
Gaussian bumps on a coarse grid with random heights: they have the same statistics and cost two
small matrix products per image.
"""

import math

import numpy as np

from nntrain.data.augment.warping import (
    Floats,
    Pixels,
    Pose,
    Sampler,
    affine_map,
    bump_count,
    bumps,
)
from nntrain.settings.distortions import Distortions

BLOCK_PIXELS = 64 * 28 * 28
"""Pixels distorted at a time: few enough that the buffers fit into the processor's cache."""

PIXEL_BYTES, BUMP_PIXEL_BYTES = 80, 24
"""Memory for each pixel of a block, and for each pixel of each bump while it is computed."""

POSE_DRAWS = len(Pose._fields)


class Distorter:
    """Distorts any number of images of one shape, in buffers of fixed size.

    The same images with the same generator give the same bits on one machine, however they are
    divided into calls. Use a distorter from one thread at a time.
    """

    def __init__(self, distortions: Distortions, image_shape: tuple[int, int] = (28, 28)) -> None:
        rows, columns = image_shape
        self.distortions = distortions
        self.image_shape = (rows, columns)
        self._block = block = _images_at_a_time(rows * columns)
        smoothness, bent = distortions.elastic_smoothness, distortions.elastic_strength > 0
        down, across = (  # their size grows with the square of the side: only if needed
            bumps(side, smoothness) if bent else np.empty((0, side), np.float32)
            for side in (rows, columns)
        )
        self._bumps, self._bumps_across = down.T.copy(), across
        bending = (2, len(down), len(across))
        self._draws = np.empty((block, POSE_DRAWS + math.prod(bending)), np.float32)
        self._heights_shape = bending
        if distortions.whole_pixels:
            margin = 2 * distortions.shift
            self._framed = np.zeros((block, rows + margin, columns + margin), np.uint8)
        else:
            self._half = np.empty((block, len(down), columns), np.float32)
            self._x = np.empty((block, rows, columns), np.float32)
            self._y = np.empty((block, rows, columns), np.float32)
            self._sampler = Sampler(block, self.image_shape)

    def distort(
        self, images: Pixels, rng: np.random.Generator, out: Pixels | None = None
    ) -> Pixels:
        """Return ``images`` distorted, each at random; in ``out`` if it is given.

        ``images`` uint8 (n, rows, columns) or (n, rows × columns), read only; ``out`` likewise,
        C-contiguous, overwritten; it may be ``images`` itself. ``rng`` advances, unless all
        amounts are 0.
        """
        if out is None:
            out = np.empty(images.shape, np.uint8)
        if not out.flags.c_contiguous:  # reshaping would copy it
            raise ValueError("out is not C-contiguous")
        shape = (len(images), *self.image_shape)
        source, target = images.reshape(shape), out.reshape(shape)
        if not self.distortions.any:
            target[...] = source
            return out
        for start in range(0, len(source), self._block):
            part = slice(start, start + self._block)
            self._distort_block(source[part], rng, target[part])
        return out

    def _distort_block(self, images: Pixels, rng: np.random.Generator, out: Pixels) -> None:
        draws = self._draws[: len(images)]
        rng.random(dtype=np.float32, out=draws)
        pose = poses(draws[:, :POSE_DRAWS], self.distortions)
        if self.distortions.whole_pixels:
            self._shift(images, pose, out)
            return
        x, y = self._map(pose, draws[:, POSE_DRAWS:])
        self._sampler.sample(images, x, y, out)

    def _map(self, pose: Pose, draws: Floats) -> tuple[Floats, Floats]:
        """Return the source of each pixel: the affine map plus the elastic displacement."""
        n = len(draws)
        x, y = self._x[:n], self._y[:n]
        affine = affine_map(pose, self.image_shape)
        if not self.distortions.elastic_strength:
            np.add(affine.x_of_column, affine.x_of_row, out=x)
            np.add(affine.y_of_column, affine.y_of_row, out=y)
            return x, y
        # (u − ½) √12 has variance 1
        draws -= np.float32(0.5)
        draws *= np.float32(math.sqrt(12) * self.distortions.elastic_strength)
        heights = draws.reshape(n, *self._heights_shape)
        self._field(heights[:, 0], x)
        self._field(heights[:, 1], y)
        x += affine.x_of_column
        x += affine.x_of_row
        y += affine.y_of_column
        y += affine.y_of_row
        return x, y

    def _field(self, heights: Floats, out: Floats) -> None:
        """``out`` (n, rows, columns) ← Bᵀ heights C, one image at a time.

        One product for all images would hardly be faster, and its last bits could depend on the
        number of images.
        """
        half = self._half[: len(heights)]
        np.matmul(heights, self._bumps_across, out=half)
        np.matmul(self._bumps, half, out=out)

    def _shift(self, images: Pixels, pose: Pose, out: Pixels) -> None:
        """Copy each image, surrounded by zeros, from a shifted window."""
        n, rows, columns = images.shape
        margin = self.distortions.shift
        framed = self._framed[:n]
        framed[:, margin : margin + rows, margin : margin + columns] = images
        windows = np.lib.stride_tricks.sliding_window_view(framed, (rows, columns), axis=(1, 2))
        down, right = pose.shift_y.astype(np.intp), pose.shift_x.astype(np.intp)
        out[...] = windows[np.arange(n), margin - down, margin - right]


def memory_bytes(distortions: Distortions, image_shape: tuple[int, int]) -> int:
    """Return an upper bound for the memory of a ``Distorter``, including its construction.

    A test compares it with the actual allocation.
    """
    rows, columns = image_shape
    block = _images_at_a_time(rows * columns)
    pixels = block * rows * columns * PIXEL_BYTES
    if not distortions.elastic_strength:
        return pixels
    down, across = (bump_count(side, distortions.elastic_smoothness) for side in image_shape)
    fields = block * down * (2 * across + columns) * np.float32().itemsize
    return pixels + fields + (down * rows + across * columns) * BUMP_PIXEL_BYTES


def _images_at_a_time(pixels: int) -> int:
    """Return how many images of ``pixels`` pixels are distorted together."""
    return max(1, BLOCK_PIXELS // pixels)


def poses(draws: Floats, distortions: Distortions) -> Pose:
    """Return n poses from ``draws (n, 6)``, float32, uniform in [0, 1)."""
    d = distortions
    x, y, angle, wide, high, slant = draws.T
    choices = np.float32(2 * d.shift + 1)  # integers with equal probability
    return Pose(
        shift_x=np.floor(x * choices) - np.float32(d.shift),
        shift_y=np.floor(y * choices) - np.float32(d.shift),
        angle=_symmetric(angle, math.radians(d.rotation)),
        scale_x=1 + _symmetric(wide, d.scale),
        scale_y=1 + _symmetric(high, d.scale),
        shear=_symmetric(slant, d.shear),
    )


def _symmetric(draw: Floats, limit: float) -> Floats:
    """Return numbers uniform in −limit…limit."""
    return (2 * draw - 1) * np.float32(limit)
