import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from nntrain import errors
from nntrain.errors import DivergenceError, NntrainError, WorkerError
from nntrain.experiments.compare_costs import train
from nntrain.experiments.executors.run import Outcome, run
from nntrain.settings.compare import CompareSettings
from tests.experiments import tasks
from tests.experiments.cluster import REPOSITORY, cluster, wait_for_file

DASK = "nntrain.experiments.executors.dask"
SEEDS = {f"seed {seed}": seed for seed in range(5)}


def results(*words, **options):
    options.setdefault("jobs", 1)
    return dict(run(*words, **options))


def assert_same_bits(some, others):
    assert set(some) == set(others)
    for key, outcome in some.items():
        assert outcome.document == others[key].document
        np.testing.assert_array_equal(outcome.arrays["product"], others[key].arrays["product"])


def alive(process_id):
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


def assert_ends(process_ids, seconds=10):
    until = time.monotonic() + seconds
    while any(map(alive, process_ids)):
        assert time.monotonic() < until, "a worker outlives its parent"
        time.sleep(0.02)


class TestInThisProcess:
    def test_one_job_stays_here(self):
        (outcome,) = results(tasks.where, {"a": 1}).values()
        assert outcome.document["process"] == os.getpid()

    def test_a_task_is_done_when_it_is_asked_for(self):
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

    def test_nothing_to_do(self):
        assert results(tasks.nothing, {}, jobs=4) == {}
        assert results(tasks.nothing, {}, cluster="tcp://127.0.0.1:1") == {}

    def test_what_work_raises_is_raised(self):
        iterator = run(tasks.diverge, {"a": False, "b": True, "c": False}, jobs=1)
        assert next(iterator)[0] == "a"
        with pytest.raises(DivergenceError, match="epoch 1"):
            next(iterator)


class TestProcesses:
    def test_same_bits_as_in_this_process(self):
        assert_same_bits(results(tasks.product, SEEDS), results(tasks.product, SEEDS, jobs=2))

    def test_each_has_one_blas_thread_unless_the_environment_says_otherwise(self, monkeypatch):
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("OMP_NUM_THREADS", "2")
        (outcome,) = results(tasks.where, {"a": 1}, jobs=2).values()
        assert outcome.document["process"] != os.getpid()
        assert outcome.document["threads"] == {
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "2",
        }
        assert "OPENBLAS_NUM_THREADS" not in os.environ

    def test_a_killed_worker_is_one_error_after_what_is_finished(self):
        iterator = run(tasks.die_if_told, {"a": 0, "deadly": 1, "b": 0, "c": 0}, jobs=2)
        assert [next(iterator)[0] for _ in "abc"] == ["a", "b", "c"]
        with pytest.raises(WorkerError, match="A worker process died"):
            next(iterator)
        assert multiprocessing.active_children() == []

    def test_a_worker_that_runs_out_of_memory_says_so(self):
        with pytest.raises(MemoryError, match="Unable to allocate"):
            results(tasks.run_out_of_memory, SEEDS, jobs=2)
        assert multiprocessing.active_children() == []

    def test_what_work_raises_is_raised_and_nothing_is_left(self):
        told = {str(number): number == 1 for number in range(20)}
        with pytest.raises(DivergenceError, match="epoch 1"):
            results(tasks.diverge, told, jobs=2)
        assert multiprocessing.active_children() == []

    def test_stopping_early_ends_the_workers_at_once(self, tmp_path):
        begun = time.monotonic()
        iterator = run(tasks.mark_and_sleep, {"a": (tmp_path, 0), "b": (tmp_path, 60)}, jobs=2)
        next(iterator)
        iterator.close()
        assert time.monotonic() - begun < 20
        assert multiprocessing.active_children() == []

    @pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
    def test_workers_end_with_their_parent(self, tmp_path, end):
        code = (
            "from tests.experiments import tasks\n"
            "from nntrain.experiments.executors.run import run\n"
            "if __name__ == '__main__':\n"
            f"    todo = {{str(n): ({str(tmp_path)!r}, 60) for n in range(4)}}\n"
            "    try: list(run(tasks.mark_and_sleep, todo, jobs=2))\n"
            "    except KeyboardInterrupt: print('interrupted')\n"
        )
        (tmp_path / "parent.py").write_text(code)
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
        assert_ends(workers)
        if end == signal.SIGINT:
            assert (out, err) == ("interrupted\n", "")


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


def without_times(document):
    return [{k: v for k, v in epoch.items() if "second" not in k} for epoch in document["epochs"]]


