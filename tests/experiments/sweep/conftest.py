from dataclasses import replace
from pathlib import Path

import pytest

from nntrain.data.dataset import load
from nntrain.experiments.executors import run
from nntrain.experiments.sweep.grid import grid, parse_vary
from nntrain.experiments.sweep.rank import rank, read_test_set
from nntrain.experiments.sweep.train import key, tasks, train, trained
from nntrain.settings.fit import FitSettings

BASE = FitSettings(epochs=2, hidden=(6,), batch_size=10)


@pytest.fixture(scope="module")
def dataset(tiny):
    return load(str(tiny), Path("unused"), offline=True)


@pytest.fixture(scope="module")
def swept(tiny, dataset):
    base = replace(BASE, dataset=str(tiny))
    points = grid(base, parse_vary(["learning_rate=0.1,0.000001"]))
    outcomes = dict(run(train, tasks(points, (0, 1)), jobs=1))
    trainings = {name: trained(o.document) for name, o in outcomes.items()}
    ranked = rank(points, (0, 1), trainings)
    parameters = [outcomes[key(ranked[0].point, seed)].arrays for seed in (0, 1)]
    return ranked, read_test_set(ranked[0], parameters, dataset)
