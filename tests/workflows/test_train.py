from pathlib import Path

import numpy as np
import pytest

from nntrain.data.loading import load
from nntrain.errors import SettingsError
from nntrain.nn.optimizer import SGD
from nntrain.nn.outputs import OUTPUTS
from nntrain.nn.schedules import Schedule
from nntrain.nn.training import EpochResult
from nntrain.settings.fit import FitSettings
from nntrain.workflows import train
from tests.conftest import created


@pytest.fixture(scope="module")
def dataset(tiny):
    return load(str(tiny), Path("unused"), offline=True)


def small(**changes):
    return FitSettings(**{"hidden": (12,), "epochs": 2, "batch_size": 10, **changes})


def test_the_network_fits_the_dataset(dataset):
    network = train.build_network(small(hidden=(12, 7)), dataset)
    assert network.sizes == (784, 12, 7, 10)
    assert network.dtype == np.float32
    assert train.build_network(small(dtype="float64"), dataset).dtype == np.float64


@pytest.mark.parametrize(("activation", "same_as"), [("relu", "he"), ("tanh", "lecun")])
def test_auto_initialisation_suits_the_activation(dataset, activation, same_as):
    auto = train.build_network(small(activation=activation), dataset)
    named = train.build_network(small(activation=activation, initialisation=same_as), dataset)
    np.testing.assert_array_equal(auto.weights[0], named.weights[0])


def test_outputs_start_alike_and_see_the_same_batches(dataset):
    """The comparison is paired: only the output layer differs."""
    trainings = [train.start(small(output=name), dataset) for name in OUTPUTS]
    first = trainings[0]
    for other in trainings[1:]:
        for a, b in zip(first.network.parameters, other.network.parameters, strict=True):
            assert a.tobytes() == b.tobytes()
        assert first.rng.bit_generator.state == other.rng.bit_generator.state


def test_every_setting_of_gradient_descent_is_passed_on(dataset):
    settings = small(
        epochs=7, batch_size=11, learning_rate=0.3, momentum=0.4, weight_decay=1.5,
        schedule="step", warmup_epochs=0.5, step_epochs=3.0, step_factor=0.2, patience=4,
        activation="tanh", inverse_temperature=2.0,
    )  # fmt: skip
    training = train.start(settings, dataset)
    assert training.sgd == SGD(7, 11, 0.3, 0.4, 1.5, Schedule("step", 7, 0.5, 3.0, 0.2), 4)
    assert training.network.hidden.name == "tanh"
    assert training.network.output.inverse_temperature == 2.0
    assert training.optimizer.momentum == 0.4


def test_the_seed_decides_the_parameters_and_the_order(dataset):
    one, two = (train.start(small(seed=seed), dataset) for seed in (0, 1))
    assert not np.array_equal(one.network.weights[0], two.network.weights[0])
    assert not np.array_equal(one.rng.permutation(50), two.rng.permutation(50))


def test_the_training_part_alone_is_trained_on(dataset):
    training = train.start(small(), dataset)
    assert len(training.batches) == len(dataset.train.images) == 500
    assert len(training.validation[0]) == 100


@pytest.mark.parametrize("order", [1, -1])
def test_the_engine_is_chosen_by_what_all_training_runs_save(dataset, order):
    pytest.importorskip("numba", reason="the extra 'fast' (Numba, SciPy) is not installed")
    long = small(hidden=(30,), epochs=5000, batch_size=1)
    runs, lines = [small(), long][::order], []
    assert train.choose_engine(runs, 1, dataset, lines.append) == "numba"
    assert train.choose_engine([small()], 1, dataset, lines.append) == "numpy"
    assert train.choose_engine([small()], 100_000, dataset, lines.append) == "numba"
    assert train.choose_engine([small(engine="numba")], 1, dataset, lines.append) == "numba"
    assert lines == []


def test_train_size_takes_the_first_examples(dataset):
    training = train.start(small(train_size=50), dataset)
    np.testing.assert_array_equal(training.batches.labels, dataset.train.labels[:50])
    with pytest.raises(SettingsError, match="train_size = 501"):
        train.start(small(train_size=501), dataset)


def test_drive_saves_the_best_model_a_checkpoint_and_the_history(dataset, tmp_path):
    trainer = train.start(small(epochs=4), dataset)
    run = created(tmp_path, "a", "slug")
    epochs, done = [], []
    for event in train.drive(trainer, run):
        if isinstance(event, EpochResult):
            epochs.append(event.epoch)
            restored = train.start(small(epochs=4), dataset)
            run.restore_checkpoint(restored)
            assert restored.epoch == event.epoch == len(run.history())
        else:
            done.append(event)
    assert epochs == [1, 2, 3, 4]
    assert max(done) == 500
    assert restored.finished
    for a, b in zip(run.model().parameters, trainer.best.parameters, strict=True):
        np.testing.assert_array_equal(a, b)
