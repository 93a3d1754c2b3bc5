"""Presets: every file of configs/ loads, trains and improves, also from an installed package."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from nntrain.data.dataset import Dataset, Split
from nntrain.data.synthetic.generate import generate
from nntrain.errors import SettingsError
from nntrain.settings import presets
from nntrain.settings.fit import FitSettings
from nntrain.workflows import train

ROOT = Path(__file__).parents[2]
MUST_BE = {
    *("book-quadratic", "book-entropy", "book-decay", "book-overfitting", "hinton", "strong"),
    *("best", "distorted", "simard-plain", "simard-affine", "simard", "default", "one-second"),
    "quick",
}


def test_presets_of_the_literature_and_our_own_exist():
    assert set(presets.names()) >= MUST_BE
    assert presets.names() == tuple(sorted(p.stem for p in ROOT.glob("configs/*.toml")))


@pytest.fixture(scope="module")
def digits():
    """Six hundred digits as a dataset."""
    images, labels = generate(600, seed=3)
    parts = [Split(images[a:b], labels[a:b]) for a, b in ((0, 400), (400, 500), (500, 600))]
    return Dataset("drawn", "drawn digits", tuple("0123456789"), *parts, Path("nowhere"))


@pytest.mark.parametrize("name", presets.names())
def test_every_preset_trains_a_few_steps_and_improves(name, digits):
    settings = presets.load(name).settings
    size = min(settings.batch_size, 20)  # there are few examples
    training = train.start(replace(settings, batch_size=size, train_size=400), digits)
    examples = training.batches.inputs, training.batches.labels
    before, _ = training.network.cost_and_accuracy(*examples)
    for _ in range(min(6, settings.epochs)):
        for _ in training.run_epoch():
            pass
        training.finish_epoch()
        cost, accuracy = training.network.cost_and_accuracy(*examples)
        if cost < before and accuracy > 0.2:
            return
    pytest.fail(f"cost {before} became {cost}, accuracy {accuracy}")


def test_the_default_preset_is_what_a_bare_fit_does():
    bare = FitSettings()
    same = replace(bare, dataset="mnist", learning_rate=bare.rate)
    assert presets.load("default").settings == same


def test_an_unknown_name_gets_a_suggestion():
    with pytest.raises(SettingsError, match="Did you mean 'quick'"):
        presets.load("quik")
    with pytest.raises(SettingsError, match=r"neither.*nor a preset. Did you mean 'quick'"):
        presets.find(Path("quik"))


def test_a_path_is_taken_as_a_file_and_wins_over_a_preset(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert presets.find(Path("quick")) == presets.folder() / "quick.toml"
    for name in ("mine", "quick"):
        Path(name).write_text("epochs = 1\n")
    for word in ("mine", "quick", "quik.toml", "configs/quik", "."):
        assert presets.find(Path(word)) == Path(word)


@pytest.mark.parametrize(
    "table",
    [
        "",
        "[expected]\nfigure = 'test'",
        "[expected]\nfigure = 'guess'\naccuracy = 98.0\nsource = 'me'",
        "[expected]\nfigure = 'test'\naccuracy = 198.0\nsource = 'me'",
        "[expected]\nfigure = 'test'\naccuracy = 'high'\nsource = 'me'",
    ],
)
def test_a_preset_without_a_valid_expected_result_is_refused(tmp_path, monkeypatch, table):
    (tmp_path / "bad.toml").write_text(f"epochs = 1\n{table}\n")
    monkeypatch.setattr(presets, "folder", lambda: tmp_path)
    with pytest.raises(SettingsError, match="expected a"):
        presets.load("bad")


def test_a_wheel_has_the_presets_where_an_installed_package_looks(tmp_path, monkeypatch):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"configs": "nntrain/configs"}
    package = tmp_path / "nntrain"
    (package / "configs").mkdir(parents=True)
    monkeypatch.setattr(presets, "__file__", str(package / "settings" / "presets.py"))
    assert presets.folder() == package / "configs"
