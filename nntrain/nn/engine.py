"""Which engine trains: NumPy, or the loop that Numba compiles (extra ``fast``)."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np

from nntrain.errors import NntrainError, in_words
from nntrain.nn.compiled_loop import CompiledLoop
from nntrain.nn.optimizer import Optimizer

AUTO, NUMPY, NUMBA = ENGINES = ("auto", "numpy", "numba")
PACKAGES = ("numba", "scipy")
WITHOUT_NUMBA = ("--engine numpy", "engine='numpy'")
SAVED_S_PER_STEP, SAVED_S_PER_WEIGHT = 20e-6, 0.4e-9
"""Seconds that the compiled loop saves in each step, and in each step for each weight. Measured:
docs/performance.md."""
WORTH_S = 1.5
"""Seconds that it must save in all. Starting it takes 0.4 s, and about 3 s more the first time."""
COMPILING = "Compiling the training loop (about 3 seconds, the first time only)."


def saved_s(sizes: Sequence[int], steps: int) -> float:
    """Return the seconds that the compiled loop is expected to save in ``steps`` steps."""
    weights = sum(fan_in * fan_out for fan_in, fan_out in pairwise(sizes))
    return steps * (SAVED_S_PER_STEP + SAVED_S_PER_WEIGHT * weights)


def choose(engine: str, saved: float, tell: Callable[[str], object]) -> str:
    """Return the engine for ``engine``, one of ENGINES: ``numpy`` or ``numba``.

    ``auto`` is Numba if it is installed and ``saved``, the seconds that it is expected to save,
    is at least ``WORTH_S``. ``tell`` receives a line if an installed Numba cannot be imported.
    """
    if engine != AUTO:
        return engine
    if saved < WORTH_S or not installed():
        return NUMPY
    try:
        import_module("nntrain.nn.compiled")
    except Exception as error:  # an installation can be broken in more ways than can be listed
        tell(f"Numba is installed but does not work ({_reason(error)}); training with NumPy.")
        return NUMPY
    return NUMBA


def installed() -> bool:
    """Return whether the packages of the extra ``fast`` are there."""
    return all(find_spec(name) for name in PACKAGES)


def versions() -> str | None:
    """Return the versions of these packages, which decide rounding; None without them."""
    with suppress(PackageNotFoundError):
        return ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return None


def compiled_loop(
    engine: str,
    optimizer: Optimizer,
    batch_size: int,
    image_dtype: np.dtype[Any],
    steps: int,
    tell: Callable[[str], object],
) -> CompiledLoop | None:
    """Return the compiled loop for ``engine``, one of ENGINES; None if NumPy trains.

    ``auto`` expects ``steps`` steps. ``tell`` receives a line when the loop is compiled, and if
    ``auto`` cannot use an installed Numba. Raises ``NntrainError`` if ``numba`` is asked for and
    is missing or does not work.
    """
    if choose(engine, saved_s(optimizer.network.sizes, steps), tell) == NUMPY:
        return None
    if not installed():
        raise NntrainError(
            f"The engine numba needs an extra that is not installed: pip install 'nntrain[fast]'. "
            f"Or train with {in_words(*WITHOUT_NUMBA)}."
        )
    try:
        return CompiledLoop(optimizer, batch_size, image_dtype, lambda: tell(COMPILING))
    except NntrainError:
        if engine == AUTO:
            return None
        raise
    except Exception as error:  # see ``choose``
        raise NntrainError(
            f"Numba is installed but does not work ({_reason(error)}). Reinstall it with: "
            f"pip install --force-reinstall numba scipy. Or train with "
            f"{in_words(*WITHOUT_NUMBA)}."
        ) from error


def _reason(error: Exception) -> str:
    """Return the error's first line."""
    return f"{type(error).__name__}: {error}".splitlines()[0]
