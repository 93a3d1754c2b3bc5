"""Every command that writes, before a disk that refuses: one line, nothing half written or lost.

What concerns a single run, which is the most, is in test_faults.py.
"""

import gzip
import os
import shutil
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from nntrain.data import idx, synthetic
from nntrain.data.arrays import FourArrays
from nntrain.data.catalogue import CATALOGUE
from nntrain.exchange.formats import FORMATS
from nntrain.experiments.store import Store
from nntrain.storage import atomic
from tests.cli.disks import contents, limited, longest_file, refused, temporaries
from tests.cli.helpers import run, run_json
from tests.conftest import make_idx_folder
from tests.data.made import examples, tiny
from tests.faultserver import FaultServer

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits and mounts of POSIX")

SMALL = ("--hidden", "3", "--epochs", "2", "--batch-size", "10")
EXPERIMENTS = {
    "sweep": ("sweep", *SMALL, "--vary", "learning_rate=0.01,0.1", "--seeds", "1"),
    "compare-costs": ("compare-costs", "--hidden", "3", "--epochs", "2", "--seeds", "1"),
    "reproduce": ("reproduce", "one-second", "--seeds", "2"),
}
RESULTS = {
    "sweep": "sweep.json",
    "compare-costs": "comparison.json",
    "reproduce": "reproduce.json",
}
FULL_OR_READ_ONLY = [("fill", "No space left on device"), ("read_only", "Read-only file system")]
every_experiment = pytest.mark.parametrize("kind", EXPERIMENTS)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_idx_folder(tmp_path_factory.mktemp("d") / "data", 60, 20, classes=3, side=4)


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """A folder of runs with one that every format can hold."""
    runs_dir = tmp_path_factory.mktemp("trained") / "runs"
    words = ("--output", "sigmoid+cross-entropy", "--activation", "sigmoid", *SMALL)
    run(
        "fit",
        "--dataset",
        data,
        *words,
        "--runs-dir",
        runs_dir,
        "--name",
        "a",
        "--no-report",
        "-q",
    )
    return runs_dir


@pytest.fixture
def a_run(home, trained):
    """A working directory with that run, a picture to ask it about, and files of before."""
    shutil.copytree(trained, home / "runs", symlinks=True)
    Image.fromarray(np.eye(28, dtype=np.uint8) * 255).save(home / "seven.png")
    (home / "out").mkdir()
    return home


def words_of(kind, data, *more):
    places = ("--dataset", data, "--data-dir", data, "--name", "many")
    return (*EXPERIMENTS[kind], *places, "--jobs", "1", "-q", *more)


def results_of(kind, folder):
    """Return the words of the results, without the times."""
    text = (folder / RESULTS[kind]).read_text().splitlines()
    return [line for line in text if "second" not in line]


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """By kind, the results of an experiment without faults."""
    results = {}
    for kind in EXPERIMENTS:
        runs_dir = tmp_path_factory.mktemp("whole")
        run(*words_of(kind, data, "--runs-dir", runs_dir, "--no-report"))
        results[kind] = results_of(kind, runs_dir / "many")
    return results


@pytest.fixture
def after_training(monkeypatch):
    """A function that has ``action()`` done when so many trainings of an experiment are saved."""
    save, plans, saved = Store.save, {}, []

    def saving(self, key, outcome):
        save(self, key, outcome)
        saved.append(key)
        if len(saved) in plans:
            plans.pop(len(saved))()

    monkeypatch.setattr(Store, "save", saving)
    return plans.__setitem__


