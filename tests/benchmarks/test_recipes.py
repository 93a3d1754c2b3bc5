"""A recipe in PyTorch learns what nntrain learns: schedule, momentum, decay and cost included."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.recipes import beyond_pytorch, names, settings_of
from nntrain.data.loading import load
from nntrain.nn.outputs import OUTPUTS
from nntrain.workflows import train

# other packages' own warnings are not what is tested here
pytestmark = pytest.mark.filterwarnings("ignore")


PLAIN = [name for name in names() if not beyond_pytorch(settings_of(name, "x", "data", 0))]


def test_settings_without_a_pytorch_version_are_named():
    lacking = beyond_pytorch(settings_of("strong", "x", "data", 0))
    assert lacking == ["dropout", "input_dropout", "max_norm"]
    assert {"one-second", "default", "distorted", "book-quadratic"} <= set(PLAIN)


def settings_for(recipe, tiny, **changes):
    from dataclasses import replace

    return replace(settings_of(recipe, str(tiny), "data", seed=3), **changes)


@pytest.mark.parametrize(
    ("recipe", "changes"),
    [
        *[(name, {"epochs": 1, "train_size": 384}) for name in PLAIN],
        ("distorted", {"epochs": 2, "average_epochs": 0.1}),
        ("one-second", {"epochs": 3, "schedule": "constant", "weight_decay": 5.0}),
        *[("one-second", {"epochs": 1, "output": output, "hidden": (9, 8)}) for output in OUTPUTS],
    ],
    ids=str,
)
def test_after_the_same_epochs_the_parameters_agree(tiny, recipe, changes):
    pytest.importorskip("torch", reason="PyTorch comes with the extra bench")
    from benchmarks.peers.pytorch_recipe import Recipe

    settings, dataset = settings_for(recipe, tiny, **changes), load(str(tiny), Path("data"))
    training, theirs = train.start(settings, dataset), Recipe(settings, dataset, threads=1)
    start = [parameter.copy() for parameter in training.network.parameters]
    for epoch in range(settings.epochs):
        for _ in training.run_epoch():
            pass
        training.finish_epoch()
        assert list(theirs.run_epoch(epoch))[-1] == len(training.batches)
    linear = theirs.averaged[::2]
    got = [part.weight.detach().numpy() for part in linear]
    got += [part.bias.detach().numpy() for part in linear]
    for ours, mine, before in zip(training.model.parameters, got, start, strict=True):
        # float32 differs by rounding, which large steps from a large start amplify
        assert np.abs(ours - mine).max() < 5e-2 * np.abs(ours - before).max()
    accuracy = training.model.cost_and_accuracy(*dataset.validation)[1]
    assert theirs.accuracy() == pytest.approx(accuracy, abs=0.02)
    assert theirs.seconds > 0
