"""A check: one claim of the lecture, what it was evaluated on, and how far off the worst case was.

A ledger collects the deviations of a claim's parts; its check names the parts that fail.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEAST_SCALE = 1e-100


@dataclass(frozen=True)
class Check:
    """One row: ``claim`` as in "C6", what it says, what was evaluated, and what came out.

    ``worst_error`` and ``tolerance`` are None for a claim that is counted and not calculated.
    ``passed`` is None where there was nothing to decide it on; ``note`` then says why.
    """

    claim: str
    says: str
    evaluated: str
    worst_error: float | None
    tolerance: float | None
    passed: bool | None
    note: str = ""


class Ledger:
    """Collects, part by part, how far the program's numbers lie from what a claim says."""

    def __init__(self, claim: str, says: str, tolerance: float) -> None:
        self.claim, self.says, self.tolerance = claim, says, tolerance
        self.errors: dict[str, float] = {}
        self.broken: list[str] = []

    def compare(
        self,
        part: str,
        got: npt.ArrayLike,
        expected: npt.ArrayLike,
        scale: npt.ArrayLike | None = None,
    ) -> None:
        """Enter the largest |got − expected| / scale, infinite where ``got`` is not finite.

        The arrays have one shape. Without a ``scale`` it is max(1, |expected|): errors are
        absolute up to 1 and relative above.
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
        self.errors[part] = max(error, self.errors.get(part, 0.0))

    def compare_whole(self, part: str, got: npt.ArrayLike, expected: npt.ArrayLike) -> None:
        """Enter the largest deviation relative to the largest |expected| of the whole array."""
        largest = np.abs(np.asarray(expected, np.float64)).max(initial=0.0)
        self.compare(part, got, expected, scale=largest)

    def require(self, part: str, holds: bool | np.bool_) -> None:
        """Enter a part that is not a distance but holds or does not."""
        if not holds and part not in self.broken:
            self.broken.append(part)

    def failing(self) -> list[str]:
        """Return the parts that do not hold, with their errors."""
        wrong = {part: error for part, error in self.errors.items() if error > self.tolerance}
        return [f"{part} (error {error:.1e})" for part, error in wrong.items()] + self.broken

    def check(self, evaluated: str, note: str = "") -> Check:
        """Return the check; where it fails, the note names the parts that do."""
        failing = self.failing()
        return Check(
            claim=self.claim,
            says=self.says,
            evaluated=evaluated,
            worst_error=max(self.errors.values()),
            tolerance=self.tolerance,
            passed=not failing,
            note="does not hold: " + "; ".join(failing) if failing else note,
        )
