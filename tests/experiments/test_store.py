import errno
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntrain.errors import NntrainError, RunError, SettingsError
from nntrain.experiments.executors.run import Outcome
from nntrain.experiments.store import Store, experiments, run_stored
from nntrain.runs import run as runs
from nntrain.settings.compare import CompareSettings
from nntrain.settings.toml import read_toml
from tests.conftest import created
from tests.experiments import tasks
from tests.experiments.cluster import REPOSITORY

SETTINGS = {"epochs": 3, "hidden": (100, 30), "output": "sigmoid+quadratic", "patience": None}


ORIGIN = {"dataset": "tiny", "sha256": {"images": "ab", "labels": "cd"}, "started": "today"}


def created_store(*words, **options):
    """Make an experiment's directory and let go of its lock."""
    with Store.create(*words, ORIGIN, **options) as store:
        return store


def resumed_store(*words, origin=ORIGIN):
    """Go on with an experiment and let go of its lock."""
    with Store.resume(*words, origin) as store:
        return store


def new(tmp_path, name="a", **changes):
    return created_store(tmp_path / "runs", name, "sweep", {**SETTINGS, **changes})


def new_again(tmp_path, name="a", **changes):
    return resumed_store(tmp_path / "runs", name, "sweep", {**SETTINGS, **changes})


def outcome(seed=0):
    arrays = {"w": np.random.default_rng(seed).normal(size=(3, 4)).astype(np.float32)}
    return Outcome({"seed": seed, "accuracy": 0.1 + 0.2, "list": [1, None]}, arrays)


class TestOpening:
    def test_settings_and_kind_are_written_as_toml(self, tmp_path):
        store = new(tmp_path, name_of_a="\x7f\"'\n\\σ")
        assert read_toml(store.path / "experiment.toml") == {
            "kind": "sweep",
            "epochs": 3,
            "hidden": [100, 30],
            "output": "sigmoid+quadratic",
            "name_of_a": "\x7f\"'\n\\σ",
        }

    def test_settings_may_be_a_dataclass(self, tmp_path):
        created_store(tmp_path, "a", "compare-costs", CompareSettings(epochs=2))
        assert resumed_store(tmp_path, "a", "compare-costs", CompareSettings(epochs=2))

    def test_default_names_never_meet(self, tmp_path):
        names = {new(tmp_path, None).path.name for _ in range(4)}
        assert len(names) == 4
        assert all("-sweep" in name for name in names)

    def test_nothing_is_overwritten_unasked(self, tmp_path):
        new(tmp_path).save("k", outcome())
        with pytest.raises(RunError, match=r"--resume.*--overwrite"):
            new(tmp_path)
        assert new_again(tmp_path).load("k") is not None

    def test_overwrite_begins_anew(self, tmp_path):
        new(tmp_path).save("k", outcome())
        store = created_store(tmp_path / "runs", "a", "sweep", SETTINGS, overwrite=True)
        assert store.load("k") is None

    def test_overwrite_never_removes_what_is_no_experiment(self, tmp_path):
        run = created(tmp_path / "runs", "a", "slug")
        run.write_text("settings.toml", "epochs = 1\n")
        with pytest.raises(RunError):
            created_store(tmp_path / "runs", "a", "sweep", SETTINGS, overwrite=True)
        assert (run.path / "settings.toml").exists()

    def test_single_runs_are_listed_without_experiments(self, tmp_path):
        run = created(tmp_path / "runs", "single", "slug")
        run.write_text("settings.toml", "epochs = 1\n")
        store = new(tmp_path)
        assert [one.name for one in runs.all_runs(tmp_path / "runs")] == ["single"]
        assert (tmp_path / "runs" / "latest").resolve().name == "single"
        assert [one.path for one in experiments(tmp_path / "runs")] == [store.path]

    @pytest.mark.parametrize("name", ["latest", "a/b", "..", ".hidden", "/etc", "a\nb"])
    def test_a_name_is_a_plain_name(self, tmp_path, name):
        with pytest.raises(SettingsError, match="--name"):
            new(tmp_path, name)

    def test_a_place_that_cannot_be_written_is_one_clear_line(self, tmp_path):
        (tmp_path / "runs").write_text("")
        with pytest.raises(RunError, match="Cannot write"):
            new(tmp_path)


