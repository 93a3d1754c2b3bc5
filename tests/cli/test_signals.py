"""A signal at any moment of any command: exit 130, one line, and nothing left behind."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from nntrain.cli import signals
from nntrain.runs.run import Run
from tests.cli.helpers import run
from tests.conftest import make_idx_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

SMALL = ("--hidden", "5", "--epochs", "3", "-q")
COMMANDS = {
    "fit": ("fit", "--dataset", "data", "--hidden", "5", "--epochs", "100000", "--name", "new"),
    "fit, to the end": ("fit", "--dataset", "data", *SMALL, "--name", "new"),
    "evaluate": ("evaluate", "base", "--predictions", "new.csv"),
    "predict": ("predict", "line.png", "--run", "base", "--csv", "new.csv"),
    "export": ("export", "base", "--output", "new.npz"),
    "compare-costs": (
        *("compare-costs", "--dataset", "data", *SMALL, "--seeds", "3", "--jobs", "2"),
        *("--name", "new"),
    ),
    "sweep": (
        *("sweep", "--dataset", "data", *SMALL, "--vary", "learning_rate=0.01,0.1"),
        *("--name", "new"),
    ),
}
LIFE_S = {"fit, to the end": 1.5, "compare-costs": 3.0, "sweep": 2.0}
BEGINS = (
    "import os; from nntrain.cli import signals; signals.begin(); os.write(1, b'!'); "
    "from nntrain.__main__ import main; main()"
)
"""Like ``python -m nntrain``, but it reports when our first lines have run."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A folder with a dataset and a finished run."""
    folder = tmp_path_factory.mktemp("interrupts")
    make_idx_folder(folder / "data", 600, 200, side=8)
    Image.fromarray(np.eye(28, dtype=np.uint8) * 255).save(folder / "line.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        run("fit", "--dataset", "data", *SMALL, "--name", "base")
    return folder


def interrupted(folder, words, number, wait_s):
    """Send a command a signal some time after its first line; return its exit and its stderr."""
    process = subprocess.Popen(
        [sys.executable, "-c", BEGINS, *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout.read(1) == b"!"
    time.sleep(wait_s)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    deadline = time.monotonic() + 10
    while _lives(process.pid):
        assert time.monotonic() < deadline, "a process of its session goes on"
        time.sleep(0.01)
    return process.returncode, stderr.decode()


def _lives(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def check(folder, name, rng):
    """Interrupt a command once at a random moment; return its exit code."""
    number = rng.choice(signals.SIGNALS)
    wait_s = rng.uniform(0, LIFE_S.get(name, 1.0))
    code, stderr = interrupted(folder, COMMANDS[name], number, wait_s)
    told = f"{name}, {number.name} after {wait_s:.3f} s: exit {code}\n{stderr}"
    assert code in (0, 130), told
    assert code == 0 or stderr.count("Error: Interrupted") == 1, told
    for word in ("Traceback", "ignored", "Aborted"):
        assert word not in stderr, told
    assert not list(folder.rglob(".*")), told
    assert code == 130 or name != "fit", told
    for new in folder.glob("new*"):
        new.unlink()
    shutil.rmtree(folder / "runs" / "new", ignore_errors=True)
    return code


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_at_some_random_moments(begun, name):
    rng = random.Random()
    for _ in range(3):
        check(begun, name, rng)


@pytest.mark.slow
def test_at_three_hundred_random_moments(begun):
    rng, codes = random.Random(1), Counter()
    for _ in range(300):
        codes[check(begun, rng.choice(list(COMMANDS)), rng)] += 1
    print(f"300 signals: {codes[130]} exits 130, {codes[0]} commands were through before")


def started(folder, *words, stderr=subprocess.PIPE, as_it_begins=None):
    """Start a command that SIGHUP ends as it does by default; wait for its first result."""

    def begin():
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        if as_it_begins:
            as_it_begins()

    process = subprocess.Popen(
        words,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        start_new_session=as_it_begins is None,
        preexec_fn=begin,
    )
    deadline = time.monotonic() + 60
    new = folder / "runs" / "new"
    while not ((new / "checkpoint.npz").exists() or list(new.glob("trainings/*"))):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


def has_ended(process, code):
    """Wait for the end of a command and of its session, and check that it left nothing."""
    _, stderr = process.communicate(timeout=60)
    deadline = time.monotonic() + 10
    while _lives(process.pid):
        assert time.monotonic() < deadline, "a process of its session goes on"
        time.sleep(0.01)
    assert process.returncode == code, stderr
    return (stderr or b"").decode()


@pytest.fixture
def new(begun):
    """The folder with a dataset, and ``runs/new`` in it for one test."""
    yield begun
    assert not list(begun.rglob(".*"))
    shutil.rmtree(begun / "runs" / "new")


PYTHON = (sys.executable, "-m", "nntrain")
MANY = ("compare-costs", "--dataset", "data", "--hidden", "5", "--jobs", "2", "--name", "new")


@pytest.mark.parametrize("terminal", [True, False])
def test_a_closed_terminal_is_handled_like_sigterm(new, terminal):
    """Where the process is alone in its terminal, and where a shell passes the signal on."""
    words = (*PYTHON, *COMMANDS["fit"])
    if terminal:
        inside, outside = os.openpty()
        process = started(
            new, *words, stderr=outside, as_it_begins=lambda: os.login_tty(os.dup(outside))
        )
        os.close(outside)
        os.close(inside)
        has_ended(process, 130)
    else:
        process = started(new, *words)
        os.killpg(process.pid, signal.SIGHUP)
        os.killpg(process.pid, signal.SIGHUP)
        stderr = has_ended(process, 130)
        assert "the run is saved" in stderr
        assert "Traceback" not in stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(new)
        epochs = len(Run(new / "runs" / "new").history()) + 1
        run("fit", "--resume", "new", "--epochs", epochs, "-q")


def test_a_closed_terminal_ends_an_experiment_with_its_processes(new):
    process = started(new, *PYTHON, *MANY, "--epochs", "1", "--seeds", "200")
    os.killpg(process.pid, signal.SIGHUP)
    stderr = has_ended(process, 130)
    assert "Error: Interrupted" in stderr
    assert "--resume" in stderr
    for word in ("Traceback", "ignored", "died", "leak"):
        assert word not in stderr


@pytest.mark.skipif(shutil.which("nohup") is None, reason="no nohup here")
@pytest.mark.parametrize("words", [("fit", "--dataset", "data", "--name", "new"), MANY])
def test_under_nohup_it_continues(new, words):
    process = started(new, "nohup", *PYTHON, *words, "--epochs", "20")
    for _ in range(3):
        os.killpg(process.pid, signal.SIGHUP)
        time.sleep(0.1)
    has_ended(process, 0)


SWALLOWS = """
import os, signal
try:
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(1000): pass
except BaseException:
    pass
"""
FINALISES = """
import os, signal
class Thing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000): pass
def work():
    Thing()
"""

HALF_MADE = """
import os, signal, zipfile
from nntrain.storage import atomic
zipfile.ZipFile("empty.zip", "w").close()
class Interrupted(zipfile.ZipFile):
    def __init__(self, file):
        self.fp = open(file, "rb")
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000): pass
        super().__init__(file)
zipfile.ZipFile = Interrupted
def work():
    atomic.open_zip("empty.zip").close()
"""


@pytest.mark.parametrize(
    ("module", "work"),
    [
        (SWALLOWS, "__import__('module')"),
        (FINALISES, "module.work()"),
        (HALF_MADE, "module.work()"),
    ],
)
def test_an_interrupt_is_not_lost_where_an_exception_would_be(tmp_path, module, work):
    (tmp_path / "module.py").write_text(module)
    code = f"""
import time
from nntrain.cli import signals
signals.begin()
def work():
    {work}
    time.sleep(20)
{"" if "import" in work else "import module"}
try:
    signals.as_exceptions(work)
except KeyboardInterrupt:
    print("it came")
"""
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("it came\n", "", 0)


AT_EVERY_INSTRUCTION = """
import contextlib, os, signal, sys, time
from pathlib import Path
from nntrain.storage import atomic, locks
from nntrain.cli import signals

signals.begin()
watched = (atomic.__file__, locks.__file__, contextlib.__file__)
left = 0

def trace(frame, event, _):
    global left
    if frame.f_code.co_filename not in watched:
        return None
    frame.f_trace_opcodes = True
    if event == "opcode":
        left -= 1
        if left == 0:
            signal.raise_signal(signal.SIGTERM)
    return trace

def work():
    sys._getframe().f_trace_opcodes = True  # Python 3.12: settrace asks if any frame has it
    sys.settrace(trace)
    with locks.locked(Path("lock"), print), atomic.whole_file(Path("file")) as file:
        file.write(b"whole")
    sys.settrace(None)
    time.sleep(0 if left > 0 else 10)

for number in range(1, 10_000):
    left = number
    try:
        signals.as_exceptions(work)
        assert left > 0, f"the one at {number} was lost"
    except KeyboardInterrupt:
        sys.settrace(None)
    if left > 0:
        print(number)
        break
    found = [(path.name, path.read_bytes()) for path in Path().iterdir()]
    assert found in ([], [("file", b"whole")]), (number, found)
    Path("file").unlink(missing_ok=True)
"""


def test_at_every_instruction_of_what_makes_files_and_locks(tmp_path):
    words = [sys.executable, "-c", AT_EVERY_INSTRUCTION]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    assert int(done.stdout) > 200
