import os
import pickle
import sys

import pytest

from nntrain import errors
from nntrain.errors import DivergenceError, NntrainError
from nntrain.experiments.executors import Outcome, run
from tests.experiments import tasks
from tests.experiments.executors.helpers import results


def test_one_job_stays_here():
    (outcome,) = results(tasks.where, {"a": 1}).values()
    assert outcome.document["process"] == os.getpid()


def test_a_task_is_done_when_it_is_asked_for():
    done = []

    def work(task):
        done.append(task)
        return Outcome({})

    iterator = run(work, {"a": 1, "b": 2}, jobs=1)
    assert done == []
    next(iterator)
    assert done == [1]
    iterator.close()
    assert done == [1]


def test_nothing_to_do():
    assert results(tasks.nothing, {}, jobs=4) == {}
    assert results(tasks.nothing, {}, cluster="tcp://127.0.0.1:1") == {}


def test_what_work_raises_is_raised():
    iterator = run(tasks.diverge, {"a": False, "b": True, "c": False}, jobs=1)
    assert next(iterator)[0] == "a"
    with pytest.raises(DivergenceError, match="epoch 1"):
        next(iterator)


def every_kind_of_error(kind=NntrainError):
    yield kind
    for below in kind.__subclasses__():
        yield from every_kind_of_error(below)


@pytest.mark.parametrize("kind", [*every_kind_of_error()], ids=lambda kind: kind.__name__)
def test_every_error_survives_the_way_between_processes(kind):
    again = pickle.loads(pickle.dumps(kind("what happened")))
    assert type(again) is kind
    assert str(again) == "what happened"
    assert kind.__module__ == errors.__name__


def test_without_the_extra_the_message_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "nntrain.experiments.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NntrainError, match=r"pip install 'nntrain\[cluster\]'"):
        results(tasks.nothing, {"a": 1}, cluster="tcp://127.0.0.1:1")