class TestExperiments:
    @every_experiment
    @pytest.mark.parametrize(("size", "file"), [(50, "provenance.json"), (1900, "")])
    def test_a_file_that_does_not_fit_is_named_and_training_resumes_later(
        self, home, data, whole, kind, size, file
    ):
        """Of 1,900 bytes: a training with its network, or where none is kept, all results."""
        file = file or (RESULTS[kind] if kind == "reproduce" else "trainings/")
        with longest_file(size):
            result = run(*words_of(kind, data), expect=1)
        refused(result, f"Cannot write runs/many/{file}", "File too large", "Free some space")
        assert temporaries(home) == []
        begun = (home / "runs" / "many" / "experiment.toml").exists()
        assert begun is (file != "provenance.json")
        run(*words_of(kind, data, *(["--resume"] if begun else [])))
        assert results_of(kind, home / "runs" / "many") == whole[kind]

    @every_experiment
    def test_new_results_that_do_not_fit_leave_the_old_ones(self, home, data, kind):
        run(*words_of(kind, data))
        before = contents(home)
        with longest_file(100):
            result = run(*words_of(kind, data, "--resume"), expect=1)
        refused(result, "Cannot write runs/many/", "File too large")
        assert contents(home) == before

    @every_experiment
    @pytest.mark.parametrize(("how", "reason"), FULL_OR_READ_ONLY)
    def test_a_table_that_cannot_be_written_leaves_the_old_one_and_the_results(
        self, home, data, whole, disks, kind, how, reason
    ):
        place = disks.mount(home / "disk", "size=128k")
        (place / "t.csv").write_text("of before")
        getattr(disks, how)(place)
        result = run(*words_of(kind, data, "--csv", "disk/t.csv"), expect=1)
        refused(result, f"Cannot write disk/t.csv: {reason}")
        assert (place / "t.csv").read_text() == "of before"
        assert results_of(kind, home / "runs" / "many") == whole[kind]
        assert temporaries(home) == []

    @every_experiment
    def test_a_page_that_does_not_fit_is_reported_and_made_later(
        self, home, data, kind, monkeypatch
    ):
        monkeypatch.delenv("NNTRAIN_NO_REPORT")
        smaller_than_the_page = 60_000 if kind == "compare-costs" else 30_000
        with longest_file(smaller_than_the_page):
            result = run(*(word for word in words_of(kind, data) if word != "-q"))
        assert "No report page: Cannot write runs/many/report.html: File too" in result.stderr
        run("report", "many")
        before = contents(home)
        with longest_file(30_000):
            result = run("report", "many", expect=1)
        refused(result, "Cannot write runs/many/report.html: File too large")
        assert contents(home) == before

    @every_experiment
    def test_a_read_only_disk(self, home, data, disks, kind):
        place = disks.mount(home / "disk", "ro")
        result = run(*words_of(kind, data, "--runs-dir", place), expect=1)
        refused(result, "Cannot write", "Read-only file system", "--runs-dir")

    @every_experiment
    def test_a_disk_that_is_full_in_the_middle(
        self, home, data, whole, disks, after_training, kind
    ):
        place = disks.mount(home / "disk", "size=1m")
        after_training(1, lambda: disks.fill(place))
        result = run(*words_of(kind, data, "--runs-dir", place), expect=1)
        refused(result, "Cannot write", "No space left on device", "Free some space")
        assert len(list((place / "many" / "trainings").iterdir())) == 1
        assert temporaries(place) == []
        (place / "other").unlink()
        run(*words_of(kind, data, "--runs-dir", place, "--resume"))
        assert results_of(kind, place / "many") == whole[kind]

    @every_experiment
    def test_a_disk_that_becomes_read_only_halfway(
        self, home, data, whole, disks, after_training, kind
    ):
        folder = home / "runs" / "many"
        after_training(1, lambda: disks.mount(folder, "ro"))
        result = run(*words_of(kind, data), expect=1)
        refused(result, "Cannot write runs/many/trainings", "Read-only file system")
        disks.unmount()
        run(*words_of(kind, data, "--resume"))
        assert results_of(kind, folder) == whole[kind]
        assert temporaries(home) == []

    @every_experiment
    @pytest.mark.parametrize("trainings", [1, 2])
    def test_a_directory_that_is_removed_in_the_middle(
        self, home, data, after_training, kind, trainings
    ):
        after_training(trainings, lambda: shutil.rmtree(home / "runs"))
        result = run(*words_of(kind, data), expect=1)
        if kind == "sweep" and trainings == 2:  # it reads the winner's networks again
            refused(result, "seed=0.npz was saved but is missing", "--name many")
        else:
            refused(result, "Cannot write runs/many/", "No such file")
        assert not (home / "runs").exists()

    def test_training_processes_end_too(self, home, data):
        """They hold the pipe whose end is waited for."""
        words = [*words_of("sweep", data), "--jobs", "2"]
        result = limited(1900, *words)
        assert result.returncode == 1
        refused(result, "Cannot write runs/many/trainings/", "File too large")
        assert temporaries(home) == []


