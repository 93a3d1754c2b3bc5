import os
import signal
import socketserver
import struct
import threading

import pytest

from nntrain.errors import DivergenceError, NntrainError, WorkerError
from nntrain.experiments.compare_costs import train
from nntrain.experiments.running import run
from nntrain.settings.compare import CompareSettings
from tests.experiments import tasks
from tests.experiments.cluster import cluster, wait_for_file
from tests.experiments.helpers import SEEDS, results
from tests.faultserver import tls_context

dask = pytest.importorskip("dask")
check = pytest.importorskip("nntrain.experiments.cluster").check

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
        # still usable for the next experiment, with one worker less
        trained = results(train.train, trainings, cluster=made.address)
        with pytest.raises(DivergenceError, match="epoch 1"):
            results(tasks.diverge, {"a": True}, cluster=made.address)
        assert sum(worker.poll() is None for worker in made.workers) == 1
    assert_same_bits(results(tasks.product, SEEDS), distant)
    assert_same_bits(results(train.train, trainings, jobs=2), trained)


def test_no_workers_or_workers_whose_blas_would_use_every_core_are_refused(tmp_path, monkeypatch):
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    with cluster(tmp_path, workers=0, environment=dict.fromkeys(names, "")) as made:
        with monkeypatch.context() as patch:
            patch.setattr(f"{CLUSTER}.WORKERS_S", 0.2)
            with pytest.raises(NntrainError, match="has no workers"):
                results(tasks.nothing, {"a": 1}, cluster=made.address)
        made.add_worker()
        made.wait()
        with pytest.raises(NntrainError, match="every core"):
            results(tasks.product, SEEDS, cluster=made.address)


@pytest.mark.slow
def test_a_scheduler_that_disappears_is_one_clear_line(tmp_path, capfd):
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
def test_workers_that_die_one_after_another_are_one_clear_line(tmp_path):
    with cluster(tmp_path, workers=4) as made, pytest.raises(WorkerError, match="deadly: "):
        results(tasks.die_if_told, {"deadly": True}, cluster=made.address)


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(f"{CLUSTER}.CONNECT_S", 0.5)


def unreachable(address, capfd):
    """Return why ``check`` refuses ``address``: one line, with nothing on the terminal."""
    with pytest.raises(NntrainError) as caught:
        check(address)
    assert capfd.readouterr() == ("", "")
    head, _, rest = str(caught.value).partition(f"Cannot reach a Dask scheduler at {address}: ")
    assert head == ""
    assert "\n" not in rest
    assert rest.endswith(f"dask worker {address}")
    return rest.partition(". Start one with: ")[0]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("tcp://127.0.0.1:1", "no answer within"),
        ("nowhere", "missing port number"),
        ("http://127.0.0.1:1", "unknown address scheme"),
        ("tls://127.0.0.1:1", "Dask's configuration names no certificates"),
    ],
)
def test_no_scheduler_at_the_address(hasty, capfd, address, reason):
    assert reason in unreachable(address, capfd)


FRAME = struct.pack("<QQQ", 24, 1, 8)
"""The start of a Dask message: its length, one frame, of 8 bytes."""


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "no answer within"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak Dask's protocol"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "does not speak Dask's protocol"),
        (bytes(8), "does not speak Dask's protocol"),
        (FRAME + b"\xc1" * 8, "does not speak Dask's protocol"),
        (FRAME + b"\x80" * 8, "does not speak Dask's protocol"),
        (None, "it closed the connection"),
    ],
)
def test_another_server_at_the_address(hasty, capfd, said, reason):
    over = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            if said is not None:
                self.request.sendall(said)
                over.wait(30)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            assert reason in unreachable(f"tcp://127.0.0.1:{server.server_address[1]}", capfd)
        finally:
            over.set()
            server.shutdown()


def test_with_tls_only_clients_with_a_certificate_are_served(tmp_path, monkeypatch, capfd):
    _, certificate = tls_context(tmp_path)
    about = {
        "ca-file": certificate,
        "client.cert": certificate,
        "client.key": tmp_path / "key.pem",
    }
    with cluster(tmp_path, workers=1, tls=tmp_path) as made:
        with dask.config.set({f"distributed.comm.tls.{k}": str(v) for k, v in about.items()}):
            distant = results(tasks.product, SEEDS, cluster=made.address)
            monkeypatch.setattr("distributed.__version__", "0.0")
            with pytest.raises(
                NntrainError, match=r"has version .*, this process has 0\.0\. Install"
            ):
                check(made.address)
        address = made.address.replace("tls:", "tcp:")
        assert "it closed the connection; a scheduler with TLS" in unreachable(address, capfd)
        monkeypatch.setattr(f"{CLUSTER}.CONNECT_S", 0.5)
        with dask.config.set({"distributed.comm.tls.ca-file": str(certificate)}):
            assert unreachable(made.address, capfd)  # it has no certificate of its own
    assert_same_bits(results(tasks.product, SEEDS), distant)


@pytest.mark.slow
def test_another_version_on_the_cluster(tmp_path, monkeypatch):
    with cluster(tmp_path, workers=1) as made:
        monkeypatch.setattr(f"{CLUSTER}.__version__", "0.0")
        with pytest.raises(NntrainError, match=r"differs from this process.*Install the same"):
            results(tasks.nothing, {"a": 1}, cluster=made.address)
