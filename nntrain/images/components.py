"""Components: the connected parts of a foreground, and how many digits they are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]

OVERLAP = 0.4
"""Parts that overlap by this share of the narrower one's columns belong to one digit."""
TALL = 0.45
"""A part less tall than this, as a share of the tallest, is not a digit of its own."""
WIDEST = 1.35
"""A digit wider than this many times the row's height is probably several that touch."""


@dataclass(frozen=True, eq=False)
class InRow:
    """One digit of a row: the ``foreground`` cropped to it; ``touching``: too wide for one."""

    foreground: Floats
    touching: bool


def remove_specks(foreground: Floats, box: int) -> Floats:
    """Return ``foreground`` without components that are smaller than a pixel once normalised.

    A normalised pixel is a ``box``-th of the longer side of the largest component. A component
    is measured by its longer side, because a thin line has little area but is not a speck.
    """
    parts = components(foreground > 0)
    sides = [_longer_side(part, foreground.shape[1]) for part in parts]
    kept = np.zeros(foreground.size, bool)
    for part, side in zip(parts, sides, strict=True):
        kept[part] = side >= max(sides) / box
    return np.where(kept.reshape(foreground.shape), foreground, 0.0)


def in_row(foreground: Floats) -> tuple[list[InRow], int]:
    """Return the digits of one row from left to right, and the number of marks left out.

    Components belong to one digit if they share columns. Marks far less tall than the row, such
    as full stops and dashes, are left out.
    """
    width = foreground.shape[1]
    digits = _joined(components(foreground > 0), width)
    heights = np.array([_box(digit, width)[1] - _box(digit, width)[0] for digit in digits])
    tall = heights >= TALL * heights.max()
    row = float(np.median(heights[tall]))
    found = []
    for digit in (digit for digit, kept in zip(digits, tall, strict=True) if kept):
        top, bottom, left, right = _box(digit, width)
        alone = np.zeros(foreground.size)
        alone[digit] = foreground.ravel()[digit]
        cropped = alone.reshape(foreground.shape)[top:bottom, left:right].copy()
        found.append(InRow(cropped, right - left > WIDEST * row))
    return found, int(np.count_nonzero(~tall))


def _joined(parts: list[NDArray[np.intp]], width: int) -> list[NDArray[np.intp]]:
    """Return the parts from left to right, those that share columns joined."""
    joined: list[NDArray[np.intp]] = []
    for part in sorted(parts, key=lambda part: _box(part, width)[2]):
        if joined:
            before, now = _box(joined[-1], width), _box(part, width)
            shared = min(before[3], now[3]) - now[2]
            if shared >= OVERLAP * min(before[3] - before[2], now[3] - now[2]):
                joined[-1] = np.concatenate([joined[-1], part])
                continue
        joined.append(part)
    return joined


def count_digits(foreground: Floats) -> int:
    """Return how many digits the picture seems to hold, each a component of its own.

    Digits are about as tall as the tallest component, and their boxes are apart. One digit may
    be in two pieces: two count only if both are almost as tall as all there is, or if they lie
    one above the other and fill its height.
    """
    boxes = [_box(part, foreground.shape[1]) for part in components(foreground >= 255 / 2)]
    tallest = max((bottom - top for top, bottom, *_ in boxes), default=0)
    tall = [box for box in boxes if box[1] - box[0] >= 0.6 * tallest]
    apart = [
        box for box in tall if not any(_inside(box, other) for other in tall if other is not box)
    ]
    if len(apart) > 2:
        return len(apart)
    if len(apart) < 2:
        return 1
    (top, bottom, *_), (second_top, second_bottom, *_) = sorted(apart)
    height = max(bottom, second_bottom) - top
    least = min(bottom - top, second_bottom - second_top)
    return 2 if least >= 0.7 * height or (bottom <= second_top and least >= 0.4 * height) else 1


def _inside(box: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Return whether the middle of ``box`` is in ``other``."""
    row, column = (box[0] + box[1]) / 2, (box[2] + box[3]) / 2
    return other[0] <= row < other[1] and other[2] <= column < other[3]


def _box(component: NDArray[np.intp], width: int) -> tuple[int, int, int, int]:
    """Return the top, bottom, left and right of a component; bottom and right are excluded."""
    rows, columns = np.divmod(component, width)
    return int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1


def _longer_side(component: NDArray[np.intp], columns: int) -> int:
    """Return the pixels along the longer side of the smallest box around a component."""
    return 1 + max(int(np.ptp(along)) for along in np.divmod(component, columns))


def components(mask: Bools) -> list[NDArray[np.intp]]:
    """Return the flat indices of each 8-connected component."""
    width = mask.shape[1] + 2
    unseen = bytearray(np.pad(mask, 1).tobytes())  # the margin stops the search
    steps = (-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1)
    components = []
    for start in np.flatnonzero(np.pad(mask, 1)).tolist():
        if not unseen[start]:
            continue
        unseen[start] = 0
        component = [start]
        for pixel in component:  # grows during the loop
            for step in steps:
                if unseen[pixel + step]:
                    unseen[pixel + step] = 0
                    component.append(pixel + step)
        row, column = np.divmod(np.array(component), width)
        components.append((row - 1) * mask.shape[1] + column - 1)
    return components
