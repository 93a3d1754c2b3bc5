import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nntrain.errors import DivergenceError, WorkerError
from nntrain.experiments.executors import run
from tests.experiments import tasks
from tests.experiments.cluster import REPOSITORY, wait_for_file
from tests.experiments.executors.helpers import SEEDS, assert_same_bits, results


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


def test_same_bits_as_in_this_process():
    assert_same_bits(results(tasks.product, SEEDS), results(tasks.product, SEEDS, jobs=2))


def test_each_has_one_blas_thread_unless_the_environment_says_otherwise(monkeypatch):
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


def test_a_killed_worker_is_one_error_after_what_is_finished():
    iterator = run(tasks.die_if_told, {"a": 0, "deadly": 1, "b": 0, "c": 0}, jobs=2)
    assert [next(iterator)[0] for _ in "abc"] == ["a", "b", "c"]
    with pytest.raises(WorkerError, match="A worker process died"):
        next(iterator)
    assert multiprocessing.active_children() == []


def test_a_worker_that_runs_out_of_memory_says_so():
    with pytest.raises(MemoryError, match="Unable to allocate"):
        results(tasks.run_out_of_memory, SEEDS, jobs=2)
    assert multiprocessing.active_children() == []


def test_what_work_raises_is_raised_and_nothing_is_left():
    told = {str(number): number == 1 for number in range(20)}
    with pytest.raises(DivergenceError, match="epoch 1"):
        results(tasks.diverge, told, jobs=2)
    assert multiprocessing.active_children() == []


def test_stopping_early_ends_the_workers_at_once(tmp_path):
    begun = time.monotonic()
    iterator = run(tasks.mark_and_sleep, {"a": (tmp_path, 0), "b": (tmp_path, 60)}, jobs=2)
    next(iterator)
    iterator.close()
    assert time.monotonic() - begun < 20
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_their_parent(tmp_path, end):
    code = (
        "from tests.experiments import tasks\n"
        "from nntrain.experiments.executors import run\n"
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
