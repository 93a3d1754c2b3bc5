"""A check of one claim: what was evaluated, and the largest error of each part of the claim.

How large an error may be follows from the arithmetic, so each comparison has its own limit:

- ``ROUNDING`` = 64ε = 1.4e-14, for a formula in float64. Each operation rounds by at most ε/2. The
  formulas have at most some tens of operations a number, and sums of n terms are compared
  relative to Σ|terms|, where their roundings add up to about ε√n.
- ``ROUNDING``/h, for a difference with step h: the rounding of the values, divided by h. The
  truncation of the five-point rule, h⁴/30 times the fifth derivative, is below that.
- ``rounding(float32)`` = 64 · 2⁻²³ = 7.6e-6, for what the program computes in float32.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

OPERATIONS = 64
ROUNDING = OPERATIONS * 2.0**-52
LEAST_SCALE = 1e-9  # far above the smallest float32, which has few digits
PARTS_NAMED = 4


def rounding(dtype: npt.DTypeLike) -> float:
    """Return the largest rounding error allowed for a formula computed in ``dtype``."""
    return OPERATIONS * float(np.finfo(np.dtype(dtype)).eps)


@dataclass(frozen=True)
class Check:
    """The result for one claim: its name, such as "C6", and what it says.

    ``lecture`` is the claim's place in the lecture, such as "Exercise 2". ``worst_error`` and
    ``tolerance`` are those of the part that is nearest to its limit, or furthest beyond it; both
    are None for a finding, which is counted on data. ``passed`` is None if the check is
    undecided; ``note`` then says why.
    """

    claim: str
    says: str
    evaluated: str
    worst_error: float | None
    tolerance: float | None
    passed: bool | None
    note: str = ""
    lecture: str = ""


@dataclass(frozen=True)
class Evaluated:
    """What a check evaluated, as text, and a note on it.

    ``holds``: whether a finding is confirmed, None if undecided.
    """

    on: str
    note: str = ""
    holds: bool | None = None


class Errors:
    """The errors of the parts of a claim, and the parts that fail without an error.

    ``worst`` maps a part to its error and limit where error / limit is largest.
    """

    def __init__(self) -> None:
        self.worst: dict[str, tuple[float, float]] = {}
        self.wrong: list[str] = []

    def compare(
        self,
        part: str,
        got: npt.ArrayLike,
        expected: npt.ArrayLike,
        scale: npt.ArrayLike | None = None,
        limit: float = ROUNDING,
    ) -> None:
        """Record the largest |got − expected| / scale, infinite where ``got`` is not finite.

        The arrays have one shape. The default ``scale`` is max(1, |expected|): errors are
        absolute up to 1 and relative above. Raises ``ValueError`` for different shapes.
        """
        one, other = np.asarray(got, np.float64), np.asarray(expected, np.float64)
        if one.shape != other.shape:
            raise ValueError(f"{part}: expected an array of {other.shape}, got {one.shape}")
        error = 0.0
        if not np.isfinite(one).all():
            error = np.inf
        elif one.size:
            divisor = np.maximum(1, np.abs(other)) if scale is None else np.asarray(scale)
            error = float((np.abs(one - other) / np.maximum(divisor, LEAST_SCALE)).max())
        known, its_limit = self.worst.get(part, (0.0, limit))
        if error / limit >= known / its_limit:
            self.worst[part] = (error, limit)

    def require(self, part: str, holds: bool | np.bool_) -> None:
        """Record a part that either holds or not, without an error to measure."""
        if not holds and part not in self.wrong:
            self.wrong.append(part)

    def nearest(self) -> tuple[float, float]:
        """Return (error, limit) of the part that is nearest to its limit or furthest beyond."""
        return max(self.worst.values(), key=lambda pair: pair[0] / pair[1])

    def failing(self) -> list[str]:
        """Return the parts that do not hold, the largest errors first."""
        large = sorted(
            ((error / limit, part, error) for part, (error, limit) in self.worst.items()),
            reverse=True,
        )
        return [f"{part} (error {e:.2g})" for ratio, part, e in large if ratio > 1] + self.wrong

    def in_words(self) -> str:
        """Return the parts that do not hold, a few of them if there are many."""
        failing = self.failing()
        more = len(failing) - PARTS_NAMED
        named = failing[:PARTS_NAMED] + ([f"and {more} more parts"] if more > 0 else [])
        return f"does not hold: {'; '.join(named)}"
