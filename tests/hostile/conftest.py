"""Intact directories to damage: a run, a sweep and a comparison, as the program writes them."""

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from nntrain.cli.blas_threads import choose_from
from nntrain.cli.settings_options import stored_settings
from nntrain.data.dataset import Dataset
from nntrain.data.loading import load
from nntrain.errors import DivergenceError
from nntrain.experiments.compare_costs import files as comparison_files
from nntrain.experiments.compare_costs import train as compare_costs
from nntrain.experiments.store import Store, experiments
from nntrain.experiments.sweep import result as sweep_result
from nntrain.experiments.sweep import train as sweep
from nntrain.runs.run import Run
from nntrain.storage.array_file import read_arrays, write_arrays
from nntrain.workflows import import_model, train
from tests.cli.helpers import run as command
from tests.conftest import make_idx_folder

SMALL = ("--hidden", "3", "--epochs", "2", "--batch-size", "10")


def reading(read, todo):
    """By key, a function that returns an outcome after ``read`` has accepted it for its task."""

    def accepted(task, outcome):
        read(task, outcome)
        return outcome

    return {key: partial(accepted, task) for key, task in todo.items()}


@dataclass(frozen=True)
class Place:
    """A directory of runs that a test may damage, and the dataset they are about."""

    runs_dir: Path
    dataset: Dataset

    @property
    def run(self):
        return Run(self.runs_dir / "base")

    def training(self):
        return train.start(self.run.settings(), self.dataset)

    def swept(self):
        """The sweep's store, and by key a function that reads an outcome as the command does."""
        points = sweep.grid(self.run.settings(), {"learning_rate": ["0.1"]})
        read = partial(sweep.read_outcome, dataset=self.dataset)
        return Store(self.runs_dir / "swept"), reading(read, sweep.tasks(points, [0]))

    def compared(self):
        """The comparison's store likewise."""
        todo = compare_costs.tasks(self.compare_settings, self.compare_settings.rates())
        read = partial(comparison_files.read_outcome, examples=len(self.dataset.test.labels))
        return Store(self.runs_dir / "compared"), reading(read, todo)

    @property
    def compare_settings(self):
        return compare_costs.CompareSettings(
            dataset=str(self.dataset.folder), hidden=(3,), epochs=2, seeds=1
        )

    def outcome_file(self, store):
        return sorted((store.path / "trainings").iterdir())[0]


@pytest.fixture(scope="session")
def sound(tmp_path_factory):
    """The originals, copied for each test."""
    folder = make_idx_folder(tmp_path_factory.mktemp("d") / "data", 60, 20, classes=3, side=4)
    home = tmp_path_factory.mktemp("sound")
    places = ("--dataset", folder, "--runs-dir", home)
    command("fit", *places, *SMALL, "--name", "base", "-q")
    words = ("--jobs", "1", "-q", "--hidden", "3", "--epochs", "2")
    command(
        *("sweep", *places, *words, "--batch-size", "10"),
        *("--vary", "learning_rate=0.1", "--seeds", "1", "--name", "swept"),
    )
    command("compare-costs", *places, *words, "--seeds", "1", "--name", "compared")
    (home / "book").mkdir()
    rng = np.random.default_rng(0)
    document = {
        "sizes": [16, 3, 3],
        "weights": [rng.normal(size=shape).tolist() for shape in ((3, 16), (3, 3))],
        "biases": [rng.normal(size=(3, 1)).tolist() for _ in range(2)],
        "cost": "CrossEntropyCost",
    }
    (home / "book" / "network2.json").write_text(json.dumps(document))
    return Place(home, load(str(folder), folder))


@pytest.fixture
def place(sound, tmp_path):
    """A copy of the intact directories."""
    shutil.copytree(sound.runs_dir, tmp_path / "runs", symlinks=True)
    return Place(tmp_path / "runs", sound.dataset)


def read_settings(place):
    choose_from(stored_settings(place.runs_dir, "base"))
    return place.run.settings()


def read_experiment(place):
    store = Store(place.runs_dir / "swept")
    return experiments(place.runs_dir), store.kind, store.differences({"epochs": 2})


def load_all(opened):
    store, keys = opened
    return [store.load(key, read) for key, read in keys.items()]


def read_document(name, place):
    """The document, after the list of runs has been made of it too."""
    assert json.dumps(place.run.summary(), allow_nan=False)
    return place.run.provenance() if name == "provenance.json" else place.run.read_json(name)


def read_sweep(place):
    """The outcomes; where all are sound, what the command makes of them goes well."""
    store, keys = place.swept()
    outcomes = load_all((store, keys))
    if None not in outcomes:
        points = sweep.grid(place.run.settings(), {"learning_rate": ["0.1"]})
        todo = sweep.tasks(points, [0])
        read = {
            key: sweep.read_outcome(todo[key], one)
            for key, one in zip(keys, outcomes, strict=True)
        }
        swept = sweep_result.ranked_and_tested(store, points, [0], read, place.dataset)
        json.dumps(sweep_result.document(swept, place.dataset), allow_nan=False)
    return outcomes


def read_comparison(place):
    """The outcomes, used as the command uses them."""
    outcomes = load_all(place.compared())
    if None not in outcomes:
        trained = [compare_costs.from_outcome(outcome) for outcome in outcomes]
        with suppress(DivergenceError):
            compared = comparison_files.compare_costs(place.compare_settings, lambda _: trained)
            json.dumps(comparison_files.document(*compared), allow_nan=False)
            comparison_files.epochs_csv(trained)
    return outcomes


READERS = {
    "model.npz": ("base/model.npz", lambda place: place.run.model()),
    "checkpoint.npz": (
        "base/checkpoint.npz",
        lambda place: place.run.restore_checkpoint(place.training()),
    ),
    "settings.toml": ("base/settings.toml", read_settings),
    "history.jsonl": ("base/history.jsonl", lambda place: place.run.history()),
    "evaluation.json": ("base/evaluation.json", partial(read_document, "evaluation.json")),
    "provenance.json": ("base/provenance.json", partial(read_document, "provenance.json")),
    "network2 JSON": (
        "book/network2.json",
        lambda place: import_model.read(place.runs_dir / "book" / "network2.json"),
    ),
    "experiment.toml": ("swept/experiment.toml", read_experiment),
    "a sweep's outcome": ("swept/trainings/*.npz", read_sweep),
    "a comparison's outcome": (
        "compared/trainings/*.npz",
        read_comparison,
    ),
}
"""By name: where the file is, and how the program reads it."""


def file_of(place, name):
    """The one file of that name, or the first of several."""
    return sorted(place.runs_dir.glob(READERS[name][0]))[0]


@pytest.fixture
def odd_file():
    """A function that creates something other than an ordinary file at a path."""

    def make(path, kind):
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        elif kind == "device":
            path.symlink_to("/dev/zero")
        elif kind == "loop":
            path.symlink_to(path)

    return make


@pytest.fixture
def rewritten():
    """A function that writes an outcome again with another text for its JSON."""

    def write(path, change):
        arrays = read_arrays(path)
        text = change(json.loads(arrays["document"].tobytes()))
        write_arrays(path, {**arrays, "document": np.frombuffer(text.encode(), np.uint8)})

    return write


@pytest.fixture
def with_document(rewritten):
    """A function that changes words of an outcome's document."""

    def write(path, change):
        rewritten(
            path,
            lambda whole: json.dumps({**whole, "document": {**whole["document"], **change}}),
        )

    return write