WRITERS = {
    "report": (("report", "a", "-q"), "runs/a/report.html"),
    "side by side": (("report", "a", "a", "-q"), "runs/side-by-side.html"),
    "predict --csv": (("predict", "seven.png", "--csv", "out/answers.csv"), "out/answers.csv"),
    "predict --svg": (("predict", "seven.png", "--svg", "out/answers.svg"), "out/answers.svg"),
    "evaluate --predictions": (
        ("evaluate", "a", "-q", "--predictions", "out/all.csv"),
        "out/all.csv",
    ),
    **{
        f"export {name}": (
            ("export", "--output", f"out/net.{name}", "--overwrite"),
            f"out/net.{name}",
        )
        for name in FORMATS
    },
}
every_writer = pytest.mark.parametrize("what", WRITERS)


class TestWriters:
    """Commands that write one file each; the one of before stays."""

    @every_writer
    def test_a_file_that_does_not_fit_leaves_the_old_one(self, a_run, what):
        words, file = WRITERS[what]
        (a_run / file).write_text("of before")
        before = contents(a_run)
        with longest_file(100):
            result = run(*words, expect=1)
        refused(result, file, "Cannot write", "File too large")
        assert contents(a_run) == before

    @every_writer
    @pytest.mark.parametrize(("how", "reason"), FULL_OR_READ_ONLY)
    def test_a_disk_that_is_full_or_may_only_be_read(self, a_run, disks, what, how, reason):
        words, file = WRITERS[what]
        folder = (a_run / file).parent
        kept = a_run / "kept"
        folder.rename(kept)
        disks.mount(folder, "size=256k")
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        (a_run / file).write_text("of before")
        getattr(disks, how)(folder)
        before = contents(a_run)
        refused(run(*words, expect=1), file, "Cannot write", reason)
        assert contents(a_run) == before

    @every_writer
    def test_a_folder_that_is_removed_in_the_middle(self, a_run, what, monkeypatch):
        words, file = WRITERS[what]
        folder = (a_run / file).parent
        whole_file = atomic.whole_file

        def removed_by_now(path):
            shutil.rmtree(folder)
            return whole_file(path)

        for module in sorted(sys.modules):
            if getattr(sys.modules[module], "whole_file", None) is whole_file:
                monkeypatch.setattr(f"{module}.whole_file", removed_by_now)
        refused(run(*words, expect=1), file, "Cannot write", "No such file")
        assert not folder.exists()


class TestImport:
    @pytest.mark.parametrize(("size", "file"), [(50, "provenance.json"), (1300, "model.npz")])
    def test_an_import_that_does_not_fit_leaves_no_run_and_the_name_free(self, a_run, size, file):
        run("export", "--output", "net.json", "-q")
        words = ("import", "net.json", "--name", "b", "--dataset", "mnist")
        with longest_file(size):
            result = run(*words, expect=1)
        refused(result, f"Cannot write runs/b/{file}: File too large", "Free some space")
        assert temporaries(a_run) == []
        assert [row["name"] for row in run_json("runs")["runs"]] == ["a"]
        run(*words)
        assert [row["name"] for row in run_json("runs")["runs"]] == ["a", "b"]

    def test_a_read_only_disk(self, a_run, disks):
        run("export", "--output", "net.json", "-q")
        place = disks.mount(a_run / "disk", "ro")
        words = ("import", "net.json", "--name", "b", "--dataset", "mnist", "--runs-dir", place)
        refused(run(*words, expect=1), "Cannot write", "Read-only file system")


STDOUT = {
    "predict": ("predict", "seven.png", "--json"),
    "export": ("export", "--output", "out/net.npz", "--json"),
    "report": ("report", "a", "--json"),
    "evaluate": ("evaluate", "a", "--json"),
    "runs": ("runs", "--json"),
    "data list": ("data", "list", "--json"),
    "reproduce --list": ("reproduce", "--list"),
}
LENGTHS = {"export": 2000, "report": 10**7}
"""How long a file may be, so that the one the command itself writes fits; 0 for the others."""


