"""The dataset of an experiment, opened once a process; all of them share its memory map."""

from functools import lru_cache
from pathlib import Path

from nntrain.data.dataset import Dataset, load


@lru_cache(maxsize=1)
def dataset_of(name: str, data_dir: str) -> Dataset:
    """Return the dataset, which must be complete there: a worker downloads nothing."""
    return load(name, Path(data_dir), offline=True)
