import errno
import os
import stat

import pytest

from nntrain.errors import NntrainError
from nntrain.storage.atomic import whole_file, write_asked


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


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_permissions_are_those_of_an_ordinary_new_file(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    with whole_file(tmp_path / "whole"):
        pass
    modes = {stat.S_IMODE((tmp_path / n).stat().st_mode) for n in ("plain", "whole")}
    assert len(modes) == 1


def test_a_file_that_was_asked_for_is_written_whole(tmp_path):
    write_asked(tmp_path / "a", "σ \udcff\n")
    assert (tmp_path / "a").read_bytes() == "σ \\udcff\n".encode()
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("number", "help_"), [(errno.ENOSPC, "Free some space"), (errno.EACCES, "Check that the")]
)
def test_one_that_cannot_be_is_an_error_that_says_why_and_leaves_the_old_one(
    tmp_path, monkeypatch, number, help_
):
    (tmp_path / "a").write_text("old")

    def refuse(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(NntrainError, match=f"Cannot write .*a: {os.strerror(number)}. {help_}"):
        write_asked(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]
