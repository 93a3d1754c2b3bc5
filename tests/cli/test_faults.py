"""A disk, a directory or another process in the way of a run: one clear line, nothing lost."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from nntrain.runs.run import Run, find
from tests.cli.disks import longest_file, refused, temporaries
from tests.cli.helpers import process, run
from tests.conftest import make_idx_folder

posix = pytest.mark.skipif(os.name != "posix", reason="limits and signals of POSIX")
EPOCHS = 30
TINY_NETWORK = ("--hidden", "20", "--epochs", EPOCHS, "--batch-size", "10")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Images of 4 × 4 pixels, so that the history is soon longer than the other files."""
    return make_idx_folder(tmp_path_factory.mktemp("d") / "data", 60, 20, classes=3, side=4)


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """The run without faults."""
    runs_dir = tmp_path_factory.mktemp("whole")
    words = ("--dataset", data, *TINY_NETWORK, "--runs-dir", runs_dir, "--name", "a")
    run("fit", *words, "-q")
    return Run(runs_dir / "a")


def begin(data, *words, expect=0):
    return run("fit", "--dataset", data, *TINY_NETWORK, "--name", "a", "-q", *words, expect=expect)


def without_times(history):
    return [{k: v for k, v in line.items() if "second" not in k} for line in history]


def same(one, two):
    assert (one.path / "model.npz").read_bytes() == (two.path / "model.npz").read_bytes()
    assert without_times(one.history()) == without_times(two.history())


@posix
class TestFullDisk:
    @pytest.mark.parametrize(
        ("size", "file"),
        [
            (100, "provenance.json"),
            (2000, "model.npz"),
            (4500, "checkpoint.npz"),
            (9000, "history.jsonl"),
        ],
    )
    def test_any_file_that_does_not_fit_is_named_and_training_resumes_later(
        self, home, data, whole, size, file
    ):
        with longest_file(size):
            result = begin(data, expect=1)
        refused(result, f"Cannot write runs/a/{file}: File too large", "Free some space")
        assert "Earlier results are intact" in result.stderr
        assert temporaries(home) == []
        if file == "provenance.json":
            begin(data)
        else:
            run("fit", "--resume", "a", "-q")
        same(Run(home / "runs" / "a"), whole)

    def test_a_disk_that_is_full_in_the_middle(self, home, data, whole, disks, at_event):
        space = disks.mount(home / "small", "size=128k")

        at_event(20, lambda: disks.fill(space))
        refused(begin(data, "--runs-dir", space, expect=1), "No space left on device", "Free some")
        assert temporaries(space) == []
        interrupted = Run(space / "a")
        history = without_times(interrupted.history())
        assert 0 < len(history) < EPOCHS
        assert history == without_times(whole.history())[: len(history)]
        assert interrupted.model()
        (space / "other").unlink()
        run("fit", "--resume", "a", "--runs-dir", space, "-q")
        same(interrupted, whole)

    def test_a_report_that_does_not_fit_is_made_later(self, home, data, whole, at_event):
        with ExitStack() as stack:
            at_event(2 * EPOCHS, lambda: stack.enter_context(longest_file(1000)))
            refused(begin(data, expect=1), "Cannot write runs/a/evaluation.json")
        same(Run(home / "runs" / "a"), whole)
        run("evaluate", "a", "-q")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a full device")
    @pytest.mark.parametrize("words", [(), ("--json",), ("-q",)])
    def test_a_report_to_a_full_place_is_one_line(self, home, data, words):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "nntrain", "fit", "--dataset", str(data)),
                    *("--hidden", "3", "--epochs", "1", "-q", *words),
                ],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
            )
        assert done.returncode == 1
        assert done.stderr == "Error: No space left on device.\n"


class TestReadOnly:
    def test_from_the_beginning(self, home, data, disks):
        place = disks.mount(home / "disk", "ro")
        refused(
            begin(data, "--runs-dir", place, expect=1),
            "Cannot write",
            "Read-only file system",
            "--runs-dir",
        )

    def test_in_the_middle(self, home, data, whole, disks, at_event):
        at_event(20, lambda: disks.mount(home / "runs" / "a", "ro"))
        refused(begin(data, expect=1), "Cannot write runs/a/", "Read-only file system")
        disks.unmount()
        run("fit", "--resume", "a", "-q")
        same(Run(home / "runs" / "a"), whole)

    @pytest.mark.parametrize("words", [("fit", "--resume", "a"), ("fit", "--overwrite")])
    def test_a_run_on_such_a_disk_can_be_looked_at_but_not_changed(
        self, home, data, whole, disks, words
    ):
        place = disks.mount(home / "disk", "size=1m")
        shutil.copytree(whole.path, place / "a")
        disks.read_only(place)
        more = ("--dataset", data, "--name", "a") if "--overwrite" in words else ("--epochs", 99)
        refused(run(*words, *more, "--runs-dir", place, "-q", expect=1), "Read-only file system")
        assert "correct" in run("evaluate", "a", "--runs-dir", place, "-q").stdout

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
    def test_permissions(self, home, data, whole, at_event):
        folder = home / "runs" / "a"
        at_event(20, lambda: folder.chmod(0o500))
        refused(begin(data, expect=1), "Cannot write runs/a/", "Permission denied")
        folder.chmod(0o700)
        run("fit", "--resume", "a", "-q")
        same(Run(folder), whole)


