"""Options: the settings of ``fit`` and ``compare_costs`` as keyword arguments, typed."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, TypeVar

from nntrain.data.dataset import Dataset
from nntrain.errors import SettingsError
from nntrain.settings.fit import TrainingSettings, make


class TrainingOptions(TypedDict, total=False):
    """Settings of any training run."""

    train_size: int | None
    hidden: Sequence[int]
    activation: str
    initialisation: str
    epochs: int
    batch_size: int
    momentum: float
    weight_decay: float
    schedule: str
    warmup_epochs: float
    step_epochs: float
    step_factor: float
    inverse_temperature: float
    seed: int
    dtype: str
    engine: str


class FitOptions(TrainingOptions, total=False):
    """Settings of ``fit``."""

    output: str
    learning_rate: float | None
    patience: int | None
    augment: str
    dropout: float
    input_dropout: float
    max_norm: float | None
    label_smoothing: float
    average_epochs: float
    train_on: str


class CompareOptions(TrainingOptions, total=False):
    """Settings of ``compare_costs``."""

    output: str | Sequence[str]
    learning_rate: float | str | Sequence[float | str]
    seeds: int
    tune: bool
    start: str


Settings = TypeVar("Settings", bound=TrainingSettings)

ELSEWHERE = {
    "threads": "BLAS reads the number of threads once, when NumPy is loaded: set "
    "OPENBLAS_NUM_THREADS before Python starts.",
    "data_dir": "It belongs to load_dataset.",
    "lr": "It is called learning_rate.",
}
"""Settings of the command line that are no keyword arguments, and what to do instead."""


def checked_name(save: object) -> str | None:
    """Return the name under which to save, or None; ``SettingsError`` for anything else."""
    if save is None or isinstance(save, str):
        return save
    raise SettingsError(f"save = {save!r} is not allowed: expected the name of a run.", "save")


def checked_settings(
    kind: type[Settings], options: Mapping[str, Any], dataset: Dataset, place: Mapping[str, Any]
) -> Settings:
    """Return the settings in ``options`` and ``place``, the dataset's own settings.

    Raises ``SettingsError`` for an unknown setting, with a suggestion, and for a value out of
    range.
    """
    for name in options.keys() & ELSEWHERE.keys():
        raise SettingsError(f"{name} cannot be given here. {ELSEWHERE[name]}", name)
    given = dict(options)
    if "augment" in kind.__dataclass_fields__ and not dataset.distortable:
        given.setdefault("augment", "none")
    return make(kind, {**given, **place})
