import errno
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntrain.errors import RunError
from nntrain.experiments.executors import Outcome
from nntrain.experiments.store import find
from tests.experiments.stores import load, new, new_again, outcome


def plain(outcome):
    return outcome


class TestOutcomes:
    def test_they_come_back(self, tmp_path):
        store, kept = new(tmp_path), outcome()
        store.save("hidden=[100,30] seed=0", kept)
        back = load(store, "hidden=[100,30] seed=0")
        assert back.document == kept.document
        assert back.arrays["w"].dtype == np.float32
        np.testing.assert_array_equal(back.arrays["w"], kept.arrays["w"])

    @pytest.mark.parametrize("key", ["../../up", "a/b", ".", "x" * 400, "η=0.1", "A", "a%2Fb"])
    def test_any_key_is_a_file_of_its_own(self, tmp_path, key):
        store = new(tmp_path)
        store.save(key, outcome(1))
        assert load(store, key).document["seed"] == 1
        (file,) = (store.path / "trainings").iterdir()
        assert file.suffix == ".npz"

    def test_missing(self, tmp_path):
        store = new(tmp_path)
        store.save("a", outcome())
        assert [key for key in "abc" if load(store, key) is None] == ["b", "c"]
        assert store.damaged == {}

    @given(st.data())
    @settings(max_examples=60)
    def test_whatever_is_damaged_is_missing_and_said(self, tmp_path_factory, data):
        store, kept = new(tmp_path_factory.mktemp("s")), outcome()
        store.save("a", kept)
        (path,) = (store.path / "trainings").iterdir()
        content = bytearray(path.read_bytes())
        cut = data.draw(st.integers(0, len(content)))
        spoilt = bytearray(content[:cut])
        for position in data.draw(st.lists(st.integers(0, len(content)), max_size=3)):
            if position < len(spoilt):
                spoilt[position] ^= data.draw(st.integers(1, 255))
        path.write_bytes(spoilt)
        back = load(store, "a")
        if back is None:
            assert "damaged" in store.damaged["a"]
        else:  # what was hit was no content
            assert back.document == kept.document
            np.testing.assert_array_equal(back.arrays["w"], kept.arrays["w"])

    def test_what_cannot_be_read_now_is_not_called_damaged(self, tmp_path, monkeypatch):
        store = new(tmp_path)
        store.save("a", outcome())

        def failing(*_, **__):
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr("zipfile.ZipFile.read", failing)
        with pytest.raises(RunError, match=r"Cannot read .*a\.npz: Input/output error"):
            load(store, "a")

        def out_of_memory(*_, **__):
            raise MemoryError

        monkeypatch.setattr("zipfile.ZipFile.read", out_of_memory)
        with pytest.raises(MemoryError):
            load(store, "a")
        monkeypatch.undo()
        assert load(store, "a") is not None

    def test_an_outcome_of_another_key_is_damage(self, tmp_path):
        store = new(tmp_path)
        store.save("a", outcome())
        (path,) = (store.path / "trainings").iterdir()
        path.rename(path.with_name("b.npz"))
        assert load(store, "b") is None
        assert "b" in store.damaged

    def test_one_that_was_saved_and_is_gone_or_damaged_is_told(self, tmp_path):
        store = new(tmp_path)
        store.save("k", outcome())
        assert store.saved("k", plain).document == outcome().document
        (path,) = (store.path / "trainings").iterdir()
        path.write_bytes(b"half")
        with pytest.raises(RunError, match=r"k\.npz is damaged.*--resume"):
            store.saved("k", plain)
        path.unlink()
        with pytest.raises(RunError, match=r"k\.npz was saved and is gone.*--resume"):
            new_again(tmp_path).saved("k", plain)

    def test_never_a_pickle(self, tmp_path):
        with pytest.raises(TypeError, match="pickled"):
            new(tmp_path).save("a", Outcome({}, {"w": np.array([{}])}))

    def test_a_full_disk_is_one_clear_line_and_leaves_what_was(self, tmp_path, monkeypatch):
        store = new(tmp_path)
        store.save("a", outcome(1))

        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(RunError, match="No space left on device"):
            store.save("a", outcome(2))
        assert load(store, "a").document["seed"] == 1
        assert len(list((store.path / "trainings").iterdir())) == 1


def test_find_by_name_and_by_path(tmp_path):
    store = new(tmp_path)
    assert find(tmp_path / "runs", "a").kind == "sweep"
    assert find(tmp_path / "elsewhere", str(store.path)).kind == "sweep"
    assert find(tmp_path / "runs", "b") is None
