from dataclasses import replace
from pathlib import Path

import pytest

from nntrain.data.dataset import load
from nntrain.experiments.sweep.result import ranked_and_tested, training_runs
from nntrain.experiments.sweep.train import grid, parse_vary, train
from nntrain.settings.fit import FitSettings
from tests.experiments.helpers import new

BASE = FitSettings(epochs=2, hidden=(6,), batch_size=10)


@pytest.fixture(scope="module")
def dataset(tiny):
    return load(str(tiny), Path("unused"), offline=True)


@pytest.fixture(scope="module")
def swept(tiny, dataset, tmp_path_factory):
    """A sweep over two rates with two seeds."""
    base = replace(BASE, dataset=str(tiny))
    points = grid(base, parse_vary(["learning_rate=0.1,0.000001"]))
    store = new(tmp_path_factory.mktemp("swept"))
    runs = training_runs(store, points, (0, 1), dataset)
    list(runs.train(train, jobs=1))
    return ranked_and_tested(store, points, (0, 1), runs.complete(), dataset)
