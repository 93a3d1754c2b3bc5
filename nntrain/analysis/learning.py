"""Learning: whether a training run learned anything, or failed."""

from collections.abc import Mapping, Sequence
from typing import Any

from nntrain.analysis.metrics import wilson


def above_chance(right: int, n: int, commonest: int) -> bool:
    """Return whether ``right`` of ``n`` answers beat the best constant answer.

    ``commonest`` is the number of examples of the commonest class. The lower end of Wilson's
    95 % interval must lie above its share.
    """
    return wilson(right, n).low > commonest / n


def cost_rose(history: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the training cost rose and the training accuracy fell since the first epoch.

    ``history`` has one mapping per epoch, as in history.jsonl.
    """
    if len(history) < 2:
        return False
    first, last = history[0], history[-1]
    fell = last["train_accuracy"] < first["train_accuracy"]
    return bool(last["train_cost"] > first["train_cost"] and fell)
