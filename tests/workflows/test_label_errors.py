"""Suspected label errors: flipped labels come first, found by networks that have not seen them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from nntrain.data.dataset import Split, load
from nntrain.errors import NntrainError
from nntrain.settings.fit import FitSettings
from nntrain.workflows import label_errors, train
from nntrain.workflows.label_errors import answered_folds
from tests.cli.helpers import run

SETTINGS = FitSettings(hidden=(30,), epochs=40, learning_rate=0.05)


@pytest.fixture
def flipped(tiny):
    """The tiny dataset with 20 training labels flipped, and which these are."""
    dataset = load(str(tiny), tiny)
    rng = np.random.default_rng(3)
    which = rng.choice(len(dataset.train.labels), 20, replace=False)
    labels = dataset.train.labels.copy()
    labels[which] = (labels[which] + rng.integers(1, 10, 20)) % 10
    train = Split(dataset.train.images, labels)
    return replace(dataset, train=train, undivided=None), which


@pytest.mark.parametrize("output", ["softmax+log-likelihood", "sigmoid+cross-entropy"])
def test_flipped_labels_are_the_first_suspects(flipped, output):
    dataset, which = flipped
    settings = replace(SETTINGS, output=output)
    folds = list(answered_folds(settings, dataset))
    found = label_errors.label_errors(settings, dataset, folds, output.startswith("softmax"))
    assert np.isin(found.suspects[:24], which).sum() >= 16  # 80 of 120
    assert (np.diff(found.suspicion) <= 0).all()
    assert (found.suspicion > 0).all()
    told = label_errors.document(found)
    assert json.loads(json.dumps(told)) == told
    first = told["suspects"][0]
    assert dataset.classes[dataset.train.labels[first["index"]]] == first["label"]
    assert np.log(first["output_of_predicted"] / first["output_of_label"]) == pytest.approx(
        first["suspicion"], rel=1e-5
    )


def test_each_example_is_answered_once_by_a_network_that_has_not_seen_it(flipped, monkeypatch):
    dataset, _ = flipped
    learned = []

    def start(settings, given, *more):
        learned.append(given.to_train_on(settings.train_on))
        return starting(settings, given, *more)

    starting = train.start
    monkeypatch.setattr(train, "start", start)
    folds = list(answered_folds(replace(SETTINGS, train_size=300, epochs=1), dataset))
    assert sorted(np.concatenate([fold.index for fold in folds]).tolist()) == list(range(300))
    for fold, (images, labels) in zip(folds, learned, strict=True):
        assert len(labels) == 240
        ours = {image.tobytes() for image in images}
        assert not any(dataset.train.images[index].tobytes() in ours for index in fold.index)


def test_too_few_examples_are_an_error(tiny):
    dataset = load(str(tiny), tiny)
    with pytest.raises(NntrainError, match="at least 10 examples, got 9"):
        next(answered_folds(replace(SETTINGS, train_size=9), dataset))


def test_the_command_says_first_how_long_and_then_lists_the_suspects(tiny, tmp_path):
    words = ["--dataset", tiny, "--hidden", 6, "--epochs", 2, "--name", "a", "-q"]
    run("fit", *words, "--runs-dir", tmp_path)
    result = run("evaluate", "a", "--label-errors", "--runs-dir", tmp_path)
    told, *lines = [
        line for line in result.stderr.splitlines() if "fold" in line or "Train" in line
    ]
    assert told.startswith("Training 5 networks with the settings of a, each on 4 fifths of")
    assert "about" in result.stderr
    assert len([line for line in lines if line.startswith("fold ")]) == 5
    assert "Suspected label errors" in result.stdout
    document = json.loads(
        run("evaluate", "a", "--label-errors", "--runs-dir", tmp_path, "--json").stdout
    )
    assert document["label_errors"]["n"] == 500
    assert "label_errors" not in json.loads(
        run("evaluate", "a", "--runs-dir", tmp_path, "--json").stdout
    )
