import os
import stat

import pytest

from nntrain.files import whole_file


def names(folder):
    return [path.name for path in folder.iterdir()]


def fail_half_way(path):
    with whole_file(path) as file:
        file.write(b"half")
        raise ZeroDivisionError


def test_the_file_appears_at_the_end_and_not_before(tmp_path):
    path = tmp_path / "a"
    with whole_file(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["a"]


def test_a_failure_leaves_the_old_file_and_no_temporary(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError):
        fail_half_way(path)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_an_interrupt_leaves_no_temporary(tmp_path):
    with pytest.raises(KeyboardInterrupt), whole_file(tmp_path / "a"):
        raise KeyboardInterrupt
    assert names(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_permissions_are_those_of_an_ordinary_new_file(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    with whole_file(tmp_path / "whole"):
        pass
    modes = {stat.S_IMODE((tmp_path / n).stat().st_mode) for n in ("plain", "whole")}
    assert len(modes) == 1
