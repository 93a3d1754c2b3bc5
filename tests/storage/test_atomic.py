import errno
import os
import stat
import subprocess
import sys
import threading

import pytest

from nntrain.errors import NntrainError
from nntrain.storage.atomic import whole_file, write_asked
from tests.kills import lonely


def names(folder):
    return [path.name for path in folder.iterdir()]


def fail_half_way(path, failure):
    with whole_file(path) as file:
        file.write(b"half")
        raise failure


def test_the_file_appears_at_the_end_and_not_before(tmp_path):
    path = tmp_path / "a"
    with whole_file(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("failure", [ZeroDivisionError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_no_temporary(tmp_path, failure):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(failure):
        fail_half_way(path, failure)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


WRITES_AND_WAITS = """
import signal
from pathlib import Path
from nntrain.storage.atomic import whole_file
with whole_file(Path("a")) as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    signal.pause()
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_the_next_write_removes_temporaries_of_killed_processes_but_not_of_living_ones(tmp_path):
    words = [sys.executable, "-c", WRITES_AND_WAITS]
    other = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline() == b"writing\n"
        (temporary,) = names(tmp_path)
        for mine in (".b.1-2.part", ".notes.part", "c.1-2.part"):  # one is of a killed process
            (tmp_path / mine).touch()
        with whole_file(tmp_path / "b"):
            pass
        assert sorted(names(tmp_path)) == sorted([temporary, ".notes.part", "b", "c.1-2.part"])
    finally:
        other.kill()
        other.communicate(timeout=30)
    with whole_file(tmp_path / "b"):
        pass
    assert sorted(names(tmp_path)) == [".notes.part", "b", "c.1-2.part"]


KILLED_AT_EVERY_LINE = """
from pathlib import Path
from nntrain.storage import atomic, locks
from tests.kills import at_every_line

def work():
    with atomic.whole_file(Path("a")) as file:
        file.write(b"new")

Path("a").write_bytes(b"old")
contents, temporaries = set(), 0
for number in at_every_line(work, atomic, locks):
    contents.add(Path("a").read_bytes())
    temporaries += len(list(Path().glob(".*")))
    work()
    assert [path.name for path in Path().iterdir()] == ["a"], number
    Path("a").write_bytes(b"old")
print(number, temporaries, sorted(contents))
"""


@pytest.mark.skipif(os.name == "nt", reason="forks and SIGKILL")
def test_a_kill_at_any_line_leaves_the_old_or_the_new_file_and_nothing_behind_for_good(tmp_path):
    points, temporaries, contents = lonely(KILLED_AT_EVERY_LINE, tmp_path).split(maxsplit=2)
    assert int(points) > int(temporaries) > 5
    assert contents == "[b'new', b'old']\n"


def test_threads_writing_into_one_folder_do_not_interfere(tmp_path):
    failures = []

    def write(number):
        try:
            for _ in range(100):
                with whole_file(tmp_path / f"{number}") as file:
                    file.write(b"whole")
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"whole"}


@pytest.mark.skipif(os.name == "nt", reason="Windows opens no folder")
def test_the_new_name_is_on_the_disk_too(tmp_path, monkeypatch):
    synced = []

    def fsync(descriptor):
        synced.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), (tmp_path / "a").exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    with whole_file(tmp_path / "a"):
        pass
    assert synced == [(False, False), (True, True)]  # the file, its new name, then the folder


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EACCES])
def test_a_folder_that_cannot_be_synced_is_not_a_failure(tmp_path, monkeypatch, number):
    fsync = os.fsync

    def refuse_folders(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse_folders)
    write_asked(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_permissions_are_those_of_an_ordinary_new_file(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    with whole_file(tmp_path / "whole"):
        pass
    modes = {stat.S_IMODE((tmp_path / n).stat().st_mode) for n in ("plain", "whole")}
    assert len(modes) == 1


def test_a_requested_file_is_written_whole(tmp_path):
    write_asked(tmp_path / "a", "σ \udcff\n")
    assert (tmp_path / "a").read_bytes() == "σ \\udcff\n".encode()
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("number", "help_"), [(errno.ENOSPC, "Free some space"), (errno.EACCES, "Check that the")]
)
def test_a_failed_write_says_why_and_leaves_the_old_file(tmp_path, monkeypatch, number, help_):
    (tmp_path / "a").write_text("old")

    def refuse(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(NntrainError, match=f"Cannot write .*a: {os.strerror(number)}. {help_}"):
        write_asked(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]
