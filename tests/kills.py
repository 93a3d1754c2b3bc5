"""Kills: a process that SIGKILL ends at its n-th access to a file or its n-th line, for every n.

Each is a fork, so that a hundred of them load the program once. To be used by a process of its
own with one thread, which ``lonely`` starts: forks of one with several are not safe.
"""

import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
ACCESSES = ("open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink")


def at_every_access(work):
    """Yield n once ``work()`` was killed before its n-th access below the working directory.

    It ends with the n before which ``work`` is through.
    """
    here = f"{Path.cwd()}{os.sep}"

    def watch(step):
        def look(event, arguments):
            if event in ACCESSES and isinstance(arguments[0], str | Path):
                path = os.path.abspath(arguments[0])  # noqa: PTH100 - asks no file system
                if path.startswith(here):
                    step()

        sys.addaudithook(look)

    yield from _killed(work, watch)


def at_every_line(work, *modules):
    """Yield n once ``work()`` was killed before its n-th line in the modules, likewise."""
    files = [module.__file__ for module in modules]

    def watch(step):
        def look(frame, event, _):
            if frame.f_code.co_filename not in files:
                return None
            if event == "line":
                step()
            return look

        sys.settrace(look)

    yield from _killed(work, watch)


def _killed(work, watch):
    """Yield n once ``work()`` was killed at its n-th step; ``watch`` gets the step counter."""
    for number in count(1):
        child = os.fork()
        if not child:
            _work_until(number, work, watch)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert ended in (0, -signal.SIGKILL), ended
        if not ended:
            return
        yield number


def _work_until(number, work, watch):
    left = number

    def step():
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    watch(step)
    try:
        work()
    except BaseException as error:
        os.write(2, f"{error!r}\n".encode())
        os._exit(1)
    os._exit(0)


def lonely(code, folder):
    """Run Python code as a process with one thread in a folder; return what it printed."""
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, **threads, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.stderr, done.returncode) == ("", 0), done.stderr
    return done.stdout
