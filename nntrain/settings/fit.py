"""Settings: one frozen dataclass per kind of work, every value checked when it is made.

Each field carries its help text and range, from which the command line makes its options; a TOML
file uses the same names. This module needs no NumPy, so help is instant and the number of BLAS
threads can be chosen before NumPy is loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from nntrain.errors import SettingsError
from nntrain.settings.distortions import parsed
from nntrain.settings.fields import check_fields, setting, shown, unknown_setting
from nntrain.settings.toml import as_toml

DTYPES = ("float32", "float64")
TRAIN_ON = ("train", "all")
COUNT: dict[str, Any] = {"low": 1, "high": 1_000_000_000, "optional": True}
THREADS: dict[str, Any] = {"low": 1, "high": 1024, "optional": True}
LARGEST_C = 1e6
PROBABILITY: dict[str, Any] = {"low": 0, "high": 0.9}


def output_names() -> tuple[str, ...]:
    """Return the names of the output layers."""
    from nntrain.nn.outputs import OUTPUTS

    return tuple(OUTPUTS)


def _outputs_meant(word: str) -> tuple[str, ...]:
    from nntrain.nn.outputs import outputs_meant

    return outputs_meant(word)


OUTPUT: dict[str, Any] = {"choices": output_names, "meant": _outputs_meant}
"""The choices of a setting that names output layers."""


def _activations() -> tuple[str, ...]:
    from nntrain.nn.activations import ACTIVATIONS

    return tuple(ACTIVATIONS)


def _initialisations() -> tuple[str, ...]:
    from nntrain.nn.initialisation import INITIALISATIONS

    return ("auto", *INITIALISATIONS)


def _engines() -> tuple[str, ...]:
    from nntrain.nn.engine import ENGINES

    return ENGINES


def _schedules() -> tuple[str, ...]:
    from nntrain.nn.schedules import SCHEDULES

    return tuple(SCHEDULES)


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """Settings of any training run: data, network and gradient descent."""

    dataset: str = setting("auto", "A dataset's name, or a folder of IDX files.", str)
    data_dir: str = setting("data", "Where datasets are kept.", str)
    train_size: int | None = setting(
        None, "Train on the first N training examples only.", int, **COUNT
    )
    hidden: tuple[int, ...] = setting(
        (400,), "Sizes of the hidden layers, as in 100,30; 0 for none.", tuple, low=1, high=100_000
    )
    activation: str = setting("relu", "Hidden activation.", str, choices=_activations)
    initialisation: str = setting(
        "auto",
        "Initial parameters; auto is he for relu, lecun otherwise.",
        str,
        choices=_initialisations,
    )
    epochs: int = setting(5, "Passes through the training set.", int, low=1, high=1_000_000)
    batch_size: int = setting(128, "Examples per mini-batch.", int, low=1, high=1_000_000)
    momentum: float = setting(0.9, "Momentum μ.", float, low=0, high=0.9999)
    weight_decay: float = setting(0.0, "λ in the cost term λ/2n ΣW².", float, low=0)
    schedule: str = setting("cosine", "Learning-rate schedule.", str, choices=_schedules)
    warmup_epochs: float = setting(0.25, "Linear warm-up, in epochs.", float, low=0)
    step_epochs: float = setting(
        10.0, "Epochs between drops of the step schedule.", float, low=1e-6
    )
    step_factor: float = setting(0.1, "Factor at each drop.", float, above=0, high=1)
    inverse_temperature: float = setting(
        1.0, "The softmax's c in exp(c z).", float, above=0, high=LARGEST_C
    )
    seed: int = setting(0, "Seed of every random draw.", int, low=0, high=10**15)
    dtype: str = setting("float32", "Parameter type.", str, choices=lambda: DTYPES)
    engine: str = setting(
        "auto",
        "What trains: numpy; numba, compiled (extra fast); auto: numba where it saves time.",
        str,
        choices=_engines,
    )
    threads: int | None = setting(
        None, "BLAS threads; default: chosen by the work per mini-batch.", int, **THREADS
    )

    def __post_init__(self) -> None:
        """Check every field against its own range."""
        check_fields(self)


@dataclass(frozen=True, kw_only=True)
class FitSettings(TrainingSettings):
    """Settings of ``nntrain fit``."""

    output: str = setting(
        "softmax+log-likelihood",
        "Output layer and cost; may be shortened, as in softmax or sigmoid+q.",
        str,
        **OUTPUT,
    )
    learning_rate: float | None = setting(
        None,
        "Learning rate η. [default: 0.2 for softmax, 0.3 for cross-entropy, 1 for quadratic, "
        "1 for softmax+quadratic]",
        float,
        low=0,
        optional=True,
    )
    patience: int | None = setting(
        None, "Stop after N epochs without improvement in validation accuracy.", int, **COUNT
    )
    augment: str = setting(
        "shifts",
        "Randomly distort every image in every epoch: none, shifts, affine, mild, simard, strong, "
        "or amounts; data show --augment draws examples.",
        str,
    )
    dropout: float = setting(
        0.0,
        "Dropout: zero each hidden activation with this probability in training.",
        float,
        **PROBABILITY,
    )
    input_dropout: float = setting(
        0.0, "Dropout: zero each input with this probability in training.", float, **PROBABILITY
    )
    max_norm: float | None = setting(
        None,
        "Max-norm: largest Euclidean norm of the weights into a hidden neuron.",
        float,
        low=1e-6,
        high=1e6,
        optional=True,
    )
    label_smoothing: float = setting(
        0.0, "ε: targets are (1 − ε) ỹ + ε/K for K classes.", float, low=0, high=0.9
    )
    average_epochs: float = setting(
        0.0,
        "Average the weights over about the last N epochs; 0: no averaging.",
        float,
        low=0,
    )
    train_on: str = setting(
        "train",
        "Train on the training examples only, or on all: with the validation examples, which then "
        "choose nothing.",
        str,
        choices=lambda: TRAIN_ON,
    )

    @property
    def rate(self) -> float:
        """The learning rate η: the one given, or the output's own."""
        from nntrain.nn.outputs import OUTPUTS

        given = self.learning_rate
        return OUTPUTS[self.output].default_rate if given is None else given

    def __post_init__(self) -> None:
        """Check what a range alone cannot."""
        super().__post_init__()
        try:
            parsed(self.augment)
        except SettingsError as error:
            raise SettingsError(f"augment = {shown(self.augment)}: {error}", "augment") from error
        if self.train_on == "all" and self.patience is not None:
            raise SettingsError(
                "patience needs validation examples, and train_on = all leaves none. "
                "Leave one out.",
                "patience",
            )


Settings = TypeVar("Settings", bound=TrainingSettings)


def make(kind: type[Settings], values: Mapping[str, Any]) -> Settings:
    """Return ``kind(**values)``; an unknown name raises ``SettingsError`` with a suggestion."""
    known = [item.name for item in fields(kind)]
    for name in values:
        if name not in known:
            raise SettingsError(unknown_setting(name, known))
    return kind(**values)


def to_toml(settings: TrainingSettings) -> str:
    """Return ``settings`` as TOML from which ``read_toml`` and ``make`` restore them."""
    return as_toml({item.name: getattr(settings, item.name) for item in fields(settings)})