class TestRemoved:
    @pytest.mark.parametrize("event", [1, 2, 33, 10 * EPOCHS])
    def test_in_the_middle_is_one_clear_line(self, home, data, at_event, event):
        at_event(event, lambda: shutil.rmtree(home / "runs" / "a"))
        begin(data, expect=0 if event > 3 * EPOCHS else 1)
        assert event > 3 * EPOCHS or not (home / "runs" / "a").exists()

    def test_with_all_runs(self, home, data, at_event):
        at_event(5, lambda: shutil.rmtree(home / "runs"))
        refused(begin(data, expect=1), "Cannot write runs/a/", "No such file")
        assert list(home.iterdir()) == []

    def test_before_its_report(self, home, data, at_event):
        at_event(2 * EPOCHS, lambda: shutil.rmtree(home / "runs" / "a"))
        refused(begin(data, expect=1), "runs/a")

    def test_another_in_its_place_is_left_alone(self, home, data, at_event):
        """Its lock too: the file is another one."""
        folder = home / "runs" / "a"

        def replace():
            shutil.rmtree(folder)
            folder.mkdir()
            (folder / ".lock").write_text("another's")

        at_event(2 * EPOCHS, replace)
        refused(begin(data, expect=1), "runs/a")
        assert (folder / ".lock").read_text() == "another's"


def long_run(home, data):
    """Start a longer training as a process and wait until its run directory is there."""
    words = ("--hidden", "3", "--batch-size", "10", "--epochs", "100000", "--name", "long")
    running = process("fit", "--dataset", data, *words, cwd=home, start=True)
    deadline = time.monotonic() + 60
    while not (home / "runs" / "long" / "history.jsonl").exists():
        assert time.monotonic() < deadline, running.communicate(timeout=5)
        time.sleep(0.01)
    return running


@posix
class TestTwoProcesses:
    def test_the_second_is_refused_until_the_first_has_ended(self, home, data):
        running = long_run(home, data)
        for words in (["--resume", "long"], ["--name", "long"], ["--name", "long", "--overwrite"]):
            more = () if "--resume" in words else ("--dataset", data)
            result = run("fit", *words, *more, "-q", expect=1)
            refused(result, "Another process is using runs/long.")
        assert running.poll() is None
        assert find(home / "runs", "long").settings().epochs == 100_000
        running.send_signal(signal.SIGTERM)
        assert "--resume long" in running.communicate(timeout=30)[1]
        assert temporaries(home) == []

    def test_a_killed_process_holds_no_lock_on_its_run(self, home, data):
        running = long_run(home, data)
        running.kill()
        running.communicate(timeout=30)
        begun = find(home / "runs", "long")
        assert (begun.path / ".lock").exists()
        (begun.path / ".model.npz.1-2.part").write_bytes(b"half")
        epochs = len(begun.history()) + 5
        run("fit", "--resume", "long", "--epochs", epochs, "-q")
        assert [line["epoch"] for line in begun.history()] == list(range(1, epochs + 1))
        assert temporaries(home) == []


@posix
class TestInterrupts:
    """Each signal goes through the handlers that a real one goes through."""

    def interrupted(self, result):
        assert result.exit_code == 130
        error, advice = result.stderr.splitlines()[-2:]
        assert error.startswith("Error: Interrupted")
        assert advice == "  nntrain fit --resume a"

    @pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
    @pytest.mark.parametrize("event", [1, 2, 7, 2 * EPOCHS])
    def test_the_first_interrupt_saves_the_current_state(
        self, home, data, whole, at_event, sent, event
    ):
        at_event(event, lambda: signal.raise_signal(sent))
        result = begin(data, expect=130)
        self.interrupted(result)
        assert "the run is saved" in result.stderr
        assert temporaries(home) == []
        run("fit", "--resume", "a", "-q")
        same(Run(home / "runs" / "a"), whole)

    @pytest.mark.parametrize("event", [1, 2, 7, 2 * EPOCHS])
    def test_the_second_interrupt_quits_immediately_and_loses_only_what_was_not_saved(
        self, home, data, whole, at_event, event
    ):
        def twice():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

        at_event(event, twice)
        result = begin(data, expect=130)
        self.interrupted(result)
        assert "immediately; the last checkpoint is intact" in result.stderr
        assert temporaries(home) == []
        run("fit", "--resume", "a", "-q")
        same(Run(home / "runs" / "a"), whole)

    @pytest.mark.parametrize("name", ["checkpoint.npz", "model.npz", "evaluation.json"])
    def test_in_the_middle_of_a_write(self, home, data, whole, monkeypatch, name):
        fsync, sent = os.fsync, []

        def interrupt(descriptor):
            target = str(Path(f"/proc/self/fd/{descriptor}").readlink())
            if name in target and len(sent) < 2:
                sent.append(signal.raise_signal(signal.SIGINT))
                if name != "evaluation.json":
                    sent.append(signal.raise_signal(signal.SIGINT))
            fsync(descriptor)

        if not Path("/proc/self/fd").exists():
            pytest.skip("reads /proc")
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", interrupt)
            self.interrupted(begin(data, expect=130))
        assert temporaries(home) == []
        run("fit", "--resume", "a", "-q")
        same(Run(home / "runs" / "a"), whole)


def test_two_real_interrupts_one_after_the_other(home, data):
    running = long_run(home, data)
    running.send_signal(signal.SIGINT)
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Traceback" not in stderr
    assert "nntrain fit --resume long" in stderr
    begun = find(home / "runs", "long")
    assert begun.model()
    epochs = len(begun.history()) + 2
    run("fit", "--resume", "long", "--epochs", epochs, "-q")
    assert len(begun.history()) == epochs
