"""Settings and a dataset -> a trainer, and its run directory."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from math import prod
from pathlib import Path

import numpy as np

from nntrain.data.augment import Distorter
from nntrain.data.augment import memory_bytes as distorter_memory
from nntrain.data.dataset import Dataset, load
from nntrain.errors import NntrainError, SettingsError
from nntrain.nn import engine
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.arrays import Array
from nntrain.nn.batches import Distort
from nntrain.nn.dropout import Dropout
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.memory import training_memory
from nntrain.nn.network import Network
from nntrain.nn.optimizer import SGD
from nntrain.nn.outputs import make_output
from nntrain.nn.schedules import Schedule
from nntrain.nn.training import EpochResult, Trainer
from nntrain.runs import provenance
from nntrain.runs.directory import PROVENANCE
from nntrain.runs.run import Run, create
from nntrain.settings.distortions import parsed
from nntrain.settings.fit import FitSettings
from nntrain.storage.mapped import is_mapped
from nntrain.storage.memory import Limit, address_space_left, in_bytes, tightest_limit

PARAMETER_STREAM, ORDER_STREAM, DROPOUT_STREAM, DISTORTION_STREAM = range(4)
"""Independent random streams of one seed: more draws from one do not change the others."""

WORKER_BYTES = 80_000_000
"""Memory of a process that has loaded all libraries for a training run."""

COMPILED_LOOP_BYTES = 600_000_000
"""Address space of Numba, SciPy and SciPy's BLAS."""


def layer_sizes(settings: FitSettings, dataset: Dataset) -> tuple[int, ...]:
    """Return the neurons of each layer, the inputs first."""
    return (prod(dataset.image_shape), *settings.hidden, len(dataset.classes))


def build_network(settings: FitSettings, dataset: Dataset) -> Network:
    """Return the untrained network of ``settings`` for the images and classes of ``dataset``."""
    initialisation = settings.initialisation
    if initialisation == "auto":
        initialisation = "he" if settings.activation == "relu" else "lecun"
    return Network.create(
        sizes=layer_sizes(settings, dataset),
        hidden=ACTIVATIONS[settings.activation],
        output=make_output(
            settings.output, settings.inverse_temperature, settings.label_smoothing
        ),
        initialisation=INITIALISATIONS[initialisation],
        rng=np.random.default_rng([settings.seed, PARAMETER_STREAM]),
        dtype=settings.dtype,
    )


def start(
    settings: FitSettings,
    dataset: Dataset,
    tell: Callable[[str], object] = lambda line: None,
    runs: int = 1,
) -> Trainer:
    """Return the trainer of ``settings`` on ``dataset``, before its first step.

    ``tell`` receives messages about the engine, such as that it is being compiled; the engine
    ``auto`` expects ``runs`` training runs like this one. Raises
    ``SettingsError`` when ``train_size`` is more than the dataset has, ``NntrainError`` when
    there is too little memory.
    """
    images, labels = dataset.to_train_on(settings.train_on)
    size = settings.train_size
    if size is not None and size > len(images):
        raise SettingsError(
            f"train_size = {size} is not allowed: {dataset.name} has {len(images)} "
            f"examples to train on."
        )
    check_memory([settings], dataset)
    return Trainer(
        build_network(settings, dataset),
        (images[:size], labels[:size]),
        dataset.validation if settings.train_on == "train" else None,
        _sgd(settings),
        np.random.default_rng([settings.seed, ORDER_STREAM]),
        _dropout(settings),
        _distort(settings, dataset.image_shape),
        _engine(settings),
        tell,
        runs,
    )


def _engine(settings: FitSettings) -> str:
    """Return the engine to ask for: OpenBLAS waits forever if its memory is not to be had."""
    left = address_space_left()
    if settings.engine == engine.NUMPY or left is None or left >= COMPILED_LOOP_BYTES:
        return settings.engine
    if settings.engine == engine.AUTO:
        return engine.NUMPY
    raise NntrainError(
        f"Not enough address space: the engine numba needs {in_bytes(COMPILED_LOOP_BYTES)}, and "
        f"ulimit -v leaves {in_bytes(left)}. Raise the limit, or train with --engine numpy."
    )


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
            needed["fewer --jobs"] = ("process and images", WORKER_BYTES + read)
        total = sum(size for _, size in needed.values())
        if total > limit.left:
            raise _too_large(needed, total, limit, jobs)


