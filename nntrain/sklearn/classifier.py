"""NNClassifier: a network as a scikit-learn classifier, trained as by ``nntrain fit``."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from nntrain.errors import DivergenceError, SettingsError
from nntrain.nn.arrays import Array, Floats, Integers
from nntrain.nn.network import Network
from nntrain.nn.outputs import OUTPUTS, outputs_meant
from nntrain.nn.schedules import Schedule
from nntrain.nn.training import EpochResult
from nntrain.settings.fit import FitSettings
from nntrain.sklearn.course import (
    Course,
    one_thread_for_small_steps,
    settings_for,
    suitable_rate,
    warn_of_large,
)
from nntrain.workflows.parts import sgd_of


def _has_probabilities(classifier: "NNClassifier") -> bool:
    """Return whether the outputs sum to 1; else raise ``AttributeError``."""
    if all(OUTPUTS[name].distribution for name in outputs_meant(str(classifier.output))):
        return True
    raise AttributeError(
        f"predict_proba needs a softmax output, but output = {classifier.output}: sigmoid outputs "
        f"need not sum to 1. decision_function is there for every output."
    )


class NNClassifier(ClassifierMixin, BaseEstimator):
    """A fully connected network, trained by stochastic gradient descent with momentum.

    The parameters are settings of ``nntrain fit``, with its names, ranges and defaults, which
    ``nntrain fit --help`` describes. These differ:

    - ``random_state`` takes the place of ``seed``: an int, a ``RandomState``, or None for another
      seed in every ``fit``.
    - ``epochs`` None: as many as make 2,000 updates, at least 5.
    - ``batch_size`` None: a hundredth of the examples, from 32 to 128.
    - ``learning_rate`` None: the output's own η, which suits MNIST. It is divided by S/100 if S is
      above 100; S is the largest E‖a‖⁴/E‖a‖² of the inputs a of a layer, before training.
    - ``weight_decay`` is 5, the book's λ, and not 0.
    - ``patience`` N: ``fit`` holds back ``validation_fraction`` of the examples, stops after N
      epochs without improvement in accuracy on them, and keeps the weights of the best epoch.
      With None it trains on all examples.

    Features are used as they are, also uint8: nothing is divided by 255 or standardised. ``fit``
    warns of large ones: put a ``StandardScaler`` before. There is no ``sample_weight``.

    Attributes: ``classes_`` (K,), ``n_features_in_``, ``feature_names_in_`` (of a data frame),
    ``network_``, ``learning_rate_`` (η at the start), ``n_iter_`` (epochs), ``loss_curve_`` (cost
    on the training examples after each epoch, as in ``EpochResult``), ``validation_scores_``
    (accuracy on the examples held back, after each epoch; None without ``patience``).

    Raises ``ValueError`` for parameters, inputs and labels that are not allowed, and
    ``DivergenceError`` if training diverges.
    """

    loss_curve_: list[float]
    validation_scores_: list[float | None] | None

    def __init__(
        self,
        *,
        hidden: Sequence[int] = (400,),
        activation: str = "relu",
        output: str = "softmax+log-likelihood",
        initialisation: str = "auto",
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        momentum: float = 0.9,
        weight_decay: float = 5.0,
        schedule: str = "cosine",
        warmup_epochs: float = 0.25,
        step_epochs: float = 10.0,
        step_factor: float = 0.1,
        patience: int | None = None,
        validation_fraction: float = 0.1,
        dropout: float = 0.0,
        input_dropout: float = 0.0,
        max_norm: float | None = None,
        label_smoothing: float = 0.0,
        inverse_temperature: float = 1.0,
        average_epochs: float = 0.0,
        dtype: str = "float32",
        engine: str = "auto",
        random_state: Any = None,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.output = output
        self.initialisation = initialisation
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.schedule = schedule
        self.warmup_epochs = warmup_epochs
        self.step_epochs = step_epochs
        self.step_factor = step_factor
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.max_norm = max_norm
        self.label_smoothing = label_smoothing
        self.inverse_temperature = inverse_temperature
        self.average_epochs = average_epochs
        self.dtype = dtype
        self.engine = engine
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train a new network on ``X`` (n, features) with the labels ``y`` (n,)."""
        inputs, answers = self._examples(X, y, reset=True)
        self.classes_, labels = np.unique(answers, return_inverse=True)
        seed, held = self._draw_seed(), None
        if self.patience is not None:
            inputs, labels, *held = self._hold_back(inputs, labels, seed)
        settings = self._settings(len(inputs), seed)
        course = self._begin(settings, inputs)
        sgd = replace(sgd_of(settings), learning_rate=self.learning_rate_)
        validation = (held[0], held[1]) if held else None
        trainer = course.trainer(settings, sgd, (inputs, labels), validation)
        with _advice(), one_thread_for_small_steps(course.network, settings.batch_size):
            results = list(trainer)
        course.keep(trainer)
        if held:
            course.network = course.model = trainer.best.network()
            self.validation_scores_ = [result.validation_accuracy for result in results]
        return self._record(course, results)

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> Self:
        """Train for one more epoch, on ``X`` (n, features) with the labels ``y`` (n,).

        The first call makes the network and needs ``classes``, every label there will be. The
        momentum is kept between calls, and from ``fit``. The learning rate is constant after the
        warm-up: a schedule would need to know the last epoch. n in λ/2n Σ W² is that of the call.
        ``patience`` applies to ``fit`` only.
        """
        first = not hasattr(self, "network_")
        inputs, answers = self._examples(X, y, reset=first)
        labels = self._labels(answers, classes, first)
        settings = self._settings(len(inputs), self._draw_seed() if first else self._course.seed)
        course = self._begin(settings, inputs) if first else self._course
        rate = self.learning_rate_ if self.learning_rate is None else settings.rate
        schedule = Schedule(warmup_epochs=settings.warmup_epochs)
        sgd = replace(sgd_of(settings), learning_rate=rate, schedule=schedule, epochs=1)
        trainer = course.trainer(settings, sgd, (inputs, labels))
        with _advice(), one_thread_for_small_steps(course.network, settings.batch_size):
            for _ in trainer.run_epoch():
                pass
            result = trainer.finish_epoch()
        course.keep(trainer)
        return self._record(course, [result])

    def predict(self, X: ArrayLike) -> Array:
        """Return the label with the largest output, (n,), for ``X`` (n, features)."""
        z, _ = self._weighted_inputs(X)
        labels: Array = self.classes_[z.argmax(axis=1)]
        return labels

    @available_if(_has_probabilities)
    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return the softmax outputs, (n, K) in the order of ``classes_``.

        The method does not exist with sigmoid outputs, which need not sum to 1.
        """
        z, network = self._weighted_inputs(X)
        network.output.activate(z, z)
        return z

    def decision_function(self, X: ArrayLike) -> Floats:
        """Return the weighted inputs z of the outputs, (n, K); of two classes z_1 − z_0, (n,)."""
        z, _ = self._weighted_inputs(X)
        difference: Floats = z[:, 1] - z[:, 0]
        return difference if len(self.classes_) == 2 else z

    def _weighted_inputs(self, X: ArrayLike) -> tuple[Floats, Network]:
        """Return z^L and the network, with the precision of ``X`` or of training if higher."""
        check_is_fitted(self)
        inputs = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        network = self.network_
        dtype = np.result_type(inputs, network.dtype)
        if dtype != network.dtype:
            weights, biases = (
                [p.astype(dtype) for p in ps] for ps in (network.weights, network.biases)
            )
            network = Network(weights, biases, network.hidden, network.output)
        return network.weighted_inputs(inputs), network

    def _examples(self, X: ArrayLike, y: ArrayLike, reset: bool) -> tuple[Floats, Array]:
        """Return the inputs in the dtype of training, and the labels as given, checked."""
        dtype = np.float64 if self.dtype == "float64" else np.float32
        inputs, answers = validate_data(self, X, y, dtype=dtype, reset=reset)
        check_classification_targets(answers)
        return inputs, answers

    def _draw_seed(self) -> int:
        """Return ``random_state`` as a seed: an int itself, otherwise drawn from it."""
        generator = check_random_state(self.random_state)
        given = isinstance(self.random_state, Integral)
        return int(self.random_state if given else generator.randint(2**31 - 1))

    def _settings(self, examples: int, seed: int) -> FitSettings:
        with _value_errors():
            return settings_for(self.get_params(deep=False), examples, seed)

    def _hold_back(self, inputs: Floats, labels: Integers, seed: int) -> list[Array]:
        """Return inputs and labels to train on, then those held back, with equal class shares."""
        share = self.validation_fraction
        if not 0 < share < 1:
            raise ValueError(
                f"validation_fraction = {share} is not allowed: expected a number between 0 and 1."
            )
        split = train_test_split(
            inputs, labels, test_size=share, stratify=labels, random_state=seed
        )
        return [split[0], split[2], split[1], split[3]]

    def _labels(self, answers: Array, classes: ArrayLike | None, first: bool) -> Integers:
        """Return labels as indices into ``classes_``, which the first call sets."""
        if first:
            if classes is None:
                raise ValueError("classes: needed in the first call of partial_fit.")
            self.classes_ = np.unique(classes)
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(
                f"classes: expected {self.classes_} as in the first call, got {classes}."
            )
        unknown = np.setdiff1d(answers, self.classes_)
        if len(unknown):
            raise ValueError(f"y: expected labels among {self.classes_}, got {unknown}.")
        return np.searchsorted(self.classes_, answers)

    def _begin(self, settings: FitSettings, inputs: Floats) -> Course:
        """Return a new course of training; reset the attributes that it fills."""
        if len(self.classes_) < 2:
            raise ValueError(f"y: expected two classes or more, got 1 class, {self.classes_[0]}.")
        with _value_errors():
            course = Course(settings, (inputs.shape[1], *settings.hidden, len(self.classes_)))
        warn_of_large(inputs)
        self.learning_rate_ = suitable_rate(settings, course.network, inputs)
        self.loss_curve_ = []
        self.validation_scores_ = None
        return course

    def _record(self, course: Course, results: Sequence[EpochResult]) -> Self:
        """Set the attributes that training gives."""
        self._course, self.network_, self.n_iter_ = course, course.model, course.epoch
        self.loss_curve_ += [result.train_cost for result in results]
        return self


@contextmanager
def _value_errors() -> Iterator[None]:
    """Raise a ``SettingsError`` as the ``ValueError`` that scikit-learn expects."""
    try:
        yield
    except SettingsError as error:
        raise ValueError(str(error)) from error


@contextmanager
def _advice() -> Iterator[None]:
    """Add to a ``DivergenceError`` what helps with large features."""
    try:
        yield
    except DivergenceError as error:
        raise DivergenceError(f"{error} Or standardise the features (StandardScaler).") from error
