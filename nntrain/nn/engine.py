"""Which engine trains: NumPy, or the loop that Numba compiles (extra ``fast``)."""

from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np

from nntrain.errors import NntrainError
from nntrain.nn.compiled_loop import CompiledLoop
from nntrain.nn.network import Network
from nntrain.nn.optimizer import Optimizer

AUTO, NUMPY, NUMBA = ENGINES = ("auto", "numpy", "numba")
PACKAGES = ("numba", "scipy")
SAVED_S_PER_STEP, SAVED_S_PER_WEIGHT = 20e-6, 0.4e-9
"""Seconds that the compiled loop saves in each step, and more per weight, as measured in
docs/performance.md."""
WORTH_S = 1.5
"""Seconds that it must save in all. Starting it takes 0.4 s, and about 3 s more the first time."""
COMPILING = "Compiling the training loop (about 3 seconds, the first time only)."


def worth_it(network: Network, steps: int) -> bool:
    """Return whether ``steps`` steps are enough for the compiled loop to earn its start."""
    weights = sum(W.size for W in network.weights)
    return steps * (SAVED_S_PER_STEP + SAVED_S_PER_WEIGHT * weights) >= WORTH_S


def installed() -> bool:
    """Return whether the packages of the extra ``fast`` are there."""
    return all(find_spec(name) for name in PACKAGES)


def versions() -> str | None:
    """Return the versions of these packages, which decide rounding; None without them."""
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES) if installed() else None


def compiled_loop(
    engine: str,
    optimizer: Optimizer,
    batch_size: int,
    image_dtype: np.dtype[Any],
    steps: int,
    tell: Callable[[str], object],
) -> CompiledLoop | None:
    """Return the compiled loop for ``engine``, one of ENGINES; None where NumPy trains.

    ``auto`` takes Numba if it is installed and ``steps`` steps are worth its start. ``tell``
    receives a line when the loop is compiled, and if ``auto`` cannot use an installed Numba.
    Raises ``NntrainError`` if ``numba`` is asked for and is missing or does not work.
    """
    if engine == NUMPY or (
        engine == AUTO and not (installed() and worth_it(optimizer.network, steps))
    ):
        return None
    if not installed():
        raise NntrainError(
            "The engine numba needs an extra that is not installed: pip install 'nntrain[fast]'. "
            "Or train with --engine numpy."
        )
    try:
        return CompiledLoop(optimizer, batch_size, image_dtype, lambda: tell(COMPILING))
    except Exception as error:  # an installation can be broken in more ways than can be listed
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        if engine == NUMBA:
            raise NntrainError(
                f"Numba is installed but does not work ({reason}). Reinstall it with: pip install "
                f"--force-reinstall numba scipy. Or train with --engine numpy."
            ) from error
        tell(f"Numba is installed but does not work ({reason}); training with NumPy.")
        return None