def _memory_needed(settings: FitSettings, dataset: Dataset) -> dict[str, tuple[str, int]]:
    """Return what needs memory in training, with its bytes, by the setting that reduces it."""
    distortions = parsed(settings.augment)
    network, examples = training_memory(
        layer_sizes(settings, dataset),
        np.dtype(settings.dtype).itemsize,
        _sgd(settings),
        settings.train_size or len(dataset.to_train_on(settings.train_on).images),
        _dropout(settings),
        distorted=distortions.any,
        compiled=settings.engine != engine.NUMPY and engine.installed(),
    )
    distorter = distorter_memory(distortions, dataset.image_shape) if distortions.any else 0
    return {
        "smaller --hidden": ("copies of the network", network),
        "smaller --batch-size or --hidden": ("mini-batches and measurements", examples),
        "--augment none": ("distortions", distorter),
    }


def _too_large(
    needed: dict[str, tuple[str, int]], total: int, limit: Limit, jobs: int
) -> NntrainError:
    parts = ", ".join(f"{what} {in_bytes(size)}" for what, size in needed.values() if size)
    advice = max(needed, key=lambda change: needed[change][1])
    if jobs > 1 and advice != "fewer --jobs":
        advice += ", or fewer --jobs"
    share = f" to each of {jobs} jobs" if jobs > 1 else ""
    return NntrainError(
        f"Not enough memory: a training run needs about {in_bytes(total)} ({parts}), but only "
        f"{in_bytes(limit.left)} is available{share} ({limit.source}). Try {advice}."
    )


def _dropout(settings: FitSettings) -> Dropout | None:
    """Return the dropout of ``settings``; None for none."""
    if not settings.dropout and not settings.input_dropout:
        return None
    return Dropout(settings.input_dropout, settings.dropout, (settings.seed, DROPOUT_STREAM))


def _sgd(settings: FitSettings) -> SGD:
    """Return the settings of gradient descent in ``settings``."""
    return SGD(
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        learning_rate=settings.rate,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        schedule=Schedule(
            settings.schedule,
            settings.epochs,
            settings.warmup_epochs,
            settings.step_epochs,
            settings.step_factor,
        ),
        patience=settings.patience,
        max_norm=settings.max_norm,
        average_epochs=settings.average_epochs,
    )


def _distort(settings: FitSettings, image_shape: tuple[int, int]) -> Distort | None:
    """Return the function that distorts images in training; None for no distortion."""
    distortions = parsed(settings.augment)
    if not distortions.any:
        return None
    distorter = Distorter(distortions, image_shape)

    def distort(inputs: Array, epoch: int, start: int) -> None:
        rng = np.random.default_rng([settings.seed, DISTORTION_STREAM, epoch, start])
        distorter.distort(inputs, rng, out=inputs)

    return distort


@contextmanager
def new_run(
    settings: FitSettings,
    dataset: Dataset,
    trainer: Trainer,
    runs_dir: Path,
    name: str | None,
    overwrite: bool,
) -> Iterator[Run]:
    """Make the run directory of a training run, locked for the block.

    The default name is the time, the dataset and the hidden layers.
    """
    origin = provenance.collect(settings, dataset, len(trainer.batches))
    slug = "-".join([Path(dataset.name).name, *map(str, settings.hidden)])
    with create(runs_dir, name, slug, overwrite) as run:
        run.write_json(PROVENANCE, origin)
        run.write_settings(settings)
        yield run


def drive(trainer: Trainer, run: Run) -> Iterator[int | EpochResult]:
    """Train to the end; save the model, the history and a checkpoint after each epoch.

    Yields the number of examples done after each block of mini-batches, and each epoch's result
    once it is on disk.
    """
    while not trainer.finished:
        yield from trainer.run_epoch()
        result = trainer.finish_epoch()
        if result.best:
            run.save_model(trainer.model)
        run.append_history(result)
        run.save_checkpoint(trainer)
        yield result


@lru_cache(maxsize=1)
def dataset_of(name: str, data_dir: str) -> Dataset:
    """Return the dataset, which must be in ``data_dir``: nothing is downloaded."""
    return load(name, Path(data_dir), offline=True)
