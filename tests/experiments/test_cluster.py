import os
import signal
import threading

import pytest

from nntrain.errors import DivergenceError, NntrainError, WorkerError
from nntrain.experiments.compare_costs import train
from nntrain.experiments.executors import run
from nntrain.settings.compare import CompareSettings
from tests.experiments import tasks
from tests.experiments.cluster import cluster, wait_for_file
from tests.experiments.helpers import SEEDS, results

CLUSTER = "nntrain.experiments.cluster"


def assert_same_bits(some, others):
    assert set(some) == set(others)
    for key, outcome in some.items():
        assert without_times(outcome.document) == without_times(others[key].document)
        for name, array in outcome.arrays.items():
            assert array.tobytes() == others[key].arrays[name].tobytes()


def without_times(document):
    """The document, where it has epochs without their seconds."""
    epochs = [
        {name: value for name, value in epoch.items() if "second" not in name}
        for epoch in document.get("epochs", [])
    ]
    return epochs or document


@pytest.fixture(autouse=True)
def _distributed(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # as the commands do, and dask's workers


def test_killing_a_worker_in_the_middle_changes_nothing(tmp_path, tiny):
    def kill_the_worker_of_the_first_task():
        victim = int(wait_for_file(tmp_path, "began-*").name.removeprefix("began-"))
        os.kill(victim, signal.SIGKILL)

    todo = {key: (tmp_path, seed) for key, seed in SEEDS.items()}
    settings = CompareSettings(
        dataset=str(tiny), data_dir="unused", hidden=(8,), epochs=2, seeds=1
    )
    trainings = train.tasks(settings, settings.rates())
    with cluster(tmp_path) as made:
        killer = threading.Thread(target=kill_the_worker_of_the_first_task)
        killer.start()
        distant = results(tasks.slow_product, todo, cluster=made.address)
        killer.join()
        # still there for the next experiment, with one worker less
        trained = results(train.train, trainings, cluster=made.address)
        with pytest.raises(DivergenceError, match="epoch 1"):
            results(tasks.diverge, {"a": True}, cluster=made.address)
        assert sum(worker.poll() is None for worker in made.workers) == 1
    assert_same_bits(results(tasks.product, SEEDS), distant)
    assert_same_bits(results(train.train, trainings, jobs=2), trained)


def test_no_workers_and_those_that_would_take_every_core_for_blas_are_refused(
    tmp_path, monkeypatch
):
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    with cluster(tmp_path, workers=0, environment=dict.fromkeys(names, "")) as made:
        with monkeypatch.context() as patch:
            patch.setattr(f"{CLUSTER}.WORKERS_S", 0.2)
            with pytest.raises(NntrainError, match="has no workers"):
                results(tasks.nothing, {"a": 1}, cluster=made.address)
        made.add_worker()
        with pytest.raises(NntrainError, match="every core"):
            results(tasks.product, SEEDS, cluster=made.address)


@pytest.mark.slow
def test_a_scheduler_that_goes_is_one_clear_line(tmp_path, capfd):
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
def test_workers_that_die_one_after_the_other_are_one_clear_line(tmp_path):
    with cluster(tmp_path, workers=4) as made, pytest.raises(WorkerError, match="deadly: "):
        results(tasks.die_if_told, {"deadly": True}, cluster=made.address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere"])
def test_no_scheduler_there(monkeypatch, address):
    monkeypatch.setattr(f"{CLUSTER}.CONNECT_S", 0.2)
    with pytest.raises(NntrainError, match=f"No Dask scheduler answers at {address}: "):
        results(tasks.nothing, {"a": 1}, cluster=address)


@pytest.mark.slow
def test_another_version_there(tmp_path, monkeypatch):
    with cluster(tmp_path, workers=1) as made:
        monkeypatch.setattr(f"{CLUSTER}.__version__", "0.0")
        with pytest.raises(NntrainError, match=r"not like this process.*Install the same"):
            results(tasks.nothing, {"a": 1}, cluster=made.address)
