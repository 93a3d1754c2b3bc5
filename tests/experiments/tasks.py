"""Work for executors: functions that a worker process can import."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from nntrain.errors import DivergenceError, in_words
from nntrain.experiments.executors import Outcome


def product(seed):
    """A BLAS product, whose bits could differ, and the process that computed it."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(120, 200)).astype(np.float32)
    return Outcome({"seed": seed, "trace": float((a @ a.T).trace())}, {"product": a @ a.T})


def words(_):
    """How messages speak in this process."""
    return Outcome({"words": in_words("option", "argument")})


def where(_):
    threads = {name: os.environ.get(name) for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}
    return Outcome({"process": os.getpid(), "threads": threads})


def die_if_told(told):
    """Kill the worker if told to, a while after the tasks started with it are finished."""
    if told:
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)
    return Outcome({})


def run_out_of_memory(_):
    return Outcome({"n": np.zeros(1 << 50).sum()})


def diverge(task):
    if task:
        raise DivergenceError("Training diverged in epoch 1.")
    return Outcome({})


def mark_and_sleep(task):
    """Write a file with this process's id, and sleep."""
    folder, seconds = task
    Path(folder, f"{os.getpid()}").touch()
    time.sleep(seconds)
    return Outcome({})


def nothing(_):
    return Outcome({})


def slow_product(task):
    """Write a file with this process's id, and take long enough to be killed halfway."""
    folder, seed = task
    Path(folder, f"began-{os.getpid()}").touch()
    time.sleep(0.4)
    return product(seed)
