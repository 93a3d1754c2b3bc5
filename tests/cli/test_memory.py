"""Too little memory: one line before anything starts, in a real process with a real limit."""

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nntrain.cli.blas_threads import ADDRESS_SPACE_BYTES, available_cores
from nntrain.data import idx
from nntrain.storage.memory import Limit
from nntrain.workflows import memory
from tests.cli.helpers import run
from tests.conftest import make_idx_folder

resource = pytest.importorskip("resource")
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells what is in use")
PYTHON_BYTES = 30_000_000
"""Address space that Python and click take before a command begins, at most."""
ENOUGH = ADDRESS_SPACE_BYTES + PYTHON_BYTES
FIT = ("fit", "--epochs", "1", "--hidden", "12", "-q")


def limited(limit_bytes, *words, threads=1):
    """Run a command in a process with limited address space.

    A shell sets the limit: this process, which is larger, could start none below it.
    """
    one = {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": "", "MKL_NUM_THREADS": ""}
    shell = ["sh", "-c", 'ulimit -v "$0" && exec "$@"', str(int(limit_bytes) // 1024)]
    return subprocess.run(
        [*shell, sys.executable, "-m", "nntrain", *map(str, words)],
        env={**os.environ, **one},
        capture_output=True,
        text=True,
        timeout=120,
    )


def in_one_line(done):
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


class TestTrainingsThatDoNotFit:
    """A machine that has 1.2 GB left."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch):
        monkeypatch.setattr(
            memory, "tightest_limit", lambda jobs: Limit(1_200_000_000 // jobs, "x")
        )

    def refused(self, *words):
        said = run(*words, expect=1).stderr
        assert said.startswith("Error: Not enough memory: a training run needs about ")
        assert said.count("\n") == 1
        assert not Path("runs").exists()
        return said

    def test_a_large_network(self, home, tiny):
        said = self.refused("fit", "--dataset", tiny, "--hidden", "100000,100000")
        # 10 billion weights, 7 copies of 4 bytes
        assert (
            "284.2 GB (copies of the network 282.2 GB, mini-batches and measurements 2.0 GB, "
            in said
        )
        assert said.endswith("but only 1.2 GB is available (x). Try smaller --hidden.\n")

    def test_large_mini_batches(self, home, tiny):
        words = ("--train-size", "500", "--batch-size", "500", "--dtype", "float64")
        said = self.refused("fit", "--dataset", tiny, "--hidden", "80000,1", *words)
        assert "Try smaller" in said

    def test_long_images_that_are_bent(self, home):
        folder = make_idx_folder(home / "long", train=6, test=1, classes=2, side=1)
        long = np.zeros((6, 1, 78_400), np.uint8)
        for part, count in (("train", 6), ("t10k", 1)):
            idx.write(folder / f"{part}-images-idx3-ubyte", long[:count])
        words = ("--dataset", folder, "--hidden", "2", "--epochs", "1")
        said = self.refused("fit", *words, "--augment", "simard")
        assert "distortions 29.5 GB" in said
        assert said.endswith("Try --augment none.\n")
        run("fit", *words, "--no-report", "-q")  # shifts them by a pixel

    @pytest.mark.parametrize(
        "words",
        [
            ("compare-costs", "--hidden", "60000", "--seeds", "1"),
            ("sweep", "--vary", "hidden=10,60000"),
        ],
    )
    def test_experiments_count_every_job(self, home, tiny, words):
        said = self.refused(*words, "--dataset", tiny, "--jobs", "2")
        assert "is available to each of 2 jobs (x). Try smaller --hidden, or fewer --jobs." in said
        assert "process and images 80 MB" in said

    def test_no_more_jobs_than_training_runs(self, home, tiny):
        words = ("--dataset", tiny, "--hidden", "5", "--epochs", "1", "--no-report", "-q")
        run("sweep", *words, "--seeds", "1", "--jobs", "64")

    def test_presets(self, home, tiny):
        words = ("reproduce", "quick", "one-second", "--seeds", "9", "--jobs", "18")
        assert "Try fewer --jobs." in self.refused(*words, "--dataset", tiny)

    def test_a_run_that_is_resumed(self, home, tiny, monkeypatch):
        words = ("--dataset", tiny, "--hidden", "5", "--no-report", "-q")
        run("fit", *words, "--epochs", "1", "--name", "r")
        monkeypatch.setattr(memory, "tightest_limit", lambda jobs: Limit(1_000_000, "x"))
        said = run("fit", "--resume", "r", "--epochs", "2", expect=1).stderr
        assert "only 1 MB is available" in said

    def test_an_unknown_limit_refuses_nothing(self, home, tiny, monkeypatch):
        monkeypatch.setattr(memory, "tightest_limit", lambda jobs: None)
        run("fit", "--dataset", tiny, "--epochs", "1", "--no-report", "-q")


@linux
class TestAddressSpace:
    @pytest.mark.parametrize("words", [("--help",), ("--version",)])
    def test_help_needs_little(self, home, words):
        done = limited(40_000_000, *words)
        assert (done.returncode, done.stderr) == (0, "")

    @pytest.mark.parametrize(
        ("words", "megabytes"),
        [(FIT, 60), (FIT, 200), (("softmax", "1", "2"), 200), (("runs",), 100)],
    )
    def test_where_numpy_does_not_fit_it_is_one_line(self, home, words, megabytes):
        said = in_one_line(limited(megabytes * 1_000_000, *words))
        assert "NumPy needs 200 MB with 1 thread, and ulimit -v leaves" in said

    @pytest.mark.skipif(available_cores() < 2, reason="one core has one thread")
    def test_more_threads_need_more(self, home, tiny):
        said = in_one_line(limited(ENOUGH, *FIT, "--dataset", tiny, threads=2))
        assert "250 MB with 2 threads" in said
        assert "set OPENBLAS_NUM_THREADS=1" in said

    def test_it_trains_within_the_memory_it_asks_for(self, home, tiny):
        done = limited(ENOUGH, *FIT, "--dataset", tiny)
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize(("engine", "code"), [("auto", 0), ("numba", 1)])
    def test_the_compiled_loop_needs_more(self, home, tiny, engine, code):
        pytest.importorskip("numba", reason="the extra 'fast' (Numba, SciPy) is not installed")
        long = ("--epochs", "1000000", "--patience", "1")
        done = limited(ENOUGH, *FIT, *long, "--dataset", tiny, "--engine", engine)
        assert done.returncode == code, done.stderr
        assert not code or "Not enough address space: the engine numba needs" in in_one_line(done)

    def test_the_limit_counts_for_a_training_too(self, home, tiny):
        said = in_one_line(limited(ENOUGH, *FIT, "--dataset", tiny, "--batch-size", "500",
                                   "--hidden", "20000"))  # fmt: skip
        assert "is available (ulimit -v)" in said

    @pytest.mark.parametrize("packed", [False, True])
    def test_a_dataset_that_does_not_fit_is_not_called_damaged(self, home, tiny, packed):
        folder = shutil.copytree(tiny, home / "large")
        images = folder / "train-images-idx3-ubyte"
        idx.write(images, np.zeros((600, 500, 1000), np.uint8))
        if packed:
            with gzip.open(f"{images}.gz", "wb", 1) as file:
                file.write(images.read_bytes())
            images.unlink()
        said = in_one_line(limited(ENOUGH + 100_000_000, *FIT, "--dataset", folder))
        assert said.startswith(f"Error: Out of memory (cannot read {images}")
        assert "eplace" not in said
        assert "remove" not in said