class TestResuming:
    def test_by_name_and_without(self, tmp_path):
        stores = [new(tmp_path, "a"), new(tmp_path, "other", epochs=9)]
        for age, store in enumerate(stores):
            os.utime(store.path / "experiment.toml", (1000 + age, 1000 + age))
        assert new_again(tmp_path, "other", epochs=9).path.name == "other"
        assert new_again(tmp_path, None).path.name == "a"

    def test_the_newest_of_several_with_the_same_settings(self, tmp_path):
        for age, name in enumerate("bca"):
            path = new(tmp_path, name).path / "experiment.toml"
            os.utime(path, (1000 + age, 1000 + age))
        assert new_again(tmp_path, None).path.name == "a"

    @pytest.mark.parametrize("name", ["a", None])
    def test_differing_settings_are_named(self, tmp_path, name):
        new(tmp_path)
        with pytest.raises(
            SettingsError, match=r"epochs \(3 there, now 4\).*patience \(not set"
        ) as e:
            new_again(tmp_path, name, epochs=4, patience=2)
        assert "hidden" not in str(e.value)

    def test_how_it_is_run_does_not_count(self, tmp_path):
        new(tmp_path, jobs=1, threads=1, cluster="a", data_dir="x")
        assert new_again(tmp_path, jobs=2, threads=None, cluster=None, data_dir="y")

    def test_another_kind_is_another_experiment(self, tmp_path):
        new(tmp_path)
        with pytest.raises(SettingsError, match="kind"):
            resumed_store(tmp_path / "runs", "a", "compare-costs", SETTINGS)
        with pytest.raises(RunError, match="No compare-costs in"):
            resumed_store(tmp_path / "runs", None, "compare-costs", SETTINGS)

    def test_other_data_is_refused_and_nothing_is_changed(self, tmp_path):
        store = new(tmp_path)
        other = {**ORIGIN, "sha256": {"images": "ab", "labels": "ef"}}
        before = (store.path / "provenance.json").read_bytes()
        with pytest.raises(RunError, match="tiny is not what a was trained on"):
            resumed_store(tmp_path / "runs", "a", "sweep", SETTINGS, origin=other)
        assert (store.path / "provenance.json").read_bytes() == before

    def test_the_provenance_stays_and_has_each_resumption(self, tmp_path):
        new(tmp_path)
        for day in ("tomorrow", "later"):
            origin = {**ORIGIN, "started": day}
            store = resumed_store(tmp_path / "runs", "a", "sweep", SETTINGS, origin=origin)
        resumed = [{"started": "tomorrow"}, {"started": "later"}]
        assert store.provenance() == {**ORIGIN, "resumed": resumed}

    def test_without_a_provenance_it_has_one_again(self, tmp_path):
        store = new(tmp_path)
        (store.path / "provenance.json").unlink()
        new_again(tmp_path)
        assert store.provenance()["sha256"] == ORIGIN["sha256"]
        with pytest.raises(RunError, match="is not what a was trained on"):
            resumed_store(
                tmp_path / "runs", "a", "sweep", SETTINGS, origin={**ORIGIN, "sha256": {}}
            )

    def test_a_damaged_provenance_says_how_to_go_on(self, tmp_path):
        path = new(tmp_path).path / "provenance.json"
        path.write_text("{")
        with pytest.raises(RunError, match=r"provenance\.json cannot be read.*or remove it"):
            new_again(tmp_path)
        path.unlink()
        assert new_again(tmp_path)

    def test_of_several_alike_the_newest_on_the_same_data(self, tmp_path):
        other = {**ORIGIN, "sha256": {}}
        new(tmp_path, "right")
        with Store.create(tmp_path / "runs", "wrong", "sweep", SETTINGS, other) as store:
            os.utime(tmp_path / "runs" / "right" / "experiment.toml", (1000, 1000))
        assert new_again(tmp_path, None).path.name == "right"
        assert store.path.name == "wrong"

    def test_a_wrong_name_is_met_with_a_near_one(self, tmp_path):
        new(tmp_path, "layers")
        with pytest.raises(RunError, match="Did you mean 'layers'"):
            new_again(tmp_path, "layer")

    def test_nothing_there_at_all(self, tmp_path):
        with pytest.raises(RunError, match="leaving out --resume"):
            new_again(tmp_path, None)


class TestLock:
    @pytest.mark.parametrize("mine", ["create", "resume"])
    @pytest.mark.parametrize(
        "other",
        [
            "Store.resume(runs, 'a', 'sweep', settings, origin)",
            "Store.create(runs, 'a', 'sweep', settings, origin, overwrite=True)",
        ],
    )
    def test_it_is_held_for_the_block(self, tmp_path, mine, other):
        code = (
            "import json, pathlib, sys\n"
            "from nntrain.experiments.store import Store\n"
            "runs, settings, origin = pathlib.Path(sys.argv[1]), *map(json.loads, sys.argv[2:])\n"
            "try:\n"
            f"    with {other}: print('in')\n"
            "except Exception as error: print(type(error).__name__, error)\n"
        )

        def try_it():
            words = [str(tmp_path / "runs"), json.dumps(SETTINGS), json.dumps(ORIGIN)]
            env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
            done = subprocess.run(
                [sys.executable, "-c", code, *words], env=env, capture_output=True, text=True
            )
            return done.stdout or done.stderr

        if mine == "resume":
            new(tmp_path)
            opened = Store.resume(tmp_path / "runs", "a", "sweep", SETTINGS, ORIGIN)
        else:
            opened = Store.create(tmp_path / "runs", "a", "sweep", SETTINGS, ORIGIN)
        with opened as store:
            store.save("k", outcome())
            provenance = (store.path / "provenance.json").read_bytes()
            assert try_it().startswith("RunError Another process is at work")
            assert store.load("k") is not None
            assert (store.path / "provenance.json").read_bytes() == provenance
        assert try_it() == "in\n"


