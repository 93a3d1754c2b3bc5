import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest

from nntrain import errors
from nntrain.errors import DivergenceError, NntrainError, WorkerError
from nntrain.experiments.executors import outcomes
from nntrain.experiments.running import run
from tests.experiments import tasks
from tests.experiments.cluster import REPOSITORY, wait_for_file
from tests.experiments.helpers import SEEDS, results


class TestHere:
    def test_one_job_stays_here(self):
        (outcome,) = results(tasks.where, {"a": 1}).values()
        assert outcome.document["process"] == os.getpid()

    def test_a_task_runs_when_its_outcome_is_requested(self):
        done = []
        iterator = run(done.append, {"a": 1, "b": 2}, jobs=1)
        assert done == []
        next(iterator)
        iterator.close()
        assert done == [1]

    def test_nothing_to_do(self):
        assert results(tasks.nothing, {}, jobs=4) == {}
        assert results(tasks.nothing, {}, cluster="tcp://127.0.0.1:1") == {}

    def test_what_work_raises_is_raised(self):
        iterator = run(tasks.diverge, {"a": False, "b": True, "c": False}, jobs=1)
        assert next(iterator)[0] == "a"
        with pytest.raises(DivergenceError, match="epoch 1"):
            next(iterator)


@pytest.mark.parametrize(("options", "expected"), [(True, "option"), (False, "argument")])
def test_a_worker_process_speaks_as_its_caller_does(options, expected):
    before = errors.speak_of_options(options)
    try:
        found = results(tasks.words, {"a": 1, "b": 2}, jobs=2)
    finally:
        errors.speak_of_options(before)
    assert found["a"].document == {"words": expected}


def test_on_windows_there_are_no_more_processes_than_python_can_wait_for(monkeypatch):
    def submit(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ProcessPoolExecutor, "submit", submit)
    with pytest.raises(ZeroDivisionError):  # and not Python's complaint about too many
        list(run(tasks.nothing, dict.fromkeys(range(70)), jobs=70))


def every_kind_of_error(kind=NntrainError):
    yield kind
    for below in kind.__subclasses__():
        yield from every_kind_of_error(below)


@pytest.mark.parametrize("kind", [*every_kind_of_error()], ids=lambda kind: kind.__name__)
def test_every_error_can_be_pickled(kind):
    again = pickle.loads(pickle.dumps(kind("what happened")))
    assert type(again) is kind
    assert str(again) == "what happened"
    assert kind.__module__ == errors.__name__


def test_without_the_extra_the_message_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "nntrain.experiments.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NntrainError, match=r"pip install 'nntrain\[cluster\]'"):
        results(tasks.nothing, {"a": 1}, cluster="tcp://127.0.0.1:1")


def test_finished_outcomes_come_before_an_error():
    failed, finished = Future(), Future()
    failed.set_exception(DivergenceError("epoch 1"))
    finished.set_result("an outcome")
    iterator = outcomes({failed: "a", finished: "b", Future(): "c"}, [failed, finished])
    assert next(iterator) == ("b", "an outcome")
    with pytest.raises(DivergenceError, match="epoch 1"):
        next(iterator)


class TestProcesses:
    @pytest.fixture(autouse=True)
    def _nothing_is_left(self):
        yield
        assert multiprocessing.active_children() == []

    def test_each_has_one_blas_thread_unless_the_environment_says_otherwise(self, monkeypatch):
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("OMP_NUM_THREADS", "2")
        (outcome,) = results(tasks.where, {"a": 1}, jobs=2).values()
        assert outcome.document["process"] != os.getpid()
        threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "2"}
        assert outcome.document["threads"] == threads
        assert "OPENBLAS_NUM_THREADS" not in os.environ

    def test_a_killed_worker_is_one_error_after_what_is_finished(self):
        iterator = run(tasks.die_if_told, {"a": 0, "deadly": 1, "b": 0, "c": 0}, jobs=2)
        assert [next(iterator)[0] for _ in "abc"] == ["a", "b", "c"]
        with pytest.raises(WorkerError, match=r"A worker process died.*fewer jobs"):
            next(iterator)

    @pytest.mark.parametrize(
        ("work", "todo", "error", "message"),
        [
            (tasks.run_out_of_memory, SEEDS, MemoryError, "Unable to allocate"),
            (tasks.diverge, {str(n): n == 1 for n in range(20)}, DivergenceError, "epoch 1"),
        ],
    )
    def test_what_work_raises_is_raised(self, work, todo, error, message):
        with pytest.raises(error, match=message):
            results(work, todo, jobs=2)

    def test_stopping_early_ends_the_workers_immediately(self, tmp_path):
        begun = time.monotonic()
        iterator = run(tasks.mark_and_sleep, {"a": (tmp_path, 0), "b": (tmp_path, 60)}, jobs=2)
        next(iterator)
        iterator.close()
        assert time.monotonic() - begun < 20
        assert multiprocessing.active_children() == []


def alive(process_id):
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_their_parent(tmp_path, end):
    (tmp_path / "parent.py").write_text(
        "from tests.experiments import tasks\n"
        "from nntrain.experiments.running import run\n"
        "if __name__ == '__main__':\n"
        f"    todo = {{str(n): ({str(tmp_path)!r}, 60) for n in range(4)}}\n"
        "    try: list(run(tasks.mark_and_sleep, todo, jobs=2))\n"
        "    except KeyboardInterrupt: print('interrupted')\n"
    )
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py")],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for_file(tmp_path, "[0-9]*")
    workers = [int(path.name) for path in tmp_path.glob("[0-9]*")]
    if end == signal.SIGINT:
        os.killpg(parent.pid, end)  # as a terminal does: parent and workers alike
    else:
        parent.send_signal(end)
    out, err = parent.communicate(timeout=20)
    until = time.monotonic() + 10
    while any(map(alive, workers)):
        assert time.monotonic() < until, "a worker outlives its parent"
        time.sleep(0.02)
    if end == signal.SIGINT:
        assert (out, err) == ("interrupted\n", "")
