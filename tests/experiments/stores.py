"""What the tests of an experiment's directory share."""

import numpy as np

from nntrain.experiments import store as stores
from nntrain.experiments.executors import Outcome

SETTINGS = {"epochs": 3, "hidden": (100, 30), "output": "sigmoid+quadratic", "patience": None}
ORIGIN = {"dataset": "tiny", "sha256": {"images": "ab", "labels": "cd"}, "started": "today"}


def created_store(*words, **options):
    """Make an experiment's directory and let go of its lock."""
    with stores.create(*words, ORIGIN, **options) as store:
        return store


def resumed_store(*words, origin=ORIGIN):
    """Go on with an experiment and let go of its lock."""
    with stores.resume(*words, origin) as store:
        return store


def new(tmp_path, name="a", **changes):
    return created_store(tmp_path / "runs", name, "sweep", {**SETTINGS, **changes})


def new_again(tmp_path, name="a", **changes):
    return resumed_store(tmp_path / "runs", name, "sweep", {**SETTINGS, **changes})


def outcome(seed=0):
    arrays = {"w": np.random.default_rng(seed).normal(size=(3, 4)).astype(np.float32)}
    return Outcome({"seed": seed, "accuracy": 0.1 + 0.2, "list": [1, None]}, arrays)


def load(store, key):
    """Return the outcome of ``key`` as it is stored; None where there is none."""
    return store.load(key, lambda outcome: outcome)
