"""Too little memory for a caller's arrays: refused before anything is allocated."""

import re

import numpy as np
import pytest

import nntrain
from nntrain.data.dataset import Dataset
from nntrain.errors import NntrainError
from nntrain.settings.fit import FitSettings
from nntrain.storage.memory import Limit
from nntrain.workflows import memory

FIT = FitSettings(augment="none", hidden=(5,), batch_size=10)


@pytest.fixture
def left(monkeypatch):
    """A function that says how many bytes are left to each process."""

    def limit(size):
        monkeypatch.setattr(memory, "tightest_limit", lambda jobs: Limit(size, "x"))

    return limit


def needed(dataset, jobs, left):
    """The bytes that the refusal names."""
    left(1)
    with pytest.raises(NntrainError, match="Not enough memory") as refused:
        memory.check_memory([FIT], dataset, jobs)
    number, unit = re.search(r"about ([\d.]+) ([kMG]?B)", str(refused.value)).groups()
    return float(number) * {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]


def test_each_process_has_its_own_copy_of_arrays(left):
    y = np.arange(2000) % 2
    small, large = (Dataset.from_arrays(np.zeros((2000, n)), y) for n in (10, 20_000))
    here = needed(large, 0, left)
    there = needed(large, 2, left) - here
    copied = large.train.images.nbytes + memory.WORKER_BYTES
    assert there == pytest.approx(copied, rel=0.05)
    assert copied > 2 * memory.WORKER_BYTES
    assert needed(small, 2, left) - needed(small, 0, left) < 1.1 * memory.WORKER_BYTES


def test_python_refuses_what_does_not_fit_and_trains_what_does(left):
    data = Dataset.from_arrays(np.random.default_rng(0).normal(size=(60, 4)), [0, 1] * 30)
    left(10**9)
    assert nntrain.fit(data, hidden=[5], epochs=1).history
    for call in (
        lambda: nntrain.fit(data, hidden=[100_000, 100_000]),
        lambda: nntrain.compare_costs(data, hidden=[100_000, 100_000]),
    ):
        with pytest.raises(NntrainError, match=r"Not enough memory: .*copies of the network"):
            call()
