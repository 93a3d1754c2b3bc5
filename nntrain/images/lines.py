"""Lines: the rules and squares printed on paper, removed from a picture's foreground.

A printed line is long, thin and nearly straight: it runs from one edge of the picture to the
other, with others beside it, or is paler than ink. The stroke of a digit does not. Lines are
found by a Hough transform, then followed. Each is replaced by what lies on both sides of it, so
that strokes that cross it are kept.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nntrain.images.hough import Bools, Floats, Hough

SMALLEST = 100
"""Pictures with fewer rows or columns are not searched."""
THICKEST = 1 / 40
"""The thickest line, as a share of the picture's shorter side."""
FAINTEST = 5.0
"""Of 255, how far a line stands out from both its sides."""
SEEN = 0.55
"""The share of its columns in which a line from edge to edge is seen at least."""
SEEN_AT_END = 0.4
"""The same share of the columns at either end."""
SEEN_IN_SIGHT = 0.7
"""The share in which a parallel is seen, of the columns in which it could be."""
PARALLEL = 0.015
"""The largest difference of two parallels' slopes."""
END = 0.12
"""The length of an end, as a share of the columns."""
MOST = 100
"""Lines in one direction."""
PALER = 0.85
"""A line alone is printed if it is less than this many times as strong as the strokes."""
FEW = 3
LEFT = 0.1
"""Up to so many lines are strokes if less than this share of the ink is elsewhere, as in 11."""
STRONGER = 1.6
"""Foreground this many times as strong as a line is a stroke on it."""

Rows = NDArray[np.floating]
"""Where a line is: its row in each column."""


@dataclass(frozen=True, eq=False)
class Line:
    """A line's row in each column, the rows that it fills above and below, and its strength."""

    rows: Rows
    above: int
    below: int
    strength: float


def without_lines(difference: Floats, noise: float) -> Floats:
    """Return the foreground ``difference`` (rows, columns) without ruled or squared lines.

    ``noise`` is its standard deviation. A line that is alone in its direction could be a stroke
    of a digit that fills the picture: it is removed only if it is paler than the ink. A few lines
    without anything else are strokes.
    """
    given, count = difference, 0
    for _ in range(2):  # lines along the rows, then along the columns
        if min(difference.shape) >= SMALLEST:
            reach = max(4, round(THICKEST * min(difference.shape)))
            padded = np.pad(difference, ((reach, reach), (0, 0)))
            lines = _lines(padded, reach, noise)
            for line in lines:
                _erase(padded, line, noise)
            middles = np.sort([float(line.rows.mean()) for line in lines])
            count += int((np.diff(middles, prepend=-np.inf) > reach).sum())  # each of them once
            difference = padded[reach:-reach]
        difference = difference.T
    strong = given.max(initial=0) / 2
    left, before = (np.count_nonzero(part > strong) for part in (difference, given))
    return given if 0 < count <= FEW and left < LEFT * before else difference


def _lines(difference: Floats, reach: int, noise: float) -> list[Line]:
    """Return the lines that run from the left edge to the right one, and those beside them.

    Where some run from edge to edge, parallels that leave through the top or the bottom, or are
    partly hidden by strokes, count too.
    """
    ridge = _ridge(difference, reach)
    seen = ridge > max(FAINTEST, 1.5 * noise)  # the ridge is a mean of five pixels
    hough = Hough(seen, frame=reach)
    lines: dict[tuple[int, int], Line] = {}

    def collect(shares: Floats, least: float) -> None:
        for _ in range(MOST):
            slope, middle = divmod(int(shares.argmax()), len(hough.middles))
            if shares[slope, middle] < least:
                break
            straight = hough.row(slope, middle)
            line = _followed(difference, ridge, straight, reach)
            if line:
                lines[slope, middle] = line
            shares[hough.near(straight, reach / 2)] = 0

    collect(hough.edge_to_edge(END, SEEN_AT_END), SEEN)
    paler = all(line.strength < PALER * _ink(difference) for line in lines.values())
    if not lines or (len(lines) == 1 and not paler):
        return []
    shares = hough.in_sight(_hidden(difference, reach), END / 2)
    usual = np.median([hough.slopes[slope] for slope, _ in lines])
    shares[np.abs(hough.slopes - usual) > PARALLEL] = 0
    for slope, middle in lines:
        shares[hough.near(hough.row(slope, middle), reach / 2)] = 0
    collect(shares, SEEN_IN_SIGHT)
    return list(lines.values())


