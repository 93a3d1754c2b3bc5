"""Loads a dataset for a command, with its progress and its warnings on the terminal."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.show.terminal.terminal import Terminal


def load_dataset(
    terminal: "Terminal", name: str, data_dir: Path, mirrors: Sequence[str], offline: bool
) -> "Dataset":
    """Return the dataset; say loudly when it stands in for another."""
    from nntrain.data.dataset import load
    from nntrain.show.terminal.download import DownloadProgress

    report = DownloadProgress(terminal)
    dataset = load(name, data_dir, offline=offline, mirrors=mirrors, report=report)
    if dataset.substituted_because:
        terminal.warning(
            "NOT MNIST",
            f"MNIST could not be had, so these are {dataset.title.lower()}. "
            f"Figures on them say nothing about MNIST.\n\n{dataset.substituted_because}",
        )
    return dataset
