"""Whether a training run fits in memory, checked before anything is allocated."""

from collections.abc import Iterable

import numpy as np

from nntrain.data.augment import memory_bytes as distorter_memory
from nntrain.data.dataset import Dataset
from nntrain.errors import NntrainError, in_words
from nntrain.nn import engine
from nntrain.nn.memory import training_memory
from nntrain.settings.distortions import parsed
from nntrain.settings.fit import FitSettings
from nntrain.storage.mapped import is_mapped
from nntrain.storage.memory import Limit, in_bytes, tightest_limit
from nntrain.workflows.parts import dropout_of, layer_sizes, sgd_of, training_examples

WORKER_BYTES = 80_000_000
"""Memory of a process that has loaded all libraries for a training run."""


def check_memory(every: Iterable[FitSettings], dataset: Dataset, jobs: int = 0) -> None:
    """Raise ``NntrainError`` if training with one of ``every`` needs more memory than is left.

    ``jobs`` processes train at the same time, each with its own copy of the dataset; 0 means
    training in this process. If no limit is known, nothing is refused.
    """
    limit = tightest_limit(max(1, jobs))
    if limit is None:
        return
    for settings in every:
        needed = _memory_needed(settings, dataset)
        if jobs:
            images = dataset.train.images
            read = 0 if is_mapped(images) else images.nbytes
            needed[_fewer_jobs()] = ("process and images", WORKER_BYTES + read)
        total = sum(size for _, size in needed.values())
        if total > limit.left:
            raise _too_large(needed, total, limit, jobs)


def _memory_needed(settings: FitSettings, dataset: Dataset) -> dict[str, tuple[str, int]]:
    """Return what needs memory in training, with its bytes, by the setting that reduces it."""
    distortions = parsed(settings.augment)
    network, examples = training_memory(
        layer_sizes(settings, dataset),
        np.dtype(settings.dtype).itemsize,
        sgd_of(settings),
        training_examples(settings, dataset),
        dropout_of(settings),
        distorted=distortions.any,
        compiled=settings.engine != engine.NUMPY and engine.installed(),
    )
    distorter = distorter_memory(distortions, dataset.image_shape) if distortions.any else 0
    hidden, batch_size = in_words("--hidden", "hidden"), in_words("--batch-size", "batch_size")
    return {
        f"smaller {hidden}": ("copies of the network", network),
        f"smaller {batch_size} or {hidden}": ("mini-batches and measurements", examples),
        in_words("--augment none", "augment='none'"): ("distortions", distorter),
    }


def _fewer_jobs() -> str:
    return f"fewer {in_words('--jobs', 'jobs')}"


def _too_large(
    needed: dict[str, tuple[str, int]], total: int, limit: Limit, jobs: int
) -> NntrainError:
    parts = ", ".join(f"{what} {in_bytes(size)}" for what, size in needed.values() if size)
    advice = max(needed, key=lambda change: needed[change][1])
    if jobs > 1 and advice != _fewer_jobs():
        advice += f", or {_fewer_jobs()}"
    share = f" to each of {jobs} jobs" if jobs > 1 else ""
    return NntrainError(
        f"Not enough memory: a training run needs about {in_bytes(total)} ({parts}), but only "
        f"{in_bytes(limit.left)} is available{share} ({limit.source}). Try {advice}."
    )
