"""The recipes to time: each file of configs/, of which ``default`` is a bare ``nntrain fit``."""

from benchmarks.options import ROOT
from nntrain.settings.fit import FitSettings, make
from nntrain.settings.presets import read_settings

CONFIGS = ROOT / "configs"
SHORT = ("one-second", "default", "quick")
"""The recipes timed by default: each takes seconds."""


def names() -> list[str]:
    return sorted(path.stem for path in CONFIGS.glob("*.toml"))


def settings_of(name: str, dataset: str, data_dir: str, seed: int) -> FitSettings:
    """Return the recipe's settings for this dataset and seed."""
    values = read_settings(CONFIGS / f"{name}.toml")
    values["train_on"] = "train"  # accuracy is measured on validation
    return make(FitSettings, {**values, "dataset": dataset, "data_dir": data_dir, "seed": seed})


def beyond_pytorch(settings: FitSettings) -> list[str]:
    """Return the settings of a recipe that its PyTorch version lacks.

    Dropout draws from nntrain's own random stream; max-norm is not implemented.
    """
    plain = {"dropout": 0.0, "input_dropout": 0.0, "max_norm": None}
    return [name for name, value in plain.items() if getattr(settings, name) != value]
