"""What the tests of experiments share."""

import numpy as np

from nntrain.experiments.executors import Outcome
from nntrain.experiments.running import run
from nntrain.experiments.store import create, resume

SETTINGS = {"epochs": 3, "hidden": (100, 30), "output": "sigmoid+quadratic", "patience": None}
ORIGIN = {"dataset": "tiny", "sha256": {"images": "ab", "labels": "cd"}, "started": "today"}
SEEDS = {f"seed {seed}": seed for seed in range(5)}


def new(folder, name="a", origin=ORIGIN, overwrite=False, **changes):
    """Make a sweep's directory under ``folder / "runs"`` and release its lock."""
    settings = {**SETTINGS, **changes}
    with create(folder / "runs", name, "sweep", settings, origin, overwrite=overwrite) as store:
        return store


def new_again(folder, name="a", kind="sweep", origin=ORIGIN, **changes):
    """Resume it and release its lock."""
    with resume(folder / "runs", name, kind, {**SETTINGS, **changes}, origin) as store:
        return store


def outcome(seed=0):
    arrays = {"w": np.random.default_rng(seed).normal(size=(3, 4)).astype(np.float32)}
    return Outcome({"seed": seed, "accuracy": 0.1 + 0.2, "list": [1, None]}, arrays)


def plain(outcome):
    return outcome


def load(store, key):
    """Return the outcome of ``key`` as it is stored; None where there is none."""
    return store.load(key, plain)


def results(*words, **options):
    return dict(run(*words, **{"jobs": 1, **options}))
