"""Progress: how much of an experiment's work is done, counted across the processes that train.

The unit is one multiply-add of a forward pass.
"""

from collections.abc import Mapping
from contextlib import suppress
from itertools import pairwise
from multiprocessing import get_context
from typing import TYPE_CHECKING

from nntrain.data.dataset import Dataset
from nntrain.experiments.executors import starting_processes
from nntrain.nn.training import Trainer
from nntrain.settings.fit import FitSettings
from nntrain.storage.signals import uninterrupted

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

STEP = 1e6
"""The overhead of a training step, in multiply-adds."""

_counter: "Synchronized[float] | None" = None
"""Where this process counts its work."""


@uninterrupted
def new_counter() -> "Synchronized[float] | None":
    """Return a counter that spawned processes can share; None where the system has no room."""
    with suppress(OSError), starting_processes():  # Python's resource tracker
        counter: Synchronized[float] = get_context("spawn").Value("d", 0.0)
        return counter
    return None


def count_in(counter: "Synchronized[float] | None") -> None:
    """Make ``advance`` add to ``counter`` from now on; None stops counting."""
    global _counter
    _counter = counter


def advance(training: Trainer) -> None:
    """Count one more finished epoch of a training run."""
    if _counter is not None:
        examples, size = len(training.batches), training.batches.batch_size
        with _counter.get_lock():
            _counter.value += _epoch(examples, size, training.network.sizes)


def amounts(tasks: Mapping[str, FitSettings], dataset: Dataset) -> dict[str, float]:
    """Return the work of every training run on ``dataset``, if it runs all its epochs."""
    rows, columns = dataset.image_shape
    return {
        key: one.epochs
        * _epoch(
            one.train_size or len(dataset.to_train_on(one.train_on)[1]),
            one.batch_size,
            (rows * columns, *one.hidden, len(dataset.classes)),
        )
        for key, one in tasks.items()
    }


def _epoch(examples: int, batch_size: int, sizes: tuple[int, ...]) -> float:
    """Return the work of one epoch: Σ n_l n_{l+1} per example, and ``STEP`` per mini-batch."""
    weights = sum(n * m for n, m in pairwise(sizes))
    return examples * weights + -(-examples // batch_size) * STEP
