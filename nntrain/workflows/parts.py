"""Settings -> the parts of a training run: network, gradient descent, dropout, distortions."""

from collections.abc import Sequence
from math import prod

import numpy as np

from nntrain.data.augment import Distorter
from nntrain.data.dataset import Dataset
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.arrays import Array
from nntrain.nn.batches import Distort
from nntrain.nn.dropout import Dropout
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.network import Network
from nntrain.nn.optimizer import SGD
from nntrain.nn.outputs import make_output
from nntrain.nn.schedules import Schedule
from nntrain.settings.distortions import parsed
from nntrain.settings.fit import FitSettings

PARAMETER_STREAM, ORDER_STREAM, DROPOUT_STREAM, DISTORTION_STREAM = range(4)
"""Independent random streams of one seed: more draws from one do not change the others."""


def layer_sizes(settings: FitSettings, dataset: Dataset) -> tuple[int, ...]:
    """Return the neurons of each layer, the inputs first."""
    return (prod(dataset.image_shape), *settings.hidden, len(dataset.classes))


def training_examples(settings: FitSettings, dataset: Dataset) -> int:
    """Return how many examples are trained on."""
    both = settings.train_on == "all"
    available = len(dataset.train.images) + both * len(dataset.validation.images)
    return settings.train_size or available


def build_network(settings: FitSettings, dataset: Dataset) -> Network:
    """Return the untrained network of ``settings`` for the images and classes of ``dataset``."""
    return network_of(settings, layer_sizes(settings, dataset))


def network_of(settings: FitSettings, sizes: Sequence[int]) -> Network:
    """Return the untrained network of ``settings`` with ``sizes`` neurons, inputs first."""
    initialisation = settings.initialisation
    if initialisation == "auto":
        initialisation = "he" if settings.activation == "relu" else "lecun"
    return Network.create(
        sizes=sizes,
        hidden=ACTIVATIONS[settings.activation],
        output=make_output(
            settings.output, settings.inverse_temperature, settings.label_smoothing
        ),
        initialisation=INITIALISATIONS[initialisation],
        rng=np.random.default_rng([settings.seed, PARAMETER_STREAM]),
        dtype=settings.dtype,
    )


def dropout_of(settings: FitSettings) -> Dropout | None:
    """Return the dropout of ``settings``; None for none."""
    if not settings.dropout and not settings.input_dropout:
        return None
    return Dropout(settings.input_dropout, settings.dropout, (settings.seed, DROPOUT_STREAM))


def sgd_of(settings: FitSettings) -> SGD:
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


def distort_of(settings: FitSettings, image_shape: tuple[int, int]) -> Distort | None:
    """Return the function that distorts images in training; None for no distortion."""
    distortions = parsed(settings.augment)
    if not distortions.any:
        return None
    distorter = Distorter(distortions, image_shape)

    def distort(inputs: Array, epoch: int, start: int) -> None:
        rng = np.random.default_rng([settings.seed, DISTORTION_STREAM, epoch, start])
        distorter.distort(inputs, rng, out=inputs)

    return distort
