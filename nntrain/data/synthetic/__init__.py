"""Synthetic: digits that nntrain draws once and keeps as IDX files."""

from pathlib import Path

from nntrain.data import idx
from nntrain.data.arrays import FourArrays
from nntrain.data.catalogue import RAW_NAMES, ROLES
from nntrain.data.disk import locked
from nntrain.data.download import DownloadReport
from nntrain.errors import DatasetError

NAME = "synthetic"
TITLE = "Synthetic digits drawn by nntrain"
VERSION = 1
"""Part of the folder's name; it changes whenever ``generate`` draws other bytes."""
TRAIN_COUNT, TRAIN_SEED = 12_000, 1
TEST_COUNT, TEST_SEED = 2_000, 2


def drawn_folder(data_dir: Path) -> Path:
    """Return the folder of the digits that this version draws."""
    return data_dir / NAME / f"v{VERSION}"


def drawn_arrays(data_dir: Path, report: DownloadReport) -> FourArrays:
    """Return 12,000 training and 2,000 test digits, from the cache or drawn now and cached.

    Raises DatasetError if they can be neither read nor written.
    """
    folder = drawn_folder(data_dir)
    if (kept := kept_arrays(folder)) is not None:
        return kept
    with locked(folder.with_name(f"{folder.name}.lock"), report.message):
        if (kept := kept_arrays(folder)) is None:
            report.message(
                f"drawing {TRAIN_COUNT + TEST_COUNT:,} synthetic digits (only this once)"
            )
            for name, array in zip(RAW_NAMES.values(), draw(), strict=True):
                idx.write(folder / name, array)
            kept = kept_arrays(folder)
    if kept is None:
        raise DatasetError(f"{folder}: expected the digits just drawn, got other files.")
    return kept


def draw() -> FourArrays:
    """Draw the digits and return them: the same bytes each time."""
    from nntrain.data.synthetic.generate import generate

    return FourArrays(*generate(TRAIN_COUNT, TRAIN_SEED), *generate(TEST_COUNT, TEST_SEED))


def kept_arrays(folder: Path) -> FourArrays | None:
    """Return the cached arrays, memory-mapped, or None unless all four are intact."""
    try:
        arrays = FourArrays(*(idx.read(folder / RAW_NAMES[role]) for role in ROLES))
    except DatasetError:
        return None
    shapes = tuple(array.shape for array in arrays)
    return arrays if shapes == _shapes(TRAIN_COUNT) + _shapes(TEST_COUNT) else None


def _shapes(count: int) -> tuple[tuple[int, ...], ...]:
    return (count, 28, 28), (count,)
