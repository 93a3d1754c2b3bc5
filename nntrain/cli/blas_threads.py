"""Choose the number of BLAS threads before NumPy is loaded: BLAS reads it only then.

Splitting a small matrix product between cores costs more than it saves, so only large steps use
several cores. A thread that distorts images gets a core of its own, unless the network is so large
that the thread mostly waits. Waiting BLAS threads sleep instead of keeping a core busy. Variables
set by the user win. Measurements: docs/performance.md.
"""

import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from nntrain.errors import NntrainError, SettingsError
from nntrain.nn.blas import (
    LARGE_STEP,
    VARIABLES,
    send_waiting_threads_to_sleep,
    take_memory,
    threads_set,
)
from nntrain.settings.distortions import parsed
from nntrain.settings.fields import Spec, checked
from nntrain.storage.memory import address_space_left, in_bytes

MNIST_INPUTS, MNIST_CLASSES = 784, 10
LARGE_NETWORK = 500_000
"""From this many multiplications in the forward pass of one example, training on it takes much
longer than distorting it."""

ADDRESS_SPACE_BYTES, THREAD_BYTES = 200_000_000, 50_000_000
"""Needed by NumPy and its BLAS with one thread, and by each further thread."""


def choose_from(values: Mapping[str, Any]) -> int | None:
    """Set and return the number of BLAS threads for settings as typed or read from a file.

    Returns None if the environment sets it. ``values["threads"]`` is the user's choice; without
    it the number depends on the size of a step, batch_size × Σ fan_in × fan_out. Values out of
    range are left for the settings to reject.
    """
    return _prepared(_chosen(values))


def one_unless_set() -> int | None:
    """Give BLAS one thread, unless the environment says otherwise; return what was set."""
    return _prepared(None if threads_set() else 1)


def _chosen(values: Mapping[str, Any]) -> int | None:
    unset = threads_set() is None
    try:
        asked = values.get("threads")
        threads = None if asked is None else int(asked)
        sizes = checked("hidden", values.get("hidden") or (), Spec("", tuple))
        batch_size = int(values.get("batch_size") or 1)
        interpolating = not parsed(str(values.get("augment") or "none")).whole_pixels
    except (OverflowError, TypeError, ValueError, SettingsError):
        return 1 if unset else None
    if threads is None and unset:
        return _threads_for(sizes, batch_size, interpolating)
    return threads


def _prepared(threads: int | None) -> int | None:
    """Set this number of threads, unless it is None, and how they wait; return it.

    If the address space is limited, BLAS allocates its memory now, or an error is raised: when
    OpenBLAS cannot allocate, it ends the process or, in some versions, retries forever.
    """
    send_waiting_threads_to_sleep()
    if threads is not None:
        os.environ.update(dict.fromkeys(VARIABLES, str(threads)))
    left = address_space_left()
    if left is not None:
        _check_address_space(left)
        take_memory()
    return threads


def _check_address_space(left: int) -> None:
    """Raise ``NntrainError`` if NumPy and its BLAS do not fit in the address space."""
    cores, threads = available_cores(), threads_set() or ""
    count = min(int(threads), cores) if threads.isdecimal() and int(threads) else cores
    needed = ADDRESS_SPACE_BYTES + (count - 1) * THREAD_BYTES
    if left < needed:
        fewer = ", or set OPENBLAS_NUM_THREADS=1" if count > 1 else ""
        raise NntrainError(
            f"Not enough address space: NumPy needs {in_bytes(needed)} with {count} "
            f"{'thread' if count == 1 else 'threads'}, and ulimit -v leaves "
            f"{in_bytes(left)}. Raise the limit (ulimit -v unlimited){fewer}."
        )


def _threads_for(hidden: Sequence[int], batch_size: int, interpolating: bool) -> int:
    """Return 1 for a small step, else all cores, less one for a busy distorting thread."""
    sizes = (MNIST_INPUTS, *hidden, MNIST_CLASSES)
    example = sum(fan_in * fan_out for fan_in, fan_out in pairwise(sizes))
    if batch_size * example < LARGE_STEP:
        return 1
    spared = interpolating and example < LARGE_NETWORK
    return max(1, available_cores() - spared)


def available_cores() -> int:
    """Return the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
