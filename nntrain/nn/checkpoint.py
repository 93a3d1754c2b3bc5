"""Saved values: what a training's state may hold, checked before a training goes on from it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nntrain.nn.arrays import Array, Floats

LARGEST_EPOCH, LONGEST_S = 10**9, 1e9
"""More was never trained."""


def check_fits(name: str, saved: Array, own: Floats) -> None:
    """Raise ``ValueError`` unless ``saved`` is finite and shaped like ``own``."""
    if saved.shape != own.shape or saved.dtype != own.dtype:
        raise ValueError(
            f"{name}: expected {own.dtype} {own.shape}, got {saved.dtype} {saved.shape}"
        )
    if not np.isfinite(saved).all():
        raise ValueError(f"{name}: expected finite numbers")


def counted(progress: Mapping[str, Any], name: str, high: int) -> int:
    """Return a whole number from 0 to ``high``; else raise ``ValueError``."""
    value = progress[name]
    if type(value) is not int or not 0 <= value <= high:
        raise ValueError(f"{name}: expected a whole number from 0 to {high}, got {value!r}")
    return value


def measured(progress: Mapping[str, Any], name: str, low: float, high: float) -> float:
    """Return a number from ``low`` to ``high``; else raise ``ValueError``."""
    value = progress[name]
    if type(value) not in (int, float) or not low <= value <= high:
        raise ValueError(f"{name}: expected a number from {low} to {high}, got {value!r}")
    return float(value)
