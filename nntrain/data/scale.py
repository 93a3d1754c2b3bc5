"""The scale of inputs: pixels that the network divides by 255, or numbers as they are.

Both are allowed everywhere, so a mistake could go unnoticed: a scale that is a likely one is
warned of.
"""

from math import nan
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nntrain.errors import warn

PIXEL_LIKE = 100
"""Floats from 0 to 255 with a value above this look like pixels that were not scaled."""
FAR_OUTSIDE, FAR_SMALLER = 0.5, 0.1
"""How far is likely a mistake: beyond the range by this share of its width, or with no value of
this share of its largest."""


class Scale(NamedTuple):
    """What inputs are: ``pixels``, uint8, or other numbers; the smallest and the largest.

    The bounds are NaN if unknown; then nothing is warned of.
    """

    pixels: bool
    low: float = nan
    high: float = nan

    @property
    def seen(self) -> tuple[float, float]:
        """The smallest and the largest input as the network computes with them."""
        return (self.low / 255, self.high / 255) if self.pixels else (self.low, self.high)


def scale_of(inputs: npt.NDArray[Any]) -> Scale:
    """Return the scale of an array of ``checked_inputs``."""
    return Scale(inputs.dtype == np.uint8, float(inputs.min()), float(inputs.max()))


def unusual(found: Scale, name: str) -> str:
    """Return what to say about inputs called ``name`` whose scale is a likely mistake, or ""."""
    if found.pixels and found.high == 1:
        return (
            f"{name} is uint8 with values 0 and 1 only: uint8 is taken for pixels and divided by "
            f"255. If these are not pixels, give {name}.astype(float)."
        )
    if not found.pixels and found.low >= 0 and PIXEL_LIKE < found.high <= 255:
        return (
            f"{name} has values from {found.low:g} to {found.high:g}, like pixels, but floats are "
            f"not scaled. For pixels give {name}.astype(numpy.uint8), or divide by 255."
        )
    return ""


def warn_of_another(inputs: npt.NDArray[Any], trained: Scale | None, name: str) -> None:
    """Warn if ``inputs``, called ``name``, are of another kind and scale than those of training.

    Pixels and numbers are both taken: x/255 for the pixels x, and the reverse. The warning is for
    those that the network sees beyond the range of training by more than half its width, or all
    below a tenth of its largest number; not for zeros alone, nor for what ``unusual`` has said.
    """
    if trained is None or trained.pixels == (inputs.dtype == np.uint8):
        return
    found = scale_of(inputs)
    (low, high), (least, most) = found.seen, trained.seen
    margin, size = FAR_OUTSIDE * (most - least), max(-low, high)
    outside = low < least - margin or high > most + margin
    smaller = 0 < size < FAR_SMALLER * max(-least, most)
    if unusual(found, name) or not (outside or smaller):
        return
    if found.pixels:
        here = f"uint8, divided by 255: from {low:.3g} to {high:.3g}"
        there, give = "other numbers", "numbers that are not uint8, scaled as in training"
    else:
        here = f"from {low:.3g} to {high:.3g}, and no uint8, so not divided by 255"
        there, give = "uint8, divided by 255", "the pixels as uint8, or divided by 255"
    warn(
        f"{name} is {here}. The network was trained on {there}: from {least:.3g} to {most:.3g}. "
        f"Give {give}."
    )
