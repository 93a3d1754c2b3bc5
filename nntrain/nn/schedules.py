"""A learning-rate schedule: the factor on η as a function of time.

The time t is in epochs, with fractions, from 0 to ``epochs``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi


@dataclass(frozen=True)
class Schedule:
    """A named schedule with its parameters, times in epochs."""

    name: str = "constant"
    epochs: int = 1
    warmup_epochs: float = 0.0
    step_epochs: float = 10.0
    step_factor: float = 0.1

    def factor(self, t: float) -> float:
        """Return the factor on η at time ``t``: a linear warm-up, then the schedule itself."""
        if t < self.warmup_epochs:
            return t / self.warmup_epochs
        return SCHEDULES[self.name](self, t)

    def settled(self, t: float) -> bool:
        """Return whether the factor is 1 from time ``t`` on."""
        return self.name == "constant" and t >= self.warmup_epochs


def constant(schedule: Schedule, t: float) -> float:
    """Return 1: η never changes."""
    return 1.0


def step(schedule: Schedule, t: float) -> float:
    """Return ``step_factor`` to the power of the number of finished steps."""
    return float(schedule.step_factor ** int(t / schedule.step_epochs))


def cosine(schedule: Schedule, t: float) -> float:
    """Return ½(1 + cos πτ), τ from 0 at the warm-up's end to 1 at the last epoch's.

    Loshchilov and Hutter 2017, "SGDR", without restarts.
    """
    length = schedule.epochs - schedule.warmup_epochs
    tau = min((t - schedule.warmup_epochs) / length, 1.0) if length > 0 else 1.0
    return 0.5 * (1 + cos(pi * tau))


SCHEDULES: dict[str, Callable[[Schedule, float], float]] = {
    "constant": constant,
    "step": step,
    "cosine": cosine,
}
