"""What an experiment's directory holds, read again, is what the command made of it."""

import json

import pytest

from nntrain.errors import RunError
from nntrain.experiments.compare_costs.files import read_compare_costs
from nntrain.experiments.reproduce.files import read_reproduction
from nntrain.experiments.store import Store, find
from nntrain.experiments.sweep.files import read_sweep
from nntrain.settings import presets
from tests.cli.helpers import run, run_json

SMALL = ("--hidden", "8", "--epochs", "2", "--jobs", "1")


def of(folder):
    return Store(folder / "a")


@pytest.fixture
def where(tiny, tmp_path):
    return ("--dataset", tiny, "--runs-dir", tmp_path, "--name", "a")


@pytest.mark.parametrize("words", [(), ("--tune", "--output", "softmax+log-likelihood")])
def test_compare_costs(where, tmp_path, words):
    made = run_json("compare-costs", *where, *SMALL, "--seeds", "2", *words)
    read = read_compare_costs(of(tmp_path))
    for output, one in zip(made["outputs"], read.result.outputs, strict=True):
        assert [vars(s) for s in one.accuracy] == output["accuracy"]
        assert one.learning_rate == output["learning_rate"]
    assert [pair.verdict for pair in read.result.pairs] == [p["verdict"] for p in made["pairs"]]
    tuned = {name: one["candidates"] for name, one in made["tuning"].items()}
    assert {n: [list(c) for c in t.candidates] for n, t in (read.tuned or {}).items()} == tuned


def test_sweep(where, tmp_path):
    vary = ("--vary", "hidden=4,[8,6]", "--vary", "output=softmax+log-likelihood")
    words = ("--epochs", "3", "--jobs", "1", "--augment", "none", "--seeds", "2", "--seed", "5")
    made = run_json("sweep", *where, *words, *vary)
    read = read_sweep(of(tmp_path))
    assert read.seeds == (5, 6)
    assert [vars(one.accuracy) for one in read.ranked] == [
        point["validation_accuracy"] for point in made["points"]
    ]
    assert list(read.tested.accuracies) == made["winner"]["test"]["accuracies"]
    for one in read.ranked:
        assert [len(history) for history in read.epochs[one.point.label]] == [3, 3]


@pytest.fixture
def reproduction(where, tmp_path, monkeypatch):
    configs = tmp_path / "configs"
    configs.mkdir()
    (configs / "small.toml").write_text(
        'hidden = [8]\nepochs = 2\n[expected]\nfigure = "test"\naccuracy = 95.0\nsource = "we"\n'
    )
    monkeypatch.setattr(presets, "folder", lambda: configs)
    return run_json("reproduce", "small", *where, "--jobs", "1", "--seeds", "2")


def test_reproduce(reproduction, tmp_path):
    (tmp_path / "configs" / "small.toml").unlink()  # it stands in the experiment
    read = read_reproduction(of(tmp_path))
    ((one,), (made,)) = read.judged, reproduction["presets"]
    assert (one.verdict, one.low, vars(one.ours)) == (made["verdict"], made["low"], made["ours"])
    assert one.preset.settings.hidden == (8,)
    assert [len(curves) for curves in read.epochs["small"]] == [2, 2]


def test_what_is_not_all_there_is_refused_with_what_to_do(where, tmp_path):
    run("sweep", *where, *SMALL, "--augment", "none", "--seeds", "2")
    trainings = sorted((tmp_path / "a" / "trainings").iterdir())
    trainings[0].unlink()
    with pytest.raises(RunError, match=r"has 1 of its 2 trainings.*--name a --resume"):
        read_sweep(of(tmp_path))
    trainings[1].write_bytes(b"spoilt")
    with pytest.raises(RunError, match="has 0 of its 2 trainings"):
        read_sweep(of(tmp_path))


@pytest.mark.parametrize("spoil", ["", "[]", "{}", '{"presets": [{"name": 1}]}'])
def test_a_damaged_table_is_refused(reproduction, tmp_path, spoil):
    (tmp_path / "a" / "reproduce.json").write_text(spoil)
    with pytest.raises(RunError, match=r"reproduce.json is missing or damaged"):
        read_reproduction(of(tmp_path))


def test_another_trainings_outcome_does_not_count(where, tmp_path):
    run("compare-costs", *where, *SMALL, "--seeds", "1")
    path = tmp_path / "a" / "experiment.toml"
    path.write_text(path.read_text().replace("epochs = 2\n", "epochs = 3\n"))
    with pytest.raises(RunError, match="has 0 of its 3 trainings"):
        read_compare_costs(of(tmp_path))


def test_find_by_name_and_by_path(where, tmp_path):
    run("sweep", *where, *SMALL, "--augment", "none", "--seeds", "1")
    assert find(tmp_path, "a").kind == "sweep"
    assert find(tmp_path / "elsewhere", str(tmp_path / "a")).kind == "sweep"
    assert find(tmp_path, "b") is None
    assert json.loads((tmp_path / "a" / "sweep.json").read_text())
