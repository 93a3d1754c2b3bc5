import json
import os
import subprocess
import sys

import pytest

from nntrain.errors import RunError, SettingsError
from nntrain.experiments import store as opening
from nntrain.experiments.store import experiments
from nntrain.runs import run as runs
from nntrain.settings.compare import CompareSettings
from nntrain.settings.toml import read_toml
from tests.conftest import created
from tests.experiments.cluster import REPOSITORY
from tests.experiments.stores import (
    ORIGIN,
    SETTINGS,
    created_store,
    load,
    new,
    new_again,
    outcome,
    resumed_store,
)


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
        assert load(new_again(tmp_path), "k") is not None

    def test_overwrite_begins_anew(self, tmp_path):
        new(tmp_path).save("k", outcome())
        store = created_store(tmp_path / "runs", "a", "sweep", SETTINGS, overwrite=True)
        assert load(store, "k") is None

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
        with opening.create(tmp_path / "runs", "wrong", "sweep", SETTINGS, other) as store:
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
            "opening.resume(runs, 'a', 'sweep', settings, origin)",
            "opening.create(runs, 'a', 'sweep', settings, origin, overwrite=True)",
        ],
    )
    def test_it_is_held_for_the_block(self, tmp_path, mine, other):
        code = (
            "import json, pathlib, sys\n"
            "from nntrain.experiments import store as opening\n"
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
            opened = opening.resume(tmp_path / "runs", "a", "sweep", SETTINGS, ORIGIN)
        else:
            opened = opening.create(tmp_path / "runs", "a", "sweep", SETTINGS, ORIGIN)
        with opened as store:
            store.save("k", outcome())
            provenance = (store.path / "provenance.json").read_bytes()
            assert try_it().startswith("RunError Another process is at work")
            assert load(store, "k") is not None
            assert (store.path / "provenance.json").read_bytes() == provenance
        assert try_it() == "in\n"
