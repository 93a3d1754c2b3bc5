"""Experiments that an earlier version of the program made are read, reported on and resumed."""

import json
import shutil

import pytest

from nntrain.experiments.compare_costs.files import read_compare_costs
from nntrain.experiments.reproduce.result import read_reproduction
from nntrain.experiments.store import Store
from nntrain.experiments.sweep.result import read_sweep
from tests.cli.helpers import run
from tests.conftest import REPOSITORY

EARLIER = REPOSITORY / "tests" / "fixtures" / "experiments"
COMPARED = ("compare-costs", "--train-size", "400", "--hidden", "6")
MADE_BY = {
    "compared": (*COMPARED, "--epochs", "2", "--seeds", "2"),
    "compared-saturated": (*COMPARED, "--epochs", "1", "--seeds", "1", "--start", "saturated"),
    "reproduced": ("reproduce", "one-second", "--seeds", "1"),
    "swept": (
        *("sweep", "--train-size", "400", "--epochs", "1", "--vary", "hidden=5,6"),
        *("--seeds", "2"),
    ),
}
DOCUMENT = {
    "compare-costs": "comparison.json",
    "reproduce": "reproduce.json",
    "sweep": "sweep.json",
}


@pytest.fixture
def runs_dir(tmp_path):
    shutil.copytree(EARLIER, tmp_path / "runs")
    return tmp_path / "runs"


def document(folder):
    (path,) = (folder / name for name in DOCUMENT.values() if (folder / name).exists())
    whole = json.loads(path.read_text())
    whole.get("settings", {}).pop("data_dir", None)  # where the data was does not count
    (whole.get("winner") or {"settings": {}})["settings"].pop("data_dir", None)
    del whole["schema"]
    for rate in whole.get("learning_rates", {}).values():
        del rate["origin"]
    for pair in whole.get("pairs", []):
        del pair["verdict"], pair["mcnemar"]  # the wording improves; no p of pooled seeds
    return whole


def holds(new, old):
    """Whether the new document has all that the old one had, numbers but for rounding."""
    if isinstance(old, dict):
        return all(key in new and holds(new[key], value) for key, value in old.items())
    if isinstance(old, list):
        return len(new) == len(old) and all(map(holds, new, old))
    return bool(new == (pytest.approx(old, rel=1e-9) if isinstance(old, float) else old))


def test_a_comparison_is_read():
    for name in ("compared", "compared-saturated"):
        read, told = read_compare_costs(Store(EARLIER / name)), document(EARLIER / name)
        assert list(read.result.seeds) == told["seeds"]
        for one, output in zip(read.result.outputs, told["outputs"], strict=True):
            assert [vars(spread) for spread in one.accuracy] == output["accuracy"]
            assert vars(one.test) == output["test"]
        assert [pair.a for pair in read.result.pairs] == [pair["a"] for pair in told["pairs"]]


def test_a_sweep_is_read():
    read, told = read_sweep(Store(EARLIER / "swept")), document(EARLIER / "swept")
    for one, point in zip(read.ranked, told["points"], strict=True):
        assert one.point.values == {"hidden": tuple(point["values"]["hidden"])}
        assert vars(one.accuracy) == point["validation_accuracy"]
    assert list(read.tested.accuracies) == told["winner"]["test"]["accuracies"]
    assert {len(epochs) for run in read.epochs.values() for epochs in run} == {1}


def test_a_reproduction_is_read():
    read, told = read_reproduction(Store(EARLIER / "reproduced")), document(EARLIER / "reproduced")
    ((one,), (preset,)) = read.judged, told["presets"]
    assert (one.preset.name, one.verdict) == (preset["name"], preset["verdict"])
    assert vars(one.ours) == preset["ours"]
    assert [len(curves) for curves in read.epochs["one-second"]] == [3]


@pytest.mark.parametrize("name", MADE_BY)
def test_it_has_its_page(name, runs_dir):
    pytest.importorskip("jinja2")
    run("report", name, "--runs-dir", runs_dir)
    assert name in (runs_dir / name / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MADE_BY)
def test_resuming_it_trains_nothing(name, runs_dir, synthetic):
    """They were made with the synthetic digits."""
    before = document(runs_dir / name)
    saved = {path: path.read_bytes() for path in (runs_dir / name / "trainings").iterdir()}
    where = ("--dataset", "synthetic", "--data-dir", synthetic, "--runs-dir", runs_dir)
    result = run(*MADE_BY[name], *where, "--jobs", "1", "--name", name, "--resume")
    assert f"{len(saved)} training run" in result.stderr
    assert ", 0 to go, in " in result.stderr
    assert holds(document(runs_dir / name), before)
    assert {path: path.read_bytes() for path in (runs_dir / name / "trainings").iterdir()} == saved