@pytest.mark.parametrize("what", STDOUT)
def test_results_that_go_into_a_file_on_a_full_disk_are_one_line(a_run, what):
    size = LENGTHS.get(what, 0)
    with (a_run / "out.json").open("w") as out:
        out.write(" " * size)
        out.flush()
        result = limited(size, *STDOUT[what], stdout=out)
    assert (result.returncode, result.stderr) == (1, "Error: File too large.\n")
    assert (a_run / "out.json").stat().st_size == size
    assert temporaries(a_run) == []


MADE_UP = examples(train=60, test=1000)


@pytest.fixture
def published(monkeypatch):
    """A dataset called mnist that a mirror of ours has: 20 kB of images, which pack badly."""
    made = tiny(MADE_UP)
    with FaultServer(made.files) as server:
        entry = replace(made.entry, name="mnist", mirrors=(server.base("good"),))
        monkeypatch.setitem(CATALOGUE, "mnist", entry)
        yield SimpleNamespace(entry=entry, files=made.files)


def whole_files(folder, files):
    """Check that every file of a cache is one of those, as published or unpacked."""
    expected = files | {
        name.removesuffix(".gz"): gzip.decompress(content) for name, content in files.items()
    }
    for path in folder.rglob("*"):
        assert path.is_dir() or path.read_bytes() == expected[path.name]


class TestDownloads:
    @pytest.mark.parametrize("size", [0, 100, 1100, 5000, 20_005])
    def test_a_file_that_does_not_fit_is_named_and_downloaded_later(self, home, published, size):
        with longest_file(size):
            result = run("data", "download", "mnist", "-q", expect=1)
        refused(result, "cannot write data/mnist/", "File too large", "--data-dir")
        assert temporaries(home) == []
        whole_files(home / "data", published.files)
        run("data", "download", "mnist", "-q")
        assert "ok" in run("data", "verify", "mnist").stdout

    @pytest.mark.parametrize(("how", "reason"), FULL_OR_READ_ONLY)
    @pytest.mark.parametrize("files", [0, 1, 2, 3])
    def test_a_disk_that_fails_halfway(
        self, home, published, disks, monkeypatch, files, how, reason
    ):
        place = disks.mount(home / "data", "size=256k")
        write, written = idx.write, []

        def refusing(path, array):
            write(path, array)
            written.append(path)
            if len(written) == files:
                getattr(disks, how)(place)

        monkeypatch.setattr(idx, "write", refusing)
        if not files:
            getattr(disks, how)(place)
        refused(run("data", "download", "mnist", "-q", expect=1), "data/mnist", reason)
        if how == "read_only":
            disks.writable(place)
        else:
            (place / "other").unlink()
        assert temporaries(place) == []
        whole_files(place, published.files)
        run("data", "download", "mnist", "-q")
        whole_files(place, published.files)

    @pytest.mark.parametrize("files", [1, 2, 3, 4])
    def test_a_folder_that_is_removed_in_the_middle(self, home, published, monkeypatch, files):
        write, written = idx.write, []

        def removing(path, array):
            write(path, array)
            written.append(path)
            if len(written) == files:
                shutil.rmtree(home / "data")

        monkeypatch.setattr(idx, "write", removing)
        result = run("data", "download", "mnist", "-q", expect=1)
        refused(result, "data/mnist", "No such file")
        assert temporaries(home) == []

    @pytest.mark.parametrize("size", [0, 100_000])
    def test_synthetic_digits_that_do_not_fit(self, home, monkeypatch, size):
        monkeypatch.setattr(synthetic, "TRAIN_COUNT", 600)
        monkeypatch.setattr(synthetic, "TEST_COUNT", 100)
        digits = np.zeros((600, 28, 28), np.uint8)
        labels = np.zeros(600, np.uint8)
        test = slice(100)
        arrays = FourArrays(digits, labels, digits[test], labels[test])
        monkeypatch.setattr(synthetic, "draw", lambda: arrays)
        with longest_file(size):
            result = run("data", "download", "synthetic", "-q", expect=1)
        refused(result, "cannot write data/synthetic/", "File too large", "--data-dir")
        assert temporaries(home) == []
        assert [p.name for p in home.rglob("*") if p.is_file() and "lock" in p.name] == []
