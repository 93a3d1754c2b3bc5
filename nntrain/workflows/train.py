"""Settings and a dataset -> a trainer, and its training saved in a run directory."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np

from nntrain.data.augment import Distorter
from nntrain.data.dataset import Dataset, load
from nntrain.errors import SettingsError
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.arrays import Array
from nntrain.nn.batches import Distort
from nntrain.nn.dropout import Dropout
from nntrain.nn.initialisation import INITIALISATIONS
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

PARAMETER_STREAM, ORDER_STREAM, DROPOUT_STREAM, DISTORTION_STREAM = range(4)
"""Independent random streams of one seed: more draws from one do not change the others."""


def build_network(settings: FitSettings, dataset: Dataset) -> Network:
    """Return the untrained network of ``settings`` for the images and classes of ``dataset``."""
    inputs = int(np.prod(dataset.image_shape))
    initialisation = settings.initialisation
    if initialisation == "auto":
        initialisation = "he" if settings.activation == "relu" else "lecun"
    return Network.create(
        sizes=(inputs, *settings.hidden, len(dataset.classes)),
        hidden=ACTIVATIONS[settings.activation],
        output=make_output(
            settings.output, settings.inverse_temperature, settings.label_smoothing
        ),
        initialisation=INITIALISATIONS[initialisation],
        rng=np.random.default_rng([settings.seed, PARAMETER_STREAM]),
        dtype=settings.dtype,
    )


def start(settings: FitSettings, dataset: Dataset) -> Trainer:
    """Return the trainer of ``settings`` on ``dataset``, before its first step.

    Raises ``SettingsError`` when ``train_size`` is more than the dataset has.
    """
    images, labels = dataset.to_train_on(settings.train_on)
    size = settings.train_size
    if size is not None and size > len(images):
        raise SettingsError(
            f"train_size = {size} is not allowed: {dataset.name} has {len(images)} "
            f"examples to train on."
        )
    dropout = None
    if settings.dropout or settings.input_dropout:
        seed = (settings.seed, DROPOUT_STREAM)
        dropout = Dropout(settings.input_dropout, settings.dropout, seed)
    return Trainer(
        build_network(settings, dataset),
        (images[:size], labels[:size]),
        dataset.validation if settings.train_on == "train" else None,
        _sgd(settings),
        np.random.default_rng([settings.seed, ORDER_STREAM]),
        dropout,
        _distort(settings, dataset.image_shape),
    )


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
    """Make the run of a training, and keep every other process out of it for the block.

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
