"""A check of one claim: what was evaluated, and the largest error of each part of the claim."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEAST_SCALE = 1e-100


@dataclass(frozen=True)
class Check:
    """The result for one claim: its name, such as "C6", what it says, what it was evaluated on.

    ``worst_error`` and ``tolerance`` are None for a claim that is counted, not calculated.
    ``passed`` is None if the check is undecided; ``note`` then says why.
    """

    claim: str
    says: str
    evaluated: str
    worst_error: float | None
    tolerance: float | None
    passed: bool | None
    note: str = ""


@dataclass(frozen=True)
class Evaluated:
    """What a check evaluated, as text, and a note on it.

    ``holds``: whether a counted claim holds, None if undecided.
    """

    on: str
    note: str = ""
    holds: bool | None = None


class Errors:
    """The largest error of each part of a claim, and the parts that fail without an error."""

    def __init__(self, tolerance: float) -> None:
        self.tolerance = tolerance
        self.worst: dict[str, float] = {}
        self.wrong: list[str] = []

    def compare(
        self,
        part: str,
        got: npt.ArrayLike,
        expected: npt.ArrayLike,
        scale: npt.ArrayLike | None = None,
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
        self.worst[part] = max(error, self.worst.get(part, 0.0))

    def compare_whole(self, part: str, got: npt.ArrayLike, expected: npt.ArrayLike) -> None:
        """Record the largest error relative to the largest |expected| of the whole array."""
        largest = np.abs(np.asarray(expected, np.float64)).max(initial=0.0)
        self.compare(part, got, expected, scale=largest)

    def require(self, part: str, holds: bool | np.bool_) -> None:
        """Record a part that either holds or not, without an error to measure."""
        if not holds and part not in self.wrong:
            self.wrong.append(part)

    def failing(self) -> list[str]:
        """Return the parts that do not hold, with their errors."""
        large = {part: error for part, error in self.worst.items() if error > self.tolerance}
        return [f"{part} (error {error:.1e})" for part, error in large.items()] + self.wrong
