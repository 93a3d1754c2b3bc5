"""Hough transform: the nearly level straight lines through a mask, and how much of each is in it.

R. Duda and P. Hart, "Use of the Hough transformation to detect lines and curves in pictures",
Comm. ACM 15 (1972).
"""

import numpy as np
from numpy.typing import NDArray

STEEPEST = 0.08
"""Rows per column of the steepest line, which is 4.6 degrees."""
SLOPES = 65
"""The largest number of slopes."""
COLUMNS = 80
"""Approximate number of columns that are looked at."""

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]


class Hough:
    """Lines of s ``slopes`` (rows per column) whose row in the middle column is in ``middles``.

    ``mask`` (rows, columns) is where lines may be; ``frame`` rows at its top and at its bottom
    are outside the picture. A line is in the mask where it passes within a row of it.
    """

    def __init__(self, mask: Bools, frame: int) -> None:
        self.height, self.width = mask.shape
        # the ends of two neighbours are two rows apart, or a little more in a wide picture
        self.slopes = np.linspace(-STEEPEST, STEEPEST, min(round(STEEPEST * self.width), SLOPES))
        self._columns = np.arange(0, self.width, max(1, self.width // COLUMNS))
        rises = np.rint(self.slopes[:, None] * (self._columns - self.width / 2)).astype(int)
        margin = int(np.abs(rises).max())
        self.middles = np.arange(-margin, self.height + margin)
        rows = self.middles[:, None] + rises[:, None, :]
        self._inside = (rows >= frame) & (rows < self.height - frame)
        self._rows = np.clip(rows, 0, self.height - 1)
        thick = mask | np.roll(mask, 1, axis=0) | np.roll(mask, -1, axis=0)
        self._hits = self._along(thick) & self._inside

    def _along(self, mask: Bools) -> Bools:
        """Return the values (slopes, middles, columns) of a mask along each line."""
        along: Bools = mask[:, self._columns][self._rows, np.arange(len(self._columns))]
        return along

    def edge_to_edge(self, end: float, least: float) -> Floats:
        """Return the share (slopes, middles) of columns in which each line is in the mask.

        It is 0 unless ``least`` of each ``end``, a share of the columns, is in the mask too.
        """
        few = max(1, round(end * len(self._columns)))
        left = self._hits[..., :few].mean(axis=2)
        right = self._hits[..., -few:].mean(axis=2)
        shares = self._hits.mean(axis=2)
        return np.where(np.minimum(left, right) >= least, shares, 0.0)

    def in_sight(self, hidden: Bools, least: float) -> Floats:
        """Return the share (slopes, middles) of the columns that count.

        Those do in which the line is inside the picture and not ``hidden``. It is 0 for fewer
        than ``least`` of all columns.
        """
        counted = self._inside & (self._hits | ~self._along(hidden))
        count = counted.sum(axis=2)
        enough = count >= least * len(self._columns)
        return np.where(enough, self._hits.sum(axis=2) / np.maximum(count, 1), 0.0)

    def row(self, slope: int, middle: int) -> Floats:
        """Return the row (columns,) of the line with these indices."""
        rise = self.slopes[slope] * (np.arange(self.width) - self.width / 2)
        row: Floats = self.middles[middle] + rise
        return row

    def near(self, line: Floats, rows: float) -> Bools:
        """Return which lines (slopes, middles) are near ``line``: in the middle or at an end."""
        near = np.zeros((len(self.slopes), len(self.middles)), bool)
        for column in (0, self.width // 2, self.width - 1):
            at = self.middles + self.slopes[:, None] * (column - self.width / 2)
            near |= np.abs(at - line[column]) <= rows
        return near
