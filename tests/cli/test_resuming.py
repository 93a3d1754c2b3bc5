"""``fit --resume``: the same bits however often a run was interrupted, and what may change."""

import random
import signal
from dataclasses import fields

import pytest

from nntrain.nn import engine
from nntrain.nn.outputs import OUTPUTS
from nntrain.runs.run import Run
from nntrain.settings.fit import FitSettings
from nntrain.workflows.resume import MAY_CHANGE
from tests.cli.helpers import run
from tests.conftest import make_idx_folder

EPOCHS = 4
KNOWN = {item.name for item in fields(FitSettings)}
VARIANTS = {
    "plain": {"momentum": "0", "schedule": "constant"},
    "momentum": {"momentum": "0.9", "weight_decay": "2"},
    "float64": {"dtype": "float64", "schedule": "step", "step_epochs": "1.5"},
    "dropout": {"dropout": "0.3", "input_dropout": "0.1"},
    "augmentation": {"augment": "mild"},
    "averaged weights": {"average_epochs": "2"},
    "compiled": {"engine": "numba", "momentum": "0.9", "weight_decay": "2", "dropout": "0.3"},
    "everything": {
        "momentum": "0.9",
        "weight_decay": "2",
        "dropout": "0.3",
        "augment": "mild",
        "average_epochs": "2",
        "max_norm": "2",
        "label_smoothing": "0.1",
        "patience": "3",
    },
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Images of 8 × 8 pixels; 400 to train on are four blocks of mini-batches."""
    return make_idx_folder(tmp_path_factory.mktemp("d") / "data", 480, 60, classes=4, side=8)


def words(settings):
    return [word for name, value in settings.items() for word in (flag(name), value)]


def flag(name):
    return f"--{name.replace('_', '-')}"


def without_times(path):
    return [{k: v for k, v in line.items() if "second" not in k} for line in Run(path).history()]


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_run_interrupted_anywhere_any_number_of_times_ends_with_the_same_bits(
    home, data, at_event, output, variant
):
    if variant == "compiled":
        pytest.importorskip("numba", reason="the extra 'fast' (Numba, SciPy) is not installed")
    fixed = ("--dataset", data, "--hidden", "9,5", "--batch-size", "30", "--epochs", EPOCHS, "-q")
    begin = ("fit", *fixed, "--output", output, *words(VARIANTS[variant]))
    run(*begin, "--name", "whole")
    rng = random.Random(f"{output} {variant}")
    resume, inside, between = (*begin, "--name", "cut"), 0, 0
    for _ in range(100):
        at_event(rng.randint(1, 5), lambda: signal.raise_signal(signal.SIGINT))
        result = run(*resume, expect=(0, 130))
        if not result.exit_code:
            break
        inside += "Interrupted in epoch" in result.stderr
        between += (home / "runs" / "cut" / "history.jsonl").exists()
        resume = ("fit", "--resume", "cut", "-q")
    assert inside > 1
    assert between > 1
    one, two = home / "runs" / "cut", home / "runs" / "whole"
    assert (one / "model.npz").read_bytes() == (two / "model.npz").read_bytes()
    assert without_times(one) == without_times(two)
    assert (one / "settings.toml").read_bytes() == (two / "settings.toml").read_bytes()


def test_a_network_of_a_killed_epoch_gives_way_to_the_best_of_the_checkpoint(fitted):
    """Its epoch now ends otherwise: the schedule is another one."""
    path = fitted / "runs" / "base" / "model.npz"
    best = path.read_bytes()
    run("fit", "--resume", "base", "--epochs", "3", "-q")
    path.write_bytes(best[:-1])
    run("fit", "--resume", "base", "-q")
    assert Run(path.parent).model()


def test_epochs_missing_from_the_history_are_reported(fitted):
    path = fitted / "runs" / "base" / "history.jsonl"
    first, second = path.read_text().splitlines(keepends=True)
    for kept, told in (("", 0), (first, 1), (second, 1)):
        path.write_text(kept)
        result = run("fit", "--resume", "base", "--epochs", "3", "-q", expect=1)
        assert f"history.jsonl has {told} of the 2 epochs" in result.stderr
        assert path.read_text() == kept


def other(name):
    """A value other than the run's, as it is typed."""
    item = next(item for item in fields(FitSettings) if item.name == name)
    spec = item.metadata["spec"]
    special = {"dataset": "synthetic", "data_dir": "elsewhere", "augment": "mild"}
    if name in special:
        return special[name]
    if spec.choices:
        return next(choice for choice in spec.choices() if choice != item.default)
    if spec.kind is tuple:
        return "7,3"
    return {int: "3", float: "0.625"}[spec.kind]


class TestWhatMayChange:
    @pytest.mark.parametrize("name", sorted(KNOWN - set(MAY_CHANGE)))
    def test_every_other_setting_is_refused_by_name(self, fitted, name):
        before = {p.name: p.read_bytes() for p in (fitted / "runs" / "base").iterdir()}
        result = run("fit", "--resume", "base", flag(name), other(name), expect=2)
        may = "only epochs, patience, dataset, data_dir, engine may"
        assert f"{name} cannot change when base is resumed: {may}" in result.stderr
        assert {p.name: p.read_bytes() for p in (fitted / "runs" / "base").iterdir()} == before

    def test_a_run_goes_on_with_its_engine_unless_another_is_asked_for(
        self, home, data, monkeypatch
    ):
        pytest.importorskip("numba", reason="the extra 'fast' (Numba, SciPy) is not installed")
        common = ("--hidden", "8", "--dataset", data, "-q")
        run("fit", "--engine", "numba", "--epochs", "1", "--name", "e", *common)
        path = home / "runs" / "e"
        assert Run(path).settings().engine == "numba"
        run("fit", "--resume", "e", "--epochs", "2", "-q")
        monkeypatch.setattr(engine, "find_spec", lambda name: None)
        result = run("fit", "--resume", "e", "--epochs", "3", "-q", expect=1)
        assert "pip install 'nntrain[fast]'" in result.stderr
        assert "--engine numpy" in result.stderr
        run("fit", "--resume", "e", "--epochs", "3", "--engine", "numpy", "-q")
        assert Run(path).settings().engine == "numpy"
        resumed = Run(path).read_json("provenance.json")["resumed"]
        assert [entry["changed"].get("engine") for entry in resumed] == [None, ["numba", "numpy"]]

    def test_the_data_may_have_moved(self, fitted, tiny):
        moved = fitted / "moved"
        moved.mkdir()
        for path in tiny.iterdir():
            (moved / path.name).write_bytes(path.read_bytes())
        run("fit", "--resume", "base", "--dataset", moved, "--epochs", "3", "-q")
        assert len(Run(fitted / "runs" / "base").history()) == 3
        make_idx_folder(moved, seed=1)
        result = run("fit", "--resume", "base", "--dataset", moved, "--epochs", "4", expect=1)
        assert "SHA-256" in result.stderr

    def test_data_may_not_move_where_its_hashes_are_not_known(self, fitted, tiny):
        (fitted / "runs" / "base" / "provenance.json").unlink()
        words = ["--dataset", fitted / "moved", "--epochs", "3"]
        make_idx_folder(fitted / "moved", seed=1)
        result = run("fit", "--resume", "base", *words, expect=2)
        assert "it has no hashes of its data" in " ".join(result.stderr.split())
        run("fit", "--resume", "base", "--epochs", "3", "-q")

    def test_fewer_epochs_than_already_trained_is_refused(self, fitted):
        before = {p.name: p.read_bytes() for p in (fitted / "runs" / "base").iterdir()}
        result = run("fit", "--resume", "base", "--epochs", "1", expect=2)
        assert "epochs = 1 is not allowed: base has 2 already" in result.stderr
        assert {p.name: p.read_bytes() for p in (fitted / "runs" / "base").iterdir()} == before

    def test_latest_is_the_newest_also_where_it_has_no_network_yet(self, fitted, tiny):
        words = ("fit", "--dataset", tiny, "--epochs", "2", "--name", "young", "-q")
        run(*words)
        young = Run(fitted / "runs" / "young")
        for name in ("model.npz", "checkpoint.npz", "history.jsonl", "evaluation.json"):
            (young.path / name).unlink()  # as if it had been killed in its first epoch
        run("fit", "--resume", "latest", "-q")
        assert len(young.history()) == 2

    def test_the_same_value_again_is_no_change(self, fitted):
        run("fit", "--resume", "base", "--hidden", "12", "--batch-size", "10", "-q")

    def test_more_patience_resumes_training_that_ran_out_of_patience(self, home, data):
        fixed = ("--dataset", data, "--hidden", "4", "--learning-rate", "0", "--epochs", "9")
        run("fit", *fixed, "--patience", "2", "--name", "a", "-q")
        assert len(Run(home / "runs" / "a").history()) == 3
        run("fit", "--resume", "a", "--patience", "4", "-q")
        assert len(Run(home / "runs" / "a").history()) == 5
