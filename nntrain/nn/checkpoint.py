"""A checkpoint: a trainer's state as named arrays, and back.

``parameter_0``, ``parameter_1``, … are the network's weights, then its biases. ``velocity_…``,
``best_…`` and ``average_…`` have the same shapes and hold the momentum's velocity, the best model
and the averaged weights, if the training run has them. ``progress`` (uint8) is a JSON object: the
counters, times and the state of the random generator.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from nntrain.nn.arrays import Array, Floats
from nntrain.nn.training import Trainer

LARGEST_EPOCH, LONGEST_S = 10**9, 1e9
"""A checkpoint with larger values is damaged."""


def state(trainer: Trainer) -> dict[str, Array]:
    """Return everything needed to continue training, as named arrays.

    Within an epoch, the generator's state is the one from which the epoch's order was drawn. The
    arrays are the trainer's own, not copies: write them before training continues.
    """
    progress = {
        "epoch": trainer.epoch,
        "done": trainer.done,
        "seconds": trainer.seconds,
        "past_seconds": trainer.past_seconds,
        "best_epoch": trainer.best.epoch,
        "best_accuracy": trainer.best.accuracy,
        "generator": trainer.order_state if trainer.done else trainer.rng.bit_generator.state,
    }
    encoded = np.frombuffer(json.dumps(progress).encode(), np.uint8)
    return {**_named_arrays(trainer), "progress": encoded}


def restore(trainer: Trainer, state: Mapping[str, Array]) -> None:
    """Restore ``state`` into ``trainer``, which was made from the same settings and data.

    If the state does not fit, raises ``ValueError``, ``KeyError`` or whatever Python raises for
    wrong types; the trainer may then be partly restored.
    """
    progress = json.loads(state["progress"].tobytes())
    for name, array in _named_arrays(trainer).items():
        _check_fits(name, state[name], array)
        array[...] = state[name]
    trainer.epoch = _number(progress, "epoch", 0, LARGEST_EPOCH, whole=True)
    trainer.done = _number(progress, "done", 0, len(trainer.batches), whole=True)
    trainer.best.epoch = _number(progress, "best_epoch", 0, trainer.epoch, whole=True)
    trainer.seconds = _number(progress, "seconds", 0.0, LONGEST_S)
    trainer.past_seconds = _number(progress, "past_seconds", 0.0, LONGEST_S)
    trainer.best.accuracy = _number(progress, "best_accuracy", -1.0, 1.0)
    trainer.rng.bit_generator.state = progress["generator"]
    if trainer.rng.bit_generator.state != progress["generator"]:
        raise ValueError("generator: expected whole numbers")


def _named_arrays(trainer: Trainer) -> dict[str, Floats]:
    """Return the trainer's arrays by their names in a checkpoint."""
    velocity, average = trainer.optimizer.velocity, trainer.average
    groups = {
        "parameter": trainer.network.parameters,
        "velocity": velocity.arrays if velocity else [],
        "best": trainer.best.parameters,
        "average": average.network.parameters if average else [],
    }
    return {
        f"{group}_{index}": array
        for group, arrays in groups.items()
        for index, array in enumerate(arrays)
    }


def _check_fits(name: str, saved: Array, own: Floats) -> None:
    """Raise ``ValueError`` unless ``saved`` is finite and has the shape and dtype of ``own``."""
    if saved.shape != own.shape or saved.dtype != own.dtype:
        raise ValueError(
            f"{name}: expected {own.dtype} {own.shape}, got {saved.dtype} {saved.shape}"
        )
    if not np.isfinite(saved).all():
        raise ValueError(f"{name}: expected finite numbers")


def _number(
    progress: Mapping[str, Any], name: str, low: float, high: float, whole: bool = False
) -> Any:
    """Return a (whole) number from ``low`` to ``high``; raise ``ValueError`` for anything else."""
    value = progress[name]
    if type(value) not in ((int,) if whole else (int, float)) or not low <= value <= high:
        kind = "whole number" if whole else "number"
        raise ValueError(f"{name}: expected a {kind} from {low} to {high}, got {value!r}")
    return value if whole else float(value)