def _ink(difference: Floats) -> float:
    """Return the strength of strokes: the median of what exceeds half the maximum."""
    return float(np.median(difference[difference > difference.max() / 2]))


def _hidden(difference: Floats, reach: int) -> Bools:
    """Return where a line would not stand out: a stroke is within ``reach`` rows."""
    strokes = np.pad(difference > difference.max() / 3, ((reach + 1, reach), (0, 0)))
    above = strokes.cumsum(axis=0)
    hidden: Bools = above[2 * reach + 1 :] > above[: -2 * reach - 1]
    return hidden


def _ridge(difference: Floats, reach: int) -> Floats:
    """Return by how much each pixel exceeds those ``reach`` rows away, over five columns."""
    wide = np.pad(difference, ((0, 0), (2, 2)), mode="edge")
    mean = np.mean([wide[:, k : k + difference.shape[1]] for k in range(5)], axis=0)
    beside = np.pad(mean, ((reach, reach), (0, 0)), mode="edge")
    ridge: Floats = mean - np.maximum(beside[: -2 * reach], beside[2 * reach :])
    return ridge


def _followed(difference: Floats, ridge: Floats, rows: Rows, reach: int) -> Line | None:
    """Return the line near the straight one ``rows``, bent a little; None if it is too thick."""
    height, width = difference.shape
    inside = np.flatnonzero((rows >= reach) & (rows < height - reach))
    if len(inside) < 4:
        return None
    for near in (reach // 2, reach // 3):
        around = np.arange(-near, near + 1)
        at = np.clip(np.rint(rows[inside]).astype(int) + around[:, None], 0, height - 1)
        weights = np.maximum(ridge[at, inside], 0)
        total = weights.sum(axis=0)
        on = total > np.median(total[total > 0]) / 2 if total.any() else total > 0
        place = rows[inside] + (weights * around[:, None]).sum(axis=0) / np.maximum(total, 1e-9)
        if np.count_nonzero(on) < 4:
            return None
        degree = 2 if len(inside) == width else 1
        bent = np.polynomial.Polynomial.fit(inside[on], place[on], degree)
        rows = bent(np.arange(width))
    offsets = np.arange(-reach, reach + 1)
    at = np.clip(np.rint(rows[inside]).astype(int) + offsets[:, None], 0, height - 1)
    profile = np.median(difference[at, inside][:, on], axis=1)
    profile -= min(profile[0], profile[-1])
    strength = float(profile[reach - 1 : reach + 2].max())
    faint = np.flatnonzero(profile < 0.2 * strength) - reach
    above, below = faint[faint < 0], faint[faint > 0]
    if strength <= 0 or not len(above) or not len(below):
        return None
    return Line(rows, -int(above[-1]), int(below[0]), strength)


def _erase(difference: Floats, line: Line, noise: float) -> None:
    """Replace a line by the straight transition between its sides; overwrite ``difference``."""
    columns = np.arange(len(line.rows))
    middle = np.rint(line.rows).astype(int)
    offsets = np.arange(-line.above, line.below + 1)
    at = middle + offsets[:, None]
    inside = (at >= 0) & (at < len(difference))
    at = np.clip(at, 0, len(difference) - 1)
    before = difference[at, columns]
    sides = [
        np.clip(middle + to, 0, len(difference) - 1) for to in (offsets[0] - 1, offsets[-1] + 1)
    ]
    upper, lower = (difference[side, columns] for side in sides)
    share = (np.arange(len(offsets)) + 1)[:, None] / (len(offsets) + 1)
    between = np.minimum(before, (1 - share) * upper + share * lower)
    stroke = before > STRONGER * line.strength + 3 * noise
    after = np.where(stroke, before, between)
    difference[at[inside], np.broadcast_to(columns, at.shape)[inside]] = after[inside]
