"""Failing disks: full, small and read-only ones; and checks of what a command leaves on them."""

import os
import subprocess
import sys
from contextlib import contextmanager, suppress
from unittest import mock

import pytest

NO_BYTE_CODE = {"PYTHONDONTWRITEBYTECODE": "1"}
"""For whoever may not write whole files: cut byte code would break the package for everyone."""


class Disks:
    """File systems in memory, mounted wherever a test needs them."""

    def __init__(self):
        self.folders = []

    def mount(self, folder, options):
        """Mount one at a folder; skip the test if that is not allowed."""
        folder.mkdir(exist_ok=True)
        words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if sys.platform != "linux" or subprocess.run(words, capture_output=True).returncode:
            pytest.skip("only root may mount a file system, on Linux")
        self.folders.append(folder)
        return folder

    def read_only(self, folder):
        """Make a mounted one read-only."""
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)

    def writable(self, folder):
        """Make it writable again."""
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)

    def fill(self, folder):
        """Leave no space on a mounted one."""
        with suppress(OSError), (folder / "other").open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass

    def unmount(self):
        """Unmount the one that was mounted last."""
        subprocess.run(["umount", str(self.folders.pop())], check=True)


@contextmanager
def longest_file(size):
    """Limit files to ``size`` bytes: beyond, the error is the same as of a full disk."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    no_byte_code = mock.patch.object(sys, "dont_write_bytecode", True)
    with no_byte_code, mock.patch.dict(os.environ, NO_BYTE_CODE):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.executable, [sys.executable, "-m", "nntrain", *sys.argv[2:]])
"""


def limited(size, *words, stdout=subprocess.PIPE):
    """Run a command as a process of its own that may write no file longer than ``size`` bytes."""
    return subprocess.run(
        [sys.executable, "-S", "-c", LIMITED, str(size), *map(str, words)],
        env={**os.environ, **NO_BYTE_CODE},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
    )


def refused(result, *words):
    """Check that stderr is one line with the words in it."""
    (line,) = result.stderr.splitlines()
    for word in ("Error: ", *words):
        assert word in line


def temporaries(folder):
    return sorted(path.name for path in folder.rglob("*") if path.name.startswith("."))


def contents(folder):
    """Return the bytes of every file below a folder, by name."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