class TestCluster:
    @pytest.fixture(autouse=True)
    def _distributed(self, monkeypatch):
        pytest.importorskip("distributed")
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # as the commands do, and dask's workers

    def test_killing_a_worker_in_the_middle_changes_nothing(self, tmp_path):
        def kill_the_worker_of_the_first_task():
            victim = int(wait_for_file(tmp_path, "began-*").name.removeprefix("began-"))
            os.kill(victim, signal.SIGKILL)

        todo = {key: (tmp_path, seed) for key, seed in SEEDS.items()}
        with cluster(tmp_path) as made:
            killer = threading.Thread(target=kill_the_worker_of_the_first_task)
            killer.start()
            distant = results(tasks.slow_product, todo, cluster=made.address)
            killer.join()
            # still there for the next experiment, with one worker less
            assert_same_bits(distant, results(tasks.product, SEEDS, cluster=made.address))
            with pytest.raises(DivergenceError, match="epoch 1"):
                results(tasks.diverge, {"a": True}, cluster=made.address)
            assert sum(worker.poll() is None for worker in made.workers) == 1
        assert_same_bits(results(tasks.product, SEEDS), distant)

    def test_the_trainings_of_a_comparison_are_the_same_bits_as_in_processes(self, tmp_path, tiny):
        settings = CompareSettings(
            dataset=str(tiny), data_dir="unused", hidden=(8,), epochs=2, seeds=1
        )
        todo = train.tasks(settings, settings.rates())
        with cluster(tmp_path) as made:
            distant = dict(run(train.train, todo, jobs=1, cluster=made.address))
        here = dict(run(train.train, todo, jobs=2))
        for key, outcome in here.items():
            assert without_times(outcome.document) == without_times(distant[key].document)
            for name, array in outcome.arrays.items():
                assert array.tobytes() == distant[key].arrays[name].tobytes()

    def test_workers_that_would_take_every_core_for_blas_are_refused(self, tmp_path):
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        with (
            cluster(tmp_path, workers=1, environment=dict.fromkeys(names, "")) as made,
            pytest.raises(NntrainError, match="every core"),
        ):
            results(tasks.product, SEEDS, cluster=made.address)

    @pytest.mark.slow
    def test_a_scheduler_that_goes_is_one_clear_line(self, tmp_path, capfd):
        with cluster(tmp_path, workers=1) as made:
            iterator = run(
                tasks.mark_and_sleep,
                {"a": (tmp_path, 0), "b": (tmp_path, 60)},
                jobs=1,
                cluster=made.address,
            )
            next(iterator)
            made.scheduler.kill()
            with pytest.raises(WorkerError, match=r"scheduler at .* is gone"):
                next(iterator)
        assert "Traceback" not in capfd.readouterr().err

    @pytest.mark.slow
    def test_workers_that_die_one_after_the_other_are_one_clear_line(self, tmp_path):
        with cluster(tmp_path, workers=4) as made, pytest.raises(WorkerError, match="deadly: "):
            results(tasks.die_if_told, {"deadly": True}, cluster=made.address)

    def test_no_scheduler_there(self, monkeypatch):
        monkeypatch.setattr(f"{DASK}.CONNECT_S", 0.5)
        with pytest.raises(
            NntrainError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:1"
        ):
            results(tasks.nothing, {"a": 1}, cluster="tcp://127.0.0.1:1")

    def test_no_address_at_all(self):
        with pytest.raises(NntrainError, match="No Dask scheduler answers at nowhere"):
            results(tasks.nothing, {"a": 1}, cluster="nowhere")

    def test_no_workers_there(self, tmp_path, monkeypatch):
        with cluster(tmp_path, workers=0) as made:
            wait_for_file(tmp_path, "scheduler-0.log")
            monkeypatch.setattr(f"{DASK}.WORKERS_S", 0.5)
            with pytest.raises(NntrainError, match="has no workers"):
                results(tasks.nothing, {"a": 1}, cluster=made.address)

    @pytest.mark.slow
    def test_another_version_there(self, tmp_path, monkeypatch):
        with cluster(tmp_path, workers=1) as made:
            monkeypatch.setattr(f"{DASK}.__version__", "0.0")
            with pytest.raises(NntrainError, match=r"not like this process.*Install the same"):
                results(tasks.nothing, {"a": 1}, cluster=made.address)


def test_without_the_extra_the_message_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, DASK, raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NntrainError, match=r"pip install 'nntrain\[cluster\]'"):
        results(tasks.nothing, {"a": 1}, cluster="tcp://127.0.0.1:1")
