"""The targets for nntrain at each shape, and the measured ratios within one race."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.peers import OWN, PRODUCTS
from benchmarks.peers.race import Runner

AT_LEAST = {
    "pytorch": {"A": 14, "B": 7, "C": 2, "D": 2, "A1": 45},
    "jax": {"A": 1.6, "B": 1.45, "C": 1.02, "D": 1.05, "A1": 4.5},
    "scikit-learn": {"A": 12, "B": 7, "C": 2.2, "D": 1.8, "A1": 50},
}
"""The contestant's time over nntrain's."""
AT_MOST = {PRODUCTS: {"A": 1.3, "B": 1.2, "C": 1.0, "D": 0.97, "A1": 0.45}}
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
