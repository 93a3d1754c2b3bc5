"""The recipes that are timed: what the bare ``nntrain fit`` does, and each file of configs/."""

from benchmarks.options import ROOT
from nntrain.settings import FitSettings, make
from nntrain.tomlfile import read_toml

CONFIGS = ROOT / "configs"
DEFAULT = "default"


def names() -> list[str]:
    return [DEFAULT, *sorted(path.stem for path in CONFIGS.glob("*.toml"))]


def settings_of(name: str, dataset: str, data_dir: str, seed: int) -> FitSettings:
    """Return the recipe's settings for this dataset and seed."""
    values = {} if name == DEFAULT else read_toml(CONFIGS / f"{name}.toml")
    return make(FitSettings, {**values, "dataset": dataset, "data_dir": data_dir, "seed": seed})
