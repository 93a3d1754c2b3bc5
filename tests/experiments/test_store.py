import errno
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntrain.errors import RunError, SettingsError
from nntrain.experiments import store as stores
from nntrain.experiments.executors import Outcome
from nntrain.experiments.store import experiments, find
from nntrain.runs import run as runs
from nntrain.settings.toml import read_toml
from tests.conftest import created
from tests.experiments.cluster import REPOSITORY
from tests.experiments.helpers import ORIGIN, SETTINGS, load, new, new_again, outcome, plain

OTHER_DATA = {**ORIGIN, "sha256": {"images": "ab", "labels": "ef"}}


def the_file(store):
    (path,) = (store.path / "trainings").iterdir()
    return path


class TestOutcomes:
    @pytest.mark.parametrize("key", ["../../up", "a/b", ".", "x" * 400, "η=0.1", "A", "a%2Fb",
                                     "hidden=[100,30] seed=0"])  # fmt: skip
    def test_every_key_has_its_own_file_and_comes_back(self, tmp_path, key):
        store, kept = new(tmp_path), outcome(1)
        store.save(key, kept)
        back = load(store, key)
        assert back.document == kept.document
        assert back.arrays["w"].dtype == np.float32
        np.testing.assert_array_equal(back.arrays["w"], kept.arrays["w"])
        assert the_file(store).name.endswith(".npz")

    def test_missing(self, tmp_path):
        store = new(tmp_path)
        store.save("a", outcome())
        assert [key for key in "abc" if load(store, key) is None] == ["b", "c"]
        assert store.damaged == {}

    @given(st.data())
    @settings(max_examples=60)
    def test_a_damaged_outcome_counts_as_missing_and_is_reported(self, tmp_path_factory, data):
        store, kept = new(tmp_path_factory.mktemp("s")), outcome()
        store.save("a", kept)
        path = the_file(store)
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

    @pytest.mark.parametrize(
        ("error", "expected"),
        [
            (OSError(errno.EIO, "Input/output error"), (RunError, "Cannot read .*a.npz: Input")),
            (MemoryError("no room"), (MemoryError, "no room")),
        ],
    )
    def test_a_file_that_cannot_be_read_now_is_not_called_damaged(
        self, tmp_path, monkeypatch, error, expected
    ):
        def failing(*_, **__):
            raise error

        store = new(tmp_path)
        store.save("a", outcome())
        with monkeypatch.context() as patched:
            patched.setattr("zipfile.ZipFile.read", failing)
            with pytest.raises(expected[0], match=expected[1]):
                load(store, "a")
        assert load(store, "a") is not None

    def test_an_outcome_of_another_key_is_damaged(self, tmp_path):
        store = new(tmp_path)
        store.save("a", outcome())
        the_file(store).rename(store.path / "trainings" / "b.npz")
        assert load(store, "b") is None
        assert "b" in store.damaged

    def test_a_saved_outcome_that_is_missing_or_damaged_is_reported(self, tmp_path):
        store = new(tmp_path)
        store.save("k", outcome())
        assert store.saved("k", plain).document == outcome().document
        the_file(store).write_bytes(b"half")
        with pytest.raises(RunError, match=r"k\.npz is damaged.*--resume"):
            store.saved("k", plain)
        the_file(store).unlink()
        with pytest.raises(RunError, match=r"k\.npz was saved but is missing.*--resume"):
            store.saved("k", plain)

    def test_never_a_pickle(self, tmp_path):
        with pytest.raises(TypeError, match="pickled"):
            new(tmp_path).save("a", Outcome({}, {"w": np.array([{}])}))

    def test_a_full_disk_is_one_clear_line_and_leaves_the_old_file(self, tmp_path, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        store = new(tmp_path)
        store.save("a", outcome(1))
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(RunError, match="No space left on device"):
            store.save("a", outcome(2))
        assert load(store, "a").document["seed"] == 1
        assert the_file(store)


class TestCreating:
    def test_settings_and_kind_are_written_as_toml(self, tmp_path):
        store = new(tmp_path, name_of_a="\x7f\"'\n\\σ")
        assert read_toml(store.path / "experiment.toml") == {
            "kind": "sweep",
            "epochs": 3,
            "hidden": [100, 30],
            "output": "sigmoid+quadratic",
            "name_of_a": "\x7f\"'\n\\σ",
        }
        assert "-sweep" in new(tmp_path, None).path.name

    def test_nothing_is_overwritten_unasked(self, tmp_path):
        new(tmp_path).save("k", outcome())
        with pytest.raises(RunError, match=r"another name.*overwrite=True"):
            new(tmp_path)
        assert load(new_again(tmp_path), "k") is not None
        assert load(new(tmp_path, overwrite=True), "k") is None

    def test_a_run_is_not_an_experiment(self, tmp_path):
        run = created(tmp_path / "runs", "single", "slug")
        run.write_text("settings.toml", "epochs = 1\n")
        with pytest.raises(RunError):
            new(tmp_path, "single", overwrite=True)
        store = new(tmp_path)
        assert [one.name for one in runs.all_runs(tmp_path / "runs")] == ["single"]
        assert (tmp_path / "runs" / "latest").resolve().name == "single"
        assert [one.path for one in experiments(tmp_path / "runs")] == [store.path]

    def test_found_by_name_and_by_path(self, tmp_path):
        store = new(tmp_path)
        assert find(tmp_path / "runs", "a").kind == "sweep"
        assert find(tmp_path / "elsewhere", str(store.path)).kind == "sweep"
        assert find(tmp_path / "runs", "b") is None


class TestResuming:
    @pytest.fixture
    def aged(self, tmp_path):
        """A function that makes experiments, each younger than the one before."""

        def make(name, **changes):
            path = new(tmp_path, name, **changes).path / "experiment.toml"
            age = 1000 + len(experiments(tmp_path / "runs"))
            os.utime(path, (age, age))

        return make

    def test_by_name_or_the_newest_with_the_same_settings(self, tmp_path, aged):
        for name in "bca":
            aged(name)
        aged("other", epochs=9)
        assert new_again(tmp_path, "b").path.name == "b"
        assert new_again(tmp_path, None).path.name == "a"

    def test_of_several_with_the_same_settings_the_newest_on_the_same_data(self, tmp_path, aged):
        aged("right")
        aged("wrong", origin=OTHER_DATA)
        assert new_again(tmp_path, None).path.name == "right"

    @pytest.mark.parametrize("name", ["a", None])
    def test_differing_settings_are_named(self, tmp_path, name):
        new(tmp_path)
        words = r"epochs \(3 there, now 4\); patience \(not set there, now 2\)\. "
        with pytest.raises(SettingsError, match=words):
            new_again(tmp_path, name, epochs=4, patience=2)

    def test_settings_without_effect_may_differ(self, tmp_path):
        new(tmp_path, jobs=1, threads=1, cluster="a", data_dir="x")
        assert new_again(tmp_path, jobs=2, threads=None, cluster=None, data_dir="y")

    def test_another_kind_is_another_experiment(self, tmp_path):
        new(tmp_path)
        with pytest.raises(SettingsError, match=r"kind.*nntrain sweep --resume"):
            new_again(tmp_path, kind="compare-costs")
        with pytest.raises(RunError, match=r"No compare-costs in .*Leave out --resume"):
            new_again(tmp_path, None, kind="compare-costs")

    def test_a_wrong_name_gets_a_suggestion(self, tmp_path):
        new(tmp_path, "layers")
        with pytest.raises(RunError, match=r"Did you mean 'layers'.*Leave out --resume"):
            new_again(tmp_path, "layer")

    def test_other_data_is_refused_and_nothing_is_changed(self, tmp_path):
        path = new(tmp_path).path / "provenance.json"
        before = path.read_bytes()
        with pytest.raises(RunError, match="tiny is not what a was trained on"):
            new_again(tmp_path, origin=OTHER_DATA)
        assert path.read_bytes() == before

    def test_the_provenance_is_kept_and_records_each_resumption(self, tmp_path):
        new(tmp_path)
        resumed = [{"started": "tomorrow"}, {"started": "later"}]
        for change in resumed:
            store = new_again(tmp_path, origin={**ORIGIN, **change})
        assert store.provenance() == {**ORIGIN, "resumed": resumed}

    def test_a_missing_provenance_is_written_again(self, tmp_path):
        path = new(tmp_path).path / "provenance.json"
        path.write_text("{")
        with pytest.raises(RunError, match=r"Cannot read .*provenance\.json.*or remove it"):
            new_again(tmp_path)
        path.unlink()
        assert new_again(tmp_path).provenance()["sha256"] == ORIGIN["sha256"]
        with pytest.raises(RunError, match="is not what a was trained on"):
            new_again(tmp_path, origin=OTHER_DATA)

    def test_the_same_arrays_under_other_labels_are_other_data(self, tmp_path):
        path = new(tmp_path).path / "provenance.json"
        path.write_text(json.dumps({**ORIGIN, "labels": ["a", "b"]}))
        for origin in (ORIGIN, {**ORIGIN, "labels": ["a", "c"]}):
            with pytest.raises(RunError, match=r"trained on: its labels differ\. Restore"):
                new_again(tmp_path, origin=origin)
        assert new_again(tmp_path, origin={**ORIGIN, "labels": ["a", "b"]})


@pytest.mark.parametrize(
    ("mine", "other"), [("create", "resume(*words)"), ("resume", "create(*words, overwrite=True)")]
)
def test_the_lock_is_held_for_the_block(tmp_path, mine, other):
    code = (
        "import json, pathlib, sys\n"
        "from nntrain.experiments.store import create, resume\n"
        "words = pathlib.Path(sys.argv[1]), 'a', 'sweep', *map(json.loads, sys.argv[2:])\n"
        "try:\n"
        f"    with {other}: print('in')\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )

    def try_it():
        words = [str(tmp_path / "runs"), json.dumps(SETTINGS), json.dumps(ORIGIN)]
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
        ).stdout

    if mine == "resume":
        new(tmp_path)
    with getattr(stores, mine)(tmp_path / "runs", "a", "sweep", SETTINGS, ORIGIN) as store:
        store.save("k", outcome())
        provenance = (store.path / "provenance.json").read_bytes()
        assert try_it().startswith("RunError Another process is using")
        assert load(store, "k") is not None
        assert (store.path / "provenance.json").read_bytes() == provenance
    assert try_it() == "in\n"
