import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from nntrain.errors import RunError, SettingsError
from nntrain.nn.optimizer import SGD
from nntrain.nn.training import Trainer
from nntrain.runs import run as runs
from nntrain.runs.latest import note_on_latest
from nntrain.settings.fit import FitSettings
from tests.conftest import created
from tests.nn.helpers import blobs, make_network


def new_run(tmp_path, name=None):
    run = created(tmp_path / "runs", name, "slug")
    run.write_json("provenance.json", {"started": datetime.now(UTC).isoformat()})
    run.write_settings(FitSettings())
    return run


def make_training(epochs=3, seed=0):
    sgd = SGD(epochs, 10, 0.3, momentum=0.9)
    return Trainer(
        make_network((16, 8, 4)), blobs(100), blobs(50, 1), sgd, np.random.default_rng(seed)
    )


class TestCreate:
    def test_default_names_are_time_and_slug_and_never_collide(self, tmp_path):
        paths = [created(tmp_path, None, "slug").path for _ in range(5)]
        assert len(set(paths)) == 5
        assert all("-slug" in path.name for path in paths)

    def test_a_directory_called_latest_is_left_alone_and_nothing_beside_it(self, tmp_path):
        (tmp_path / "runs" / "latest").mkdir(parents=True)
        created(tmp_path / "runs", "a", "slug")
        assert {path.name for path in (tmp_path / "runs").iterdir()} == {"latest", "a"}

    def test_a_file_called_latest_is_left_alone_and_a_note_says_so(self, tmp_path):
        created(tmp_path / "runs", "a", "slug")
        assert note_on_latest(tmp_path / "runs") is None
        (tmp_path / "runs" / "latest").unlink()
        (tmp_path / "runs" / "latest").write_text("mine")
        created(tmp_path / "runs", "b", "slug")
        assert (tmp_path / "runs" / "latest").read_text() == "mine"
        assert "latest is not a link and is left" in note_on_latest(tmp_path / "runs")

    def test_latest_points_to_the_newest(self, tmp_path):
        new_run(tmp_path, "b"), new_run(tmp_path, "a")
        assert (tmp_path / "runs" / "latest").resolve().name == "a"

    def test_without_links_a_run_is_made_all_the_same(self, tmp_path, monkeypatch):
        def refuse(*_, **__):
            raise OSError(1, "Operation not permitted")

        new_run(tmp_path, "z")
        monkeypatch.setattr(Path, "symlink_to", refuse)
        new_run(tmp_path, "y"), new_run(tmp_path, "x")
        names = [run.name for run in runs.all_runs(tmp_path / "runs")]
        assert names == ["z", "y", "x"]  # an old link would have z for the newest

    def test_nothing_is_overwritten_unasked(self, tmp_path):
        run = new_run(tmp_path, "a")
        (run.path / "precious").write_text("x")
        with pytest.raises(RunError, match="overwrite=True"):
            new_run(tmp_path, "a")
        assert (run.path / "precious").read_text() == "x"

    def test_overwrite_starts_again(self, tmp_path):
        run = new_run(tmp_path, "a")
        (run.path / "old").write_text("x")
        (run.path / "folder").mkdir()
        (run.path / "folder" / "old").write_text("x")
        (run.path / "link").symlink_to(tmp_path)
        created(tmp_path / "runs", "a", "slug", overwrite=True)
        assert list(run.path.iterdir()) == []
        assert tmp_path.is_dir()

    def test_a_run_killed_before_it_began_leaves_its_name_free(self, tmp_path):
        run = created(tmp_path / "runs", "a", "slug")
        run.write_json("provenance.json", {})
        (run.path / ".settings.toml.1-2.part").write_text("half")
        (run.path / ".lock").touch()
        created(tmp_path / "runs", "a", "slug")
        assert list(run.path.iterdir()) == []

    def test_a_network_without_settings_is_a_loss_unless_it_was_imported(self, tmp_path):
        run = created(tmp_path / "runs", "a", "slug")
        (run.path / "model.npz").write_bytes(b"the only one")
        for provenance in ({}, {"dataset": "mnist"}):
            run.write_json("provenance.json", provenance)
            with pytest.raises(RunError, match="exists already"):
                created(tmp_path / "runs", "a", "slug", overwrite=True)
        run.write_json("provenance.json", {"imported_from": "book.json"})
        created(tmp_path / "runs", "a", "slug")
        assert list(run.path.iterdir()) == []

    def test_an_overwriting_that_was_killed_can_be_repeated(self, tmp_path, monkeypatch):
        run = new_run(tmp_path, "a")
        for name in ("model.npz", "checkpoint.npz", "history.jsonl"):
            (run.path / name).touch()
        unlink, remaining = Path.unlink, [2]

        def kill(path, *words):
            if not remaining[0]:
                raise KeyboardInterrupt
            remaining[0] -= 1
            unlink(path, *words)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", kill)
            with pytest.raises(KeyboardInterrupt):
                created(tmp_path / "runs", "a", "slug", overwrite=True)
        assert (run.path / "settings.toml").exists()
        created(tmp_path / "runs", "a", "slug", overwrite=True)
        assert list(run.path.iterdir()) == []

    @pytest.mark.parametrize("overwrite", [False, True])
    def test_no_other_process_gets_the_lock_while_it_is_held(self, tmp_path, overwrite):
        with runs.create(tmp_path, "a", "slug") as run:
            run.write_settings(FitSettings())
            with pytest.raises(RunError, match="Another process is using"):
                created(tmp_path, "a", "slug", overwrite)
            with pytest.raises(RunError, match="Another process"), run.alone():
                pass
            assert (run.path / "settings.toml").exists()
        with run.alone():
            pass
        assert [path.name for path in run.path.iterdir()] == ["settings.toml"]

    def test_overwrite_never_removes_what_is_not_a_run(self, tmp_path):
        (tmp_path / "runs" / "photos").mkdir(parents=True)
        (tmp_path / "runs" / "photos" / "cat.jpg").write_text("x")
        with pytest.raises(RunError, match="does not replace a directory of this kind"):
            created(tmp_path / "runs", "photos", "slug", overwrite=True)
        assert (tmp_path / "runs" / "photos" / "cat.jpg").exists()

    @pytest.mark.parametrize("name", ["", "latest", "a/b", "..", ".hidden", "/etc", "\udcff"])
    def test_a_name_is_a_plain_name(self, tmp_path, name):
        with pytest.raises(SettingsError, match="The name"):
            created(tmp_path, name, "slug")

    def test_a_place_that_cannot_be_written_is_one_clear_line(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(RunError, match=r"Cannot write .*runs_dir"):
            created(tmp_path / "file", "a", "slug")


class TestFind:
    def test_by_name_and_by_path(self, tmp_path):
        run = new_run(tmp_path, "a")
        assert runs.find(tmp_path / "runs", "a").path == run.path
        assert runs.find(Path("elsewhere"), str(run.path)).path == run.path

    def test_the_default_is_the_newest_that_has_a_network(self, tmp_path):
        for name in ("z", "y", "x"):
            new_run(tmp_path, name)
        for name in ("z", "y"):
            (tmp_path / "runs" / name / "model.npz").write_bytes(b"")
        assert runs.find(tmp_path / "runs", None).name == "y"
        assert runs.find(tmp_path / "runs", "latest").name == "y"

    def test_the_newest_is_the_one_begun_last_also_where_the_clock_was_set_back(self, tmp_path):
        new_run(tmp_path, "old"), new_run(tmp_path, "middle")
        new_run(tmp_path, "new").write_json("provenance.json", {"started": "1999-12-31"})
        assert (tmp_path / "runs" / "latest").resolve().name == "new"
        names = [run.name for run in runs.all_runs(tmp_path / "runs")]
        assert names == ["old", "middle", "new"]
        (tmp_path / "runs" / "latest").unlink()  # without links their dates are all there is
        names = [run.name for run in runs.all_runs(tmp_path / "runs")]
        assert names == ["new", "old", "middle"]

    def test_a_run_without_a_network_says_so(self, tmp_path):
        with pytest.raises(RunError, match="its training diverged"):
            new_run(tmp_path, "a").model()

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("baselin", "Did you mean 'baseline'"),
            ("grid", "'grid' is an experiment.*nntrain report grid"),
        ],
    )
    def test_an_unknown_name_says_what_to_do(self, tmp_path, name, message):
        new_run(tmp_path, "baseline")
        (tmp_path / "runs" / "grid").mkdir()
        (tmp_path / "runs" / "grid" / "experiment.toml").touch()
        with pytest.raises(RunError, match=message):
            runs.find(tmp_path / "runs", name)
        with pytest.raises(RunError, match=r"nntrain\.fit"):
            runs.find(tmp_path / "empty", None)

    def test_all_runs_are_listed_without_latest(self, tmp_path):
        new_run(tmp_path, "b"), new_run(tmp_path, "a")
        (tmp_path / "runs" / "other").mkdir()
        assert [run.name for run in runs.all_runs(tmp_path / "runs")] == ["b", "a"]


