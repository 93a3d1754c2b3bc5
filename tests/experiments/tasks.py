"""Work for executors: functions that a worker process can import."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from nntrain.errors import DivergenceError
from nntrain.experiments.executors.run import Outcome


def product(seed):
    """Some BLAS, so that bits could differ, and which process did it."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(120, 200)).astype(np.float32)
    return Outcome({"seed": seed, "trace": float((a @ a.T).trace())}, {"product": a @ a.T})


def where(_):
    threads = {name: os.environ.get(name) for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}
    return Outcome({"process": os.getpid(), "threads": threads})


def die_once(task):
    """Kill the worker the first time that any task with this marker comes by."""
    marker, seed = task
    if seed == 1:
        try:
            Path(marker).touch(exist_ok=False)
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    return product(seed)


def die_if_told(told):
    """Kill the worker if told so; else take long enough to be there when it happens."""
    time.sleep(0.1 if told else 0.5)
    if told:
        os.kill(os.getpid(), signal.SIGKILL)
    return Outcome({})


def diverge(task):
    if task:
        raise DivergenceError("Training diverged in epoch 1.")
    return Outcome({})


def mark_and_sleep(task):
    """Leave a file with this process's id, and sleep."""
    folder, seconds = task
    Path(folder, f"{os.getpid()}").touch()
    time.sleep(seconds)
    return Outcome({})


def nothing(_):
    return Outcome({})


def slow_product(task):
    """Leave a file with this process's id, and take long enough to be killed in the middle."""
    folder, seed = task
    Path(folder, f"began-{os.getpid()}").touch()
    time.sleep(0.4)
    return product(seed)
