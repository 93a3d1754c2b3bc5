import multiprocessing
from unittest import mock

import numpy as np
import pytest

from nntrain.errors import NntrainError, RunError
from nntrain.experiments.executors import Outcome
from nntrain.experiments.experiment import TrainingRuns
from nntrain.experiments.store import Store
from tests.experiments import tasks
from tests.experiments.helpers import load, new, new_again


def read(seed, outcome):
    """The outcome, if it is the task's."""
    if outcome.document["seed"] != seed:
        raise ValueError("it holds another seed")
    return outcome


@pytest.fixture
def counted():
    """Work that records each of its calls."""

    def work(seed):
        work.done.append(seed)
        if seed == 13:
            raise NntrainError("bad luck")
        return Outcome({"seed": seed, "pair": (1, 2)}, {"w": np.full(3, seed)})

    work.done = []
    return work


def trained(store, work, todo, jobs=1):
    runs = TrainingRuns(store, todo, read)
    list(runs.train(work, jobs=jobs))
    return runs.complete()


def test_each_outcome_is_on_disk_before_it_is_yielded(tmp_path, counted):
    store = new(tmp_path)
    for key, got in TrainingRuns(store, {"a": 1, "b": 2}, read).train(counted, jobs=1):
        there = load(store, key)
        assert there.document == got.document == {"seed": got.document["seed"], "pair": [1, 2]}


def test_only_what_is_missing_is_trained(tmp_path, counted):
    todo = {"a": 1, "b": 2, "c": 3}
    iterator = TrainingRuns(new(tmp_path), todo, read).train(counted, jobs=1)
    next(iterator), next(iterator)
    iterator.close()
    runs = TrainingRuns(new_again(tmp_path), todo, read)
    assert list(runs.to_go) == ["c"]
    with pytest.raises(
        RunError, match=r"has 2 of its 3 training runs.*nntrain sweep --resume .*/a$"
    ):
        runs.complete()
    assert [key for key, _ in runs.train(counted, jobs=1)] == ["c"]
    assert list(runs.complete()) == ["a", "b", "c"]
    assert counted.done == [1, 2, 3]


def test_outcomes_before_an_error_are_kept(tmp_path, counted):
    store = new(tmp_path)
    with pytest.raises(NntrainError, match="bad luck"):
        trained(store, counted, {"a": 1, "b": 13, "c": 3})
    assert [load(store, key) is None for key in "abc"] == [False, True, True]


@pytest.mark.parametrize("spoilt", ["damaged", "another"])
def test_an_unusable_outcome_is_trained_again(tmp_path, counted, spoilt):
    store = new(tmp_path)
    trained(store, counted, {"a": 1, "b": 2})
    if spoilt == "damaged":
        (store.path / "trainings" / "b.npz").write_bytes(b"PK\x03\x04 nonsense")
    else:
        store.save("b", Outcome({"seed": 7}))
    again = trained(store, counted, {"a": 1, "b": 2})
    assert counted.done == [1, 2, 2]
    assert again["b"].document["seed"] == 2
    assert list(store.damaged) == ["b"]
    assert "is damaged and will be trained again" in store.damaged["b"]


def test_several_processes_store_the_same_bits(tmp_path):
    todo = {f"seed {seed}": seed for seed in range(3)}
    stores = [new(tmp_path, name) for name in "ab"]
    for store, jobs in zip(stores, (1, 2), strict=True):
        trained(store, tasks.product, todo, jobs=jobs)
    for key in todo:
        here, there = (store.path / "trainings" / f"{key}.npz" for store in stores)
        assert here.read_bytes() == there.read_bytes()


def test_a_failed_save_ends_the_processes(tmp_path, monkeypatch):
    (tmp_path / "marks").mkdir()
    todo = {"a": (tmp_path / "marks", 0), "b": (tmp_path / "marks", 60)}
    runs = TrainingRuns(new(tmp_path), todo, lambda task, outcome: outcome)
    monkeypatch.setattr(Store, "save", mock.Mock(side_effect=RunError("Cannot write")))
    with pytest.raises(RunError, match="Cannot write") as kept:
        list(runs.train(tasks.mark_and_sleep, jobs=2))
    assert kept.traceback  # while the error and its frames are still there
    assert multiprocessing.active_children() == []
