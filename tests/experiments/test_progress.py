"""The work counted across processes equals the expected work."""

from dataclasses import replace

import pytest

from nntrain.data.loading import load
from nntrain.experiments import progress
from nntrain.experiments.running import run
from nntrain.experiments.sweep.train import train
from nntrain.settings.fit import FitSettings


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_counted_work_equals_the_expected_work(tiny, jobs):
    base = FitSettings(dataset=str(tiny), data_dir=str(tiny), batch_size=32, epochs=2)
    tasks = {
        "none": replace(base, hidden=()),
        "deep": replace(base, hidden=(12, 5), epochs=3),
        "all": replace(base, hidden=(7,), train_size=100, train_on="all"),
    }
    amounts = progress.amounts(tasks, load(str(tiny), tiny))
    counter, counted, finished = progress.new_counter(), [], 0.0
    for key, _ in run(train, tasks, jobs=jobs, counter=counter):
        finished += amounts[key]
        counted.append(counter.value)
        assert counter.value >= finished * 0.999
    assert counter.value == pytest.approx(sum(amounts.values()))
    assert amounts["deep"] > amounts["none"]
