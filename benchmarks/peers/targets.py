"""The targets for nntrain at each shape, and the measured ratios within one race."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.peers import BOOK, OWN, PRODUCTS
from benchmarks.peers.race import Runner

AT_LEAST = {
    "pytorch": {"A": 8, "B": 5, "C": 1.5, "D": 0.9, "A1": 8},
    "jax": {"A": 2.3, "B": 2.2, "C": 1.3, "D": 1, "A1": 0.7},
    "scikit-learn": {"A": 6, "B": 6, "C": 2.5, "D": 2.5},
    BOOK: {"A": 20, "B": 50, "C": 100},
}
"""The contestant's time over nntrain's."""
AT_MOST = {PRODUCTS: {"A": 1.9, "B": 1.5, "C": 1.15, "D": 1.15}}
"""nntrain's time over the contestant's."""


@dataclass(frozen=True)
class Ratio:
    """The ratios of two runners' times, one per round."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, above: Runner, below: Runner) -> "Ratio":
        pairs = zip(above.seconds, below.seconds, strict=True)
        return cls(tuple(a / b for a, b in pairs))

    @property
    def median(self) -> float:
        return median(self.values)

    def __str__(self) -> str:
        lowest, highest = min(self.values), max(self.values)
        return f"{self.median:.3g} ({lowest:.3g}–{highest:.3g})"


@dataclass(frozen=True)
class Verdict:
    """A target and the measured ratio; ``runner`` was the best of its kind."""

    runner: Runner
    sign: str
    wanted: float
    ratio: Ratio

    @property
    def met(self) -> bool:
        got = self.ratio.median
        return got >= self.wanted if self.sign == "≥" else got <= self.wanted


def best(runners: Sequence[Runner], name: str) -> Runner | None:
    """Return the contestant of this name with its fastest thread count."""
    ours = [runner for runner in runners if runner.peer.name == name]
    return min(ours, key=lambda runner: median(runner.seconds), default=None)


def verdicts(shape: str, runners: Sequence[Runner]) -> list[Verdict]:
    """Return the verdicts on this shape's targets for which both contestants ran."""
    own = best(runners, OWN)
    found = []
    for targets, sign in ((AT_LEAST, "≥"), (AT_MOST, "≤")):
        for name, wanted in targets.items():
            other = best(runners, name)
            if own and other and shape in wanted:
                pair = (other, own) if sign == "≥" else (own, other)
                found.append(Verdict(other, sign, wanted[shape], Ratio.of(*pair)))
    return found
