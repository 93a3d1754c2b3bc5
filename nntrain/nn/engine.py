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
SAVED_S_A_STEP, SAVED_S_A_WEIGHT = 10e-6, 0.25e-9
"""What the compiled loop saves a step and, in each, a weight. Measured: docs/performance.md."""
WORTH_S = 0.5
"""What it must save in all: more than importing Numba and SciPy and reading the cache take."""
COMPILING = "Compiling the training loop; this takes a few seconds, the first time only."


def worth_it(network: Network, steps: int) -> bool:
    """Return whether ``steps`` steps are enough for the compiled loop to earn its start."""
    weights = sum(W.size for W in network.weights)
    return steps * (SAVED_S_A_STEP + SAVED_S_A_WEIGHT * weights) >= WORTH_S


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

    ``auto`` takes Numba where it is installed and ``steps`` steps are worth its start. ``tell``
    gets a line where something is compiled, and where ``auto`` cannot use an installed Numba.
    Raises ``NntrainError`` where ``numba`` is asked for and is missing or does not work.
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
