"""A real Dask cluster on loopback: a scheduler and workers, each a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
REPOSITORY = Path(__file__).parent.parent.parent


class Cluster:
    """``tls`` is the folder with certificate.pem and key.pem, if the cluster uses TLS."""

    def __init__(self, folder, workers, environment, tls=None):
        self.environment, self.tls = environment, []
        protocol = "tcp"
        if tls is not None:
            protocol, certificate = "tls", tls / "certificate.pem"
            self.tls = ["--tls-ca-file", certificate, "--tls-cert", certificate]
            self.tls += ["--tls-key", tls / "key.pem"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"{protocol}://127.0.0.1:{port}"
        self.folder, self.workers = folder, []
        where = ("--protocol", protocol, "--host", "127.0.0.1", "--port", port)
        self.scheduler = self._start("scheduler", *where)
        for _ in range(workers):
            self.add_worker()

    def add_worker(self):
        # Without its nanny a worker that is killed stays dead.
        options = ("--nthreads", 1, "--no-nanny", "--local-directory", self.folder)
        self.workers.append(self._start("worker", self.address, *options))

    def wait(self, seconds=60):
        """Wait until all processes are ready, which takes long if many tests run."""
        until = time.monotonic() + seconds
        for log in self.folder.glob("*-*.log"):
            while not re.search("Scheduler at:|Registered to:", log.read_text()):
                assert time.monotonic() < until, f"{log.name} is not ready: {log.read_text()}"
                time.sleep(0.02)

    def _start(self, kind, *words):
        command = [sys.executable, "-m", "dask", kind, *words, *self.tls, "--no-dashboard"]
        with (self.folder / f"{kind}-{len(self.workers)}.log").open("w") as log:
            return subprocess.Popen(
                [str(word) for word in command],
                env={
                    **os.environ,
                    "PYTHONPATH": str(REPOSITORY),
                    "OPENBLAS_NUM_THREADS": "1",
                    **self.environment,
                },
                stdout=log,
                stderr=log,
            )

    def stop(self):
        for process in (*self.workers, self.scheduler):
            process.send_signal(signal.SIGKILL)
        for process in (*self.workers, self.scheduler):
            process.wait()


@contextmanager
def cluster(folder, workers=2, environment=(), tls=None):
    made = Cluster(folder, workers, dict(environment), tls)
    try:
        made.wait()
        yield made
    finally:
        made.stop()


def wait_for_file(folder, pattern, seconds=30):
    """Return the first file in ``folder`` that matches, as soon as there is one."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for path in folder.glob(pattern):
            return path
        time.sleep(0.02)
    raise AssertionError(f"no {pattern} in {folder} within {seconds} s")