class TestFiles:
    def test_settings_come_back(self, tmp_path):
        run, settings = new_run(tmp_path), FitSettings(hidden=(5, 4), patience=2)
        run.write_settings(settings)
        assert run.settings() == settings

    def test_history_has_one_line_an_epoch(self, tmp_path):
        run = new_run(tmp_path)
        for result in make_training():
            run.append_history(result)
        assert run.history()[0]["gradient_norms"]
        with (run.path / "history.jsonl").open("a") as file:
            file.write('{"epo')  # an unfinished line is left out
        assert [line["epoch"] for line in run.history()] == [1, 2, 3]
        run.truncate_history(2)
        assert [line["epoch"] for line in run.history()] == [1, 2]

    @pytest.mark.parametrize("text", ["{\n", "[1]\n3\n", '{"epoch": 1}\n', "null\n"])
    def test_a_damaged_history_is_a_run_error(self, tmp_path, text):
        run = new_run(tmp_path)
        (run.path / "history.jsonl").write_text(text)
        with pytest.raises(RunError, match=r"history\.jsonl"):
            run.history()

    def test_json_has_no_nan(self, tmp_path):
        with pytest.raises(ValueError, match="not JSON compliant"):
            new_run(tmp_path).write_json("x.json", {"a": float("nan")})

    @pytest.mark.parametrize("text", ["{", "[]", "\xff"])
    def test_damaged_json_is_a_run_error(self, tmp_path, text):
        run = new_run(tmp_path)
        (run.path / "x.json").write_bytes(text.encode("latin-1"))
        with pytest.raises(RunError, match=r"x\.json"):
            run.read_json("x.json")
        assert run.read_json("missing.json") is None

    def test_model_and_checkpoint_come_back(self, tmp_path):
        run, training = new_run(tmp_path), make_training()
        iterator = iter(training)
        next(iterator)
        run.save_model(training.network)
        run.save_checkpoint(training)
        saved = run.model()
        list(iterator)
        other = make_training(seed=9)
        run.restore_checkpoint(other)
        for a, b in zip(saved.parameters, other.network.parameters, strict=True):
            np.testing.assert_array_equal(a, b)
        assert other.epoch == 1

    def test_a_checkpoint_of_another_network_is_a_run_error(self, tmp_path):
        run, training = new_run(tmp_path), make_training()
        run.save_checkpoint(training)
        other = Trainer(
            make_network((16, 9, 4)), blobs(50), None, SGD(1, 5, 0.1), np.random.default_rng(0)
        )
        with pytest.raises(RunError, match="does not fit"):
            run.restore_checkpoint(other)

    def test_a_run_removed_in_the_middle_is_one_clear_line(self, tmp_path):
        run, training = new_run(tmp_path), make_training()
        shutil.rmtree(run.path)
        for write in (
            lambda: run.save_checkpoint(training),
            lambda: run.save_model(training.network),
            lambda: run.write_json("x.json", {}),
            lambda: run.append_history(next(iter(make_training()))),
        ):
            with pytest.raises(RunError, match="Cannot write"):
                write()


def test_a_run_that_cannot_be_read_is_listed_with_its_problem(tmp_path):
    run = new_run(tmp_path, "a")
    (run.path / "settings.toml").write_text("epochs = 'x'")
    assert "epochs = x" in run.summary()["problem"]


def test_summary_of_a_run_without_epochs(tmp_path):
    row = new_run(tmp_path, "a").summary()
    assert row["epochs"] == 0
    assert row["test_accuracy"] is None
    json.dumps(row, allow_nan=False)
