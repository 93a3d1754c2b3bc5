"""Tuning: each output's learning rate chosen on validation, with seeds the comparison never uses.

It uses the comparison's own measure: validation accuracy averaged over the epochs, which is high
for a run that becomes accurate early and stays so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from nntrain.errors import DivergenceError, in_words
from nntrain.experiments.compare_costs.train import Diverged, Task, Trained, key
from nntrain.nn.outputs import OUTPUTS
from nntrain.settings.compare import CompareSettings

FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
TUNING_SEEDS = 2


@dataclass(frozen=True)
class Tuned:
    """How one output's rate was chosen: (rate, mean validation accuracy) of each candidate.

    The accuracy is None if a seed diverged with that rate.
    """

    output: str
    candidates: tuple[tuple[float, float | None], ...]
    seeds: tuple[int, ...]

    @property
    def rate(self) -> float:
        """The rate with the highest accuracy, the smaller one if two tie.

        Raises ``DivergenceError`` if every candidate diverged.
        """
        sound = [(accuracy, -rate) for rate, accuracy in self.candidates if accuracy is not None]
        if not sound:
            raise DivergenceError(
                f"{self.output}: every learning rate that tuning tried diverged. "
                f"Give one with {in_words('--learning-rate', 'learning_rate')}, or change the "
                f"other settings."
            )
        return -max(sound)[1]

    @property
    def at_the_edge(self) -> bool:
        """Whether the chosen rate is the smallest or the largest of the candidates."""
        return self.rate in (self.candidates[0][0], self.candidates[-1][0])


def tuning_seeds(settings: CompareSettings) -> tuple[int, ...]:
    """Return the seeds for tuning: those after the comparison's."""
    first = settings.seed + settings.seeds
    return tuple(range(first, first + TUNING_SEEDS))


def grid(output: str) -> tuple[float, ...]:
    """Return the candidates: ``book_rate`` times a quarter, a half, 1, 2 and 4."""
    return tuple(factor * OUTPUTS[output].book_rate for factor in FACTORS)


def tuning_tasks(settings: CompareSettings) -> dict[str, Task]:
    """Return the training runs that tuning needs, by key; of both starts, the random one."""
    return {
        key(output, seed, f"tune-{rate:g}-"): Task(
            settings.fit_settings(output, seed, rate, settings.starts[-1]), settings.starts[-1]
        )
        for output in settings.outputs
        for rate in grid(output)
        for seed in tuning_seeds(settings)
    }


def choose(settings: CompareSettings, trainings: Sequence[Trained | Diverged]) -> dict[str, Tuned]:
    """Return the choice by output, from the training runs of ``tuning_tasks``."""
    chosen = {}
    for output in settings.outputs:
        candidates = []
        for rate in grid(output):
            group = [t for t in trainings if (t.output, t.learning_rate) == (output, rate)]
            candidates.append((rate, _mean_accuracy(group)))
        chosen[output] = Tuned(output, tuple(candidates), tuning_seeds(settings))
    return chosen


def _mean_accuracy(group: Sequence[Trained | Diverged]) -> float | None:
    """Return the validation accuracy averaged over epochs and seeds; None if a seed diverged."""
    means = [mean(t.curve) for t in group if isinstance(t, Trained)]
    return mean(means) if len(means) == len(group) else None
