"""Learning: whether a training run learned anything, or failed."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from nntrain.analysis.metrics import wilson

Failure = Literal["chance", "cost", "worse"]
"""No better than a constant answer; cost far above a constant answer's; worse than it was."""


def above_chance(right: int, n: int, commonest: int) -> bool:
    """Return whether ``right`` of ``n`` answers beat the best constant answer.

    ``commonest`` is the number of examples of the commonest class. The lower end of Wilson's
    95 % interval must lie above its share.
    """
    return wilson(right, n).low > commonest / n


def failure(
    right: int, n: int, commonest: int, history: Sequence[Mapping[str, Any]], constant_cost: float
) -> Failure | None:
    """Return how a training run failed; None if it learned.

    The first three arguments are those of ``above_chance``. ``history`` has one mapping per
    epoch, as in history.jsonl. ``constant_cost`` is the cost of an answer that is the same for
    every example; a training cost above twice that (weight decay may add to it) is no better. A
    run is worse than it was if, since the first epoch, its training cost rose and its training
    accuracy fell.
    """
    if not above_chance(right, n, commonest):
        return "chance"
    if not history:
        return None
    first, last = history[0], history[-1]
    fell = last["train_accuracy"] < first["train_accuracy"]
    rose = last["train_cost"] > first["train_cost"]
    if last["train_cost"] > 2 * constant_cost:
        return "cost"
    return "worse" if rose and fell else None
