"""Removing and renaming runs and experiments: nothing else is ever touched."""

import os

import pytest

from nntrain.errors import RunError, SettingsError
from nntrain.runs import run as runs
from nntrain.runs.upkeep import find, remove, rename
from nntrain.settings.fit import FitSettings
from tests.conftest import created


@pytest.fixture
def folder(tmp_path):
    """A folder with the runs old and new, an experiment, and other directories."""
    for name, started in (("old", "2020"), ("new", "2021")):
        run = created(tmp_path, name, "slug")
        run.write_json("provenance.json", {"started": started})
        run.write_settings(FitSettings())
    (tmp_path / "grid" / "trainings").mkdir(parents=True)
    (tmp_path / "grid" / "trainings" / "a.npz").write_bytes(b"")
    (tmp_path / "grid" / "experiment.toml").write_text('kind = "sweep"')
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("dear diary")
    (tmp_path / "linked").symlink_to("old")
    return tmp_path


def content(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nww", "No run or experiment 'nww'.*Did you mean 'new'"),
        ("latest", "is a link to new"),
        ("linked", "is a link to old"),
        ("mine", "neither a run nor an experiment"),
        ("mine/diary.txt", "No run or experiment"),
        ("old/settings.toml", "No run or experiment"),
        ("..", "No run or experiment"),
        (".", "No run or experiment"),
        ("", "No run or experiment"),
    ],
)
def test_anything_but_a_run_is_refused(folder, name, message):
    (folder.parent / "settings.toml").write_text("")  # a user's own, above
    (folder / "settings.toml").write_text("")
    with pytest.raises(RunError, match=message):
        find(folder, name)


def test_a_run_and_an_experiment_are_removed_and_nothing_else(folder):
    before = content(folder)
    for name in ("new", "grid"):
        remove(find(folder, name))
    left = [path for path in before if path.split("/")[0] not in ("new", "grid")]
    assert content(folder) == left


def test_latest_is_the_newest_remaining_run_and_removed_with_the_last(folder):
    remove(folder / "new")
    assert (folder / "latest").readlink().name == "old"
    assert runs.find(folder, "latest", with_network=False).name == "old"
    remove(folder / "old")
    assert not (folder / "latest").is_symlink()


def test_latest_stays_where_another_run_is_removed_or_renamed(folder):
    rename(folder / "old", "older")
    remove(folder / "older")
    assert (folder / "latest").readlink().name == "new"


def test_a_renamed_run_is_unchanged_and_latest_follows(folder):
    inode = (folder / "new" / "settings.toml").stat().st_ino
    assert rename(find(folder, str(folder / "new")), "best") == folder / "best"
    assert (folder / "best" / "settings.toml").stat().st_ino == inode
    assert (folder / "latest").readlink().name == "best"
    assert not (folder / "new").exists()
    assert not (folder / "best" / ".lock").exists()


@pytest.mark.parametrize("name", ["new", "mine", "linked", "grid", "latest", "a/b", "", ".x"])
def test_a_name_that_is_taken_or_no_name_is_refused(folder, name):
    before = content(folder)
    with pytest.raises((RunError, SettingsError), match=r"exists already|is not allowed"):
        rename(folder / "old", name)
    assert content(folder) == before


@pytest.mark.parametrize("change", [remove, lambda path: rename(path, "other")])
@pytest.mark.parametrize("name", ["new", "grid"])
def test_while_another_process_uses_a_run_nothing_changes(folder, name, change):
    with runs.Directory(folder / name).alone():
        before = content(folder)
        with pytest.raises(RunError, match="Another process is using"):
            change(folder / name)
        assert content(folder) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may do everything")
def test_a_run_without_permission_to_remove_is_one_line(folder):
    folder.chmod(0o500)
    try:
        with pytest.raises(RunError, match=r"Cannot remove .*: Permission denied"):
            remove(folder / "old")
    finally:
        folder.chmod(0o700)
