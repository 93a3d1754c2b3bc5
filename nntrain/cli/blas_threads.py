"""How many threads BLAS gets: decided before NumPy is loaded, because BLAS reads it only then.

Sharing a small product between cores costs more than it saves, so further cores are used only
for large steps. A thread that distorts images gets a core of its own, unless the network is so
large that the thread mostly waits. BLAS's threads sleep when they wait, instead of keeping a core
busy. What the user has set in the environment wins. The measurements: docs/performance.md.
"""

import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from nntrain.errors import SettingsError
from nntrain.nn.blas import VARIABLES, send_waiting_threads_to_sleep, threads_set
from nntrain.settings.distortions import parsed
from nntrain.settings.fields import Spec, checked

MNIST_INPUTS, MNIST_CLASSES = 784, 10
LARGE_STEP = 10_000_000
"""Multiplications in one forward pass of a mini-batch from which all cores are used."""
LARGE_NETWORK = 500_000
"""Multiplications in one forward pass of an example from which its training takes much longer
than its distortion."""


def choose_from(values: Mapping[str, Any]) -> int | None:
    """Set and return the number of BLAS threads for settings as typed or read from a file.

    Returns None where the environment has set it. ``threads`` in ``values`` is what was asked
    for; without it the program chooses by the size of a step, batch_size × Σ fan_in × fan_out.
    Values out of range are left for the settings to refuse.
    """
    send_waiting_threads_to_sleep()
    try:
        asked = values.get("threads")
        threads = None if asked is None else int(asked)
        sizes = checked("hidden", values.get("hidden") or (), Spec("", tuple))
        batch_size = int(values.get("batch_size") or 1)
        interpolating = not parsed(str(values.get("augment") or "none")).whole_pixels
    except (OverflowError, TypeError, ValueError, SettingsError):
        return one_unless_set()
    if threads is None:
        return None if threads_set() else _set(_threads_for(sizes, batch_size, interpolating))
    return _set(threads)


def one_unless_set() -> int | None:
    """Give BLAS one thread, unless the environment says otherwise; return what was set."""
    send_waiting_threads_to_sleep()
    return None if threads_set() else _set(1)


def _threads_for(hidden: Sequence[int], batch_size: int, interpolating: bool) -> int:
    """Return all cores for a large step, less one beside a thread that is busy; else 1."""
    sizes = (MNIST_INPUTS, *hidden, MNIST_CLASSES)
    example = sum(fan_in * fan_out for fan_in, fan_out in pairwise(sizes))
    if batch_size * example < LARGE_STEP:
        return 1
    spared = interpolating and example < LARGE_NETWORK
    return max(1, available_cores() - spared)


def _set(threads: int) -> int:
    for name in VARIABLES:
        os.environ[name] = str(threads)
    return threads


def available_cores() -> int:
    """Return the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
