"""Settings and a dataset -> a trainer, and its run directory."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np

from nntrain.analysis.learning import above_chance
from nntrain.data.dataset import Dataset
from nntrain.data.loading import load
from nntrain.errors import NntrainError, SettingsError, in_words
from nntrain.nn import engine
from nntrain.nn.training import EpochResult, Trainer
from nntrain.runs import provenance
from nntrain.runs.directory import PROVENANCE
from nntrain.runs.run import Run, create
from nntrain.settings.distortions import parsed
from nntrain.settings.fit import FitSettings
from nntrain.storage.memory import address_space_left, in_bytes
from nntrain.workflows.memory import check_memory
from nntrain.workflows.parts import (
    ORDER_STREAM,
    build_network,
    distort_of,
    dropout_of,
    layer_sizes,
    sgd_of,
    training_examples,
)

COMPILED_LOOP_BYTES = 600_000_000
"""Address space of Numba, SciPy and SciPy's BLAS."""


def start(
    settings: FitSettings, dataset: Dataset, tell: Callable[[str], object] = lambda line: None
) -> Trainer:
    """Return the trainer of ``settings`` on ``dataset``, before its first step.

    ``tell`` receives messages about the engine, for example that it is compiling. Raises
    ``SettingsError`` when ``train_size`` is more than the dataset has or its examples cannot be
    distorted, ``NntrainError`` when there is too little memory.
    """
    if parsed(settings.augment).any and not dataset.distortable:
        raise SettingsError(
            f"augment = {settings.augment} is not allowed: it distorts images of uint8 pixels, "
            f"and {dataset.name} has other examples. Set it to none.",
            "augment",
        )
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
        sgd_of(settings),
        np.random.default_rng([settings.seed, ORDER_STREAM]),
        dropout_of(settings),
        distort_of(settings, dataset.image_shape),
        possible_engine(settings.engine),
        tell,
    )


def choose_engine(
    every: Sequence[FitSettings], times: int, dataset: Dataset, tell: Callable[[str], object]
) -> str:
    """Return the engine for an experiment, by the time that Numba saves in all its runs.

    Each of ``every``, which ask for the same engine, is trained ``times`` times. ``tell`` receives
    a line if an installed Numba cannot be used. Raises ``NntrainError`` if the engine numba is
    asked for and does not fit in the address space.
    """
    saved = 0.0
    for settings in every:
        steps = settings.epochs * -(-training_examples(settings, dataset) // settings.batch_size)
        saved += times * engine.saved_s(layer_sizes(settings, dataset), steps)
    return engine.choose(possible_engine(every[0].engine), saved, tell)


def possible_engine(asked: str) -> str:
    """Return the engine ``asked`` for, or NumPy for ``auto`` in a small address space.

    OpenBLAS hangs if it cannot allocate its memory. Raises ``NntrainError`` for ``numba``.
    """
    left = address_space_left()
    if asked == engine.NUMPY or left is None or left >= COMPILED_LOOP_BYTES:
        return asked
    if asked == engine.AUTO:
        return engine.NUMPY
    raise NntrainError(
        f"Not enough address space: the engine numba needs {in_bytes(COMPILED_LOOP_BYTES)}, and "
        f"ulimit -v leaves {in_bytes(left)}. Raise the limit, or train with "
        f"{in_words(*engine.WITHOUT_NUMBA)}."
    )


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


def drive(trainer: Trainer, run: Run | None) -> Iterator[int | EpochResult]:
    """Train to the end; save the model, the history and a checkpoint after each epoch.

    Yields the number of examples done after each block of mini-batches, and each epoch's result
    once it is on disk. Without a ``run`` nothing is saved.
    """
    while not trainer.finished:
        yield from trainer.run_epoch()
        result = trainer.finish_epoch()
        if run is not None:
            if result.best:
                run.save_model(trainer.model)
            run.append_history(result)
            run.save_checkpoint(trainer)
        yield result


def beats_chance(trainer: Trainer) -> Callable[[float], bool]:
    """Return a function that says whether a validation accuracy is above chance."""
    labels = np.zeros(1, int) if trainer.validation is None else trainer.validation[1]
    n, commonest = len(labels), int(np.bincount(labels).max())
    return lambda accuracy: above_chance(round(accuracy * n), n, commonest)


@lru_cache(maxsize=1)
def dataset_of(name: str, data_dir: str) -> Dataset:
    """Return the dataset, which must be in ``data_dir``: nothing is downloaded."""
    return load(name, Path(data_dir), offline=True)
