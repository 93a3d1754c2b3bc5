"""NNClassifier: a network as a scikit-learn classifier, trained as by ``nntrain fit``."""

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from nntrain.nn.arrays import Array, Floats
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
from nntrain.sklearn.examples import check_share, classes_given, classes_in, hold_back, indices
from nntrain.sklearn.failures import advice, all_or_nothing, value_errors
from nntrain.workflows.parts import sgd_of


def _has_probabilities(classifier: "NNClassifier") -> bool:
    """Return whether the outputs sum to 1; else raise ``AttributeError``."""
    fitted = getattr(classifier, "network_", None)  # ``output`` may have been set since
    output = fitted.output.name if fitted else str(classifier.output)
    if all(OUTPUTS[name].distribution for name in outputs_meant(output)):
        return True
    raise AttributeError(
        f"predict_proba needs a softmax output, but output = {output}: sigmoid outputs "
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
    ``DivergenceError`` if training diverges; the classifier is then as it was before the call.
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
        with all_or_nothing(self):
            inputs, answers = self._examples(X, y, reset=True)
            self.classes_ = classes_in(answers)
            labels = indices(answers, self.classes_)
            seed, validation = self._draw_seed(), None
            check_share(share := self.validation_fraction)
            if self.patience is not None:
                training, validation = hold_back(inputs, labels, self.classes_, share, seed)
                inputs, labels = training
            settings = self._settings(len(inputs), seed)
            course = self._begin(settings, inputs)
            sgd = replace(sgd_of(settings), learning_rate=self.learning_rate_)
            trainer = course.trainer(settings, sgd, (inputs, labels), validation)
            with advice(), one_thread_for_small_steps(course.network, settings.batch_size):
                results = list(trainer)
            course.keep(trainer)
            if validation:
                course.network = course.model = trainer.best.network()
                course.velocity = None  # it led away from there
                self.validation_scores_ = [result.validation_accuracy for result in results]
            return self._record(course, results)

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> Self:
        """Train for one more epoch, on ``X`` (n, features) with the labels ``y`` (n,).

        The first call makes the network, unless ``fit`` did, and needs ``classes``, every label
        there will be; later calls need none, and accept the same only. The momentum is kept
        between calls, and from ``fit`` without ``patience``. The learning rate is constant after
        the warm-up: a schedule would need to know the last epoch. n in λ/2n Σ W² is that of the
        call. ``patience`` applies to ``fit`` only.
        """
        with all_or_nothing(self):
            first = not hasattr(self, "network_")
            inputs, answers = self._examples(X, y, reset=first)
            self.classes_ = classes_given(classes, None if first else self.classes_)
            labels = indices(answers, self.classes_)
            seed = self._draw_seed() if first else self._course.seed
            settings = self._settings(len(inputs), seed)
            course = self._begin(settings, inputs) if first else self._course
            rate = self.learning_rate_ if self.learning_rate is None else settings.rate
            schedule = Schedule(warmup_epochs=settings.warmup_epochs)
            sgd = replace(sgd_of(settings), learning_rate=rate, schedule=schedule, epochs=1)
            trainer = course.trainer(settings, sgd, (inputs, labels))
            with advice(), one_thread_for_small_steps(course.network, settings.batch_size):
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
        with value_errors():
            return settings_for(self.get_params(deep=False), examples, seed)

    def _begin(self, settings: FitSettings, inputs: Floats) -> Course:
        """Return a new course of training; reset the attributes that it fills."""
        with value_errors():
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