class TestOutcomes:
    def test_they_come_back(self, tmp_path):
        store, kept = new(tmp_path), outcome()
        store.save("hidden=[100,30] seed=0", kept)
        back = store.load("hidden=[100,30] seed=0")
        assert back.document == kept.document
        assert back.arrays["w"].dtype == np.float32
        np.testing.assert_array_equal(back.arrays["w"], kept.arrays["w"])

    @pytest.mark.parametrize("key", ["../../up", "a/b", ".", "x" * 400, "η=0.1", "A", "a%2Fb"])
    def test_any_key_is_a_file_of_its_own(self, tmp_path, key):
        store = new(tmp_path)
        store.save(key, outcome(1))
        assert store.load(key).document["seed"] == 1
        (file,) = (store.path / "trainings").iterdir()
        assert file.suffix == ".npz"

    def test_missing(self, tmp_path):
        store = new(tmp_path)
        store.save("a", outcome())
        assert store.missing(["a", "b", "c"]) == ["b", "c"]
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
        back = store.load("a")
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
            store.load("a")

        def out_of_memory(*_, **__):
            raise MemoryError

        monkeypatch.setattr("zipfile.ZipFile.read", out_of_memory)
        with pytest.raises(MemoryError):
            store.load("a")
        monkeypatch.undo()
        assert store.load("a") is not None

    def test_an_outcome_of_another_key_is_damage(self, tmp_path):
        store = new(tmp_path)
        store.save("a", outcome())
        (path,) = (store.path / "trainings").iterdir()
        path.rename(path.with_name("b.npz"))
        assert store.load("b") is None
        assert "b" in store.damaged

    def test_one_that_was_saved_and_is_gone_or_damaged_is_told(self, tmp_path):
        store = new(tmp_path)
        store.save("k", outcome())
        assert store.saved("k").document == outcome().document
        (path,) = (store.path / "trainings").iterdir()
        path.write_bytes(b"half")
        with pytest.raises(RunError, match=r"k\.npz is damaged.*--resume"):
            store.saved("k")
        path.unlink()
        with pytest.raises(RunError, match=r"k\.npz was saved and is gone.*--resume"):
            new_again(tmp_path).saved("k")

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
        assert store.load("a").document["seed"] == 1
        assert len(list((store.path / "trainings").iterdir())) == 1


class TestRunStored:
    @pytest.fixture
    def counted(self, tmp_path):
        """Work that leaves a file each time it is done."""
        (tmp_path / "done").mkdir()

        def work(seed):
            path = tmp_path / "done" / f"{seed}-{len(list((tmp_path / 'done').iterdir()))}"
            path.touch()
            if seed == 13:
                raise NntrainError("bad luck")
            return Outcome({"seed": seed, "pair": (1, 2)}, {"w": np.full(3, seed)})

        work.done = lambda: sorted(p.name.split("-")[0] for p in (tmp_path / "done").iterdir())
        return work

    def test_each_outcome_is_on_disk_before_it_is_yielded(self, tmp_path, counted):
        store = new(tmp_path)
        for key, got in run_stored(store, counted, {"a": 1, "b": 2}, jobs=1):
            there = store.load(key)
            assert there.document == got.document == {"seed": got.document["seed"], "pair": [1, 2]}

    def test_only_what_is_missing_is_done(self, tmp_path, counted):
        iterator = run_stored(new(tmp_path), counted, {"a": 1, "b": 2, "c": 3}, jobs=1)
        next(iterator), next(iterator)
        iterator.close()
        store = new_again(tmp_path)
        rest = dict(run_stored(store, counted, {"a": 1, "b": 2, "c": 3}, jobs=1))
        assert list(rest) == ["a", "b", "c"]
        assert counted.done() == ["1", "2", "3"]

    def test_what_came_before_an_error_is_kept(self, tmp_path, counted):
        store = new(tmp_path)
        with pytest.raises(NntrainError, match="bad luck"):
            dict(run_stored(store, counted, {"a": 1, "b": 13, "c": 3}, jobs=1))
        assert store.missing("abc") == ["b", "c"]

    def test_a_damaged_outcome_is_done_again(self, tmp_path, counted):
        store = new(tmp_path)
        dict(run_stored(store, counted, {"a": 1, "b": 2}, jobs=1))
        (store.path / "trainings" / "b.npz").write_bytes(b"PK\x03\x04 nonsense")
        again = dict(run_stored(store, counted, {"a": 1, "b": 2}, jobs=1))
        assert counted.done() == ["1", "2", "2"]
        assert again["b"].document["seed"] == 2
        assert list(store.damaged) == ["b"]

    def test_several_processes_store_the_same_bits(self, tmp_path):
        todo = {f"seed {seed}": seed for seed in range(3)}
        stores = [new(tmp_path, name) for name in "ab"]
        for store, jobs in zip(stores, (1, 2), strict=True):
            dict(run_stored(store, tasks.product, todo, jobs=jobs))
        for key in todo:
            here, there = (store.path / "trainings" / f"{key}.npz" for store in stores)
            assert here.read_bytes() == there.read_bytes()
