import warnings
from dataclasses import replace

import numpy as np
import pytest

from nntrain.errors import DivergenceError, NntrainError
from nntrain.nn.dropout import Dropout
from nntrain.nn.optimizer import SGD
from nntrain.nn.schedules import Schedule
from nntrain.nn.training import Training, train
from tests import reference
from tests.nn.helpers import ACTIVATION_NAMES, OUTPUT_NAMES, blobs, make_examples, make_network

SIZES = (16, 8, 4)
PLAIN = SGD(epochs=3, batch_size=10, learning_rate=0.5)
FULL = SGD(4, 10, 0.2, momentum=0.9, weight_decay=2.0, schedule=Schedule("cosine", 4, 0.5))
AVERAGED = replace(FULL, max_norm=3.0, average_epochs=0.5)


def jitter(inputs, epoch, place):
    """Distort blobs: as noise of the place, so that a resumed training must be at the same."""
    noise = np.random.default_rng([epoch, place]).integers(0, 9, inputs.shape, dtype=np.uint8)
    inputs[...] = np.minimum(inputs, 246) + noise


def make_training(sgd=PLAIN, output=OUTPUT_NAMES[0], seed=0, count=205, **options):
    dropout = Dropout(*options.pop("dropout"), (0, 2)) if "dropout" in options else None
    distort = options.pop("distort", None)
    return Training(
        make_network(SIZES, options.pop("activation", "sigmoid"), output, **options),
        blobs(count),
        blobs(60, seed=1),
        sgd,
        np.random.default_rng(seed),
        dropout,
        distort,
    )


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_learns_what_can_be_learnt(output, activation):
    rate = 1.0 if output == "sigmoid+quadratic" else 0.3
    sgd = replace(PLAIN, epochs=30, learning_rate=rate)
    *_, last = make_training(sgd, output, activation=activation, dtype=np.float32)
    assert last.train_accuracy > 0.95
    assert last.validation_accuracy > 0.9


@pytest.mark.parametrize("output", OUTPUT_NAMES)
def test_an_epoch_is_the_books_steps_one_after_the_other(output):
    """Same order of examples, gradients by the oracle, W ← (1 − ηλ/n) W − η ∂C/∂W by hand."""
    sgd = SGD(1, 4, 0.7, weight_decay=1.5)
    network = make_network((6, 5, 4), "tanh", output)
    weights = [w.copy() for w in network.weights]
    biases = [b.copy() for b in network.biases]
    inputs, labels = make_examples(10)
    list(train(network, (inputs, labels), None, sgd, np.random.default_rng(7)))

    order = np.random.default_rng(7).permutation(10)
    for start in range(0, 10, 4):  # the last mini-batch has two examples
        batch = order[start : start + 4]
        _, dw, db = reference.gradients(
            weights, biases, "tanh", output, inputs[batch], labels[batch]
        )
        for layer in range(2):
            weights[layer] = (1 - 0.7 * 1.5 / 10) * weights[layer] - 0.7 * dw[layer]
            biases[layer] = biases[layer] - 0.7 * db[layer]
    for mine, book in zip(network.parameters, [*weights, *biases], strict=True):
        np.testing.assert_allclose(mine, book, rtol=1e-9, atol=1e-12)


class TestEpochResult:
    def test_costs_are_means_plus_the_same_decay_for_both_sets(self):
        training = make_training(SGD(1, 10, 0.1, weight_decay=5.0))
        (result,) = training
        decay = 5.0 / (2 * 205) * sum((w**2).sum() for w in training.network.weights)
        for (inputs, labels), cost, accuracy in [
            (blobs(205), result.train_cost, result.train_accuracy),
            (blobs(60, seed=1), result.validation_cost, result.validation_accuracy),
        ]:
            z = training.network.weighted_inputs(inputs)
            assert cost == pytest.approx(training.network.output.cost(z, labels).mean() + decay)
            assert accuracy == (z.argmax(axis=1) == labels).mean()

    def test_gradient_norms_are_those_of_the_mean_cost(self):
        training = make_training(count=50)
        *_, result = training
        network = training.network
        inputs, labels = blobs(50)
        _, dw, db = reference.gradients(
            network.weights, network.biases, "sigmoid", network.output.name, inputs / 255, labels
        )
        expected = [np.sqrt((w**2).sum() + (b**2).sum()) for w, b in zip(dw, db, strict=True)]
        np.testing.assert_allclose(result.gradient_norms, expected, rtol=1e-9)

    def test_time_rate_and_speed(self):
        results = list(make_training(FULL))
        assert [r.epoch for r in results] == [1, 2, 3, 4]
        rates = [r.learning_rate for r in results]
        assert rates == sorted(rates, reverse=True)
        assert all(r.seconds > 0 and r.evaluation_seconds > 0 for r in results)
        assert all(r.examples_per_second == pytest.approx(205 / r.seconds) for r in results)

    def test_without_validation(self):
        network = make_network(SIZES)
        results = list(train(network, blobs(50), None, PLAIN, np.random.default_rng(0)))
        assert [r.validation_cost for r in results] == [None] * 3
        assert all(r.best for r in results)

    def test_seconds_are_each_epochs_own(self):
        training = make_training(replace(PLAIN, epochs=40))
        seconds = [result.seconds for result in training]
        # seconds that ran on from epoch to epoch would count the first ones forty times
        assert training.total_seconds == pytest.approx(sum(seconds))

    def test_one_step_an_epoch_is_a_step_even_in_the_warm_up(self):
        sgd = SGD(1, 500, 0.5, schedule=Schedule("cosine", 1, 0.25))
        training = make_training(sgd)
        before = training.network.weights[0].copy()
        (result,) = training
        assert result.learning_rate > 0
        assert not np.array_equal(training.network.weights[0], before)

    def test_decay_follows_the_schedule(self):
        """With a gradient of zero, W shrinks by Π (1 − η(t) λ/n) and by nothing else."""
        schedule = Schedule("cosine", 2, 0.5)
        sgd = SGD(2, 50, 0.3, weight_decay=20.0, schedule=schedule)
        images, labels = blobs(200)
        training = Training(
            make_network(SIZES), (images, labels), None, sgd, np.random.default_rng(0)
        )
        training.network.weights[1][...] = 0  # nothing flows back to layer 1
        before = training.network.weights[0].copy()
        for _ in training.run_epoch():
            training.network.weights[1][...] = 0
        # block by block the second layer is cleared again, so only its own step can leak: none
        rates = [sgd.rate((50 * i + 25) / 200) for i in range(4)]
        shrink = np.prod([1 - rate * 20.0 / 200 for rate in rates])
        ratio = np.linalg.norm(training.network.weights[0]) / np.linalg.norm(before)
        assert ratio == pytest.approx(shrink, rel=0.02)


class TestBestAndPatience:
    def test_best_is_the_first_epoch_with_the_highest_validation_accuracy(self):
        training = make_training(replace(PLAIN, epochs=15))
        seen = []
        for result in training:
            assert result.best == (result.validation_accuracy > max(seen, default=-1))
            seen.append(result.validation_accuracy)
        _, accuracy = training.best_network().cost_and_accuracy(*blobs(60, seed=1))
        assert accuracy == max(seen)
        assert training.best_epoch == seen.index(max(seen)) + 1

    def test_patience_stops_after_so_many_epochs_without_a_better_one(self):
        training = make_training(replace(PLAIN, epochs=500, patience=3))
        results = list(training)
        best = max(r.epoch for r in results if r.best)
        assert results[-1].epoch == best + 3 < 500


class TestDivergence:
    @pytest.mark.parametrize("output", ["softmax+log-likelihood", "sigmoid+cross-entropy"])
    def test_is_an_error_that_says_where_and_what_to_try(self, output):
        training = make_training(
            replace(PLAIN, learning_rate=1e30), output, activation="relu", dtype=np.float32
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(DivergenceError, match=r"epoch 1.*layer \d.*try 1\.") as error:
                list(training)
        assert error.value.exit_code == 3

    @pytest.mark.parametrize("output", OUTPUT_NAMES)
    @pytest.mark.parametrize("activation", ACTIVATION_NAMES)
    @pytest.mark.parametrize("rate", [1e10, 1e20, 1e30, 1e38])
    def test_silly_rates_end_in_divergence_or_in_finite_numbers(self, output, activation, rate):
        sgd = replace(PLAIN, learning_rate=rate, momentum=0.9)
        training = make_training(sgd, output, activation=activation, dtype=np.float32)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                results = list(training)
            except DivergenceError:
                return
        for result in results:
            figures = [result.train_cost, result.validation_cost, *result.gradient_norms]
            assert np.isfinite(figures).all()
        assert all(np.isfinite(p).all() for p in training.network.parameters)

    def test_it_stops_within_the_block_that_broke(self):
        training = make_training(
            replace(PLAIN, learning_rate=1e30), activation="relu", dtype=np.float32
        )
        with pytest.raises(DivergenceError, match="by example 120"):
            list(training)

    def test_weight_decay_that_explodes_is_caught_and_blamed(self):
        with pytest.raises(DivergenceError, match=r"Weight decay .* try weight_decay"):
            list(make_training(SGD(300, 10, 10.0, weight_decay=1e6), dtype=np.float32))

    def test_the_best_before_it_is_kept(self):
        training = make_training(activation="relu", dtype=np.float32)
        next(iter(training))
        training.network.weights[0][0, 0] = np.nan
        with pytest.raises(DivergenceError, match="layer 1"):
            list(training)
        assert all(np.isfinite(p).all() for p in training.best_parameters)


@pytest.mark.parametrize("wrong", [-1, 4])
def test_labels_that_are_no_classes_are_refused(wrong):
    inputs, labels = make_examples(10)
    labels[3] = wrong
    with pytest.raises(NntrainError, match="from 0 to 3"):
        Training(make_network((6, 4)), (inputs, labels), None, PLAIN, np.random.default_rng(0))


class TestReproducible:
    @pytest.mark.parametrize("output", OUTPUT_NAMES)
    def test_same_seed_same_bits(self, output):
        one, two = (make_training(FULL, output, dtype=np.float32) for _ in range(2))
        list(one), list(two)
        for a, b in zip(one.network.parameters, two.network.parameters, strict=True):
            assert a.tobytes() == b.tobytes()

    def test_another_seed_another_order(self):
        one, two = make_training(FULL, seed=0), make_training(FULL, seed=1)
        list(one), list(two)
        assert not np.array_equal(one.network.weights[0], two.network.weights[0])


class TestRegularised:
    """Dropout, max-norm, averaging and distortions as parts of a training."""

    def test_an_epoch_with_dropout_is_the_oracles_with_the_same_masks(self):
        sgd = SGD(1, 4, 0.7)
        network = make_network((6, 5, 4), "tanh")
        weights = [w.copy() for w in network.weights]
        biases = [b.copy() for b in network.biases]
        inputs, labels = make_examples(10)
        rngs = (np.random.default_rng(7), Dropout(0.2, 0.5, (0, 2)))
        list(Training(network, (inputs, labels), None, sgd, *rngs))

        order, dropout = np.random.default_rng(7).permutation(10), Dropout(0.2, 0.5, (0, 2))
        for start in range(0, 10, 4):
            batch = order[start : start + 4]
            masks = [np.ones((len(batch), size)) for size in (6, 5)]
            dropout.silence_inputs(masks[0])
            dropout.silence(network.hidden, masks[1], np.empty_like(masks[1]))
            layers = (weights, biases, "tanh", network.output.name)
            _, dw, db = reference.gradients(*layers, inputs[batch], labels[batch], masks=masks)
            for layer in range(2):
                weights[layer] = weights[layer] - 0.7 * dw[layer]
                biases[layer] = biases[layer] - 0.7 * db[layer]
        for mine, book in zip(network.parameters, [*weights, *biases], strict=True):
            np.testing.assert_allclose(mine, book, rtol=1e-9, atol=1e-12)

    def test_no_row_of_a_hidden_layer_is_longer_than_the_max_norm(self):
        training = make_training(replace(FULL, max_norm=0.5))
        for _ in training:
            lengths = np.linalg.norm(training.network.weights[0], axis=1)
            assert lengths.max() <= 0.5 * (1 + 1e-6)
        assert np.linalg.norm(training.network.weights[1], axis=1).max() > 0.5

    def test_the_average_is_what_is_measured_and_kept(self):
        training = make_training(AVERAGED)
        (first, *_) = training
        assert training.model is not training.network
        assert not np.array_equal(training.model.weights[0], training.network.weights[0])
        training = make_training(AVERAGED)
        for _ in training.run_epoch():
            pass
        assert first.train_accuracy == training.model.cost_and_accuracy(*blobs(205))[1]
        training.finish_epoch()
        for kept, averaged in zip(
            training.best_parameters, training.model.parameters, strict=True
        ):
            np.testing.assert_array_equal(kept, averaged)

    def test_figures_are_of_all_neurons_and_of_images_as_they_are(self):
        training = make_training(FULL, dropout=(0.2, 0.5), distort=jitter)
        *_, last = training
        _, accuracy = training.network.cost_and_accuracy(*blobs(205))
        assert last.train_accuracy == accuracy

    def test_it_learns_with_all_of_them(self):
        sgd = replace(AVERAGED, epochs=30)
        *_, last = make_training(sgd, dropout=(0.1, 0.2), distort=jitter, activation="relu")
        assert last.validation_accuracy > 0.9


ALL = [{}, {"dropout": (0.2, 0.5)}, {"distort": jitter, "dropout": (0.0, 0.5)}]


class TestStateAndRestore:
    @pytest.mark.parametrize("output", OUTPUT_NAMES)
    @pytest.mark.parametrize("blocks", [0, 1, 2, 3, 5])
    @pytest.mark.parametrize("options", ALL, ids=["plain", "dropout", "everything"])
    def test_goes_on_to_the_same_bits_between_epochs_and_inside_one(self, output, blocks, options):
        sgd = AVERAGED if options else FULL
        options = {**options, "dtype": np.float32}
        whole = make_training(sgd, output, **options)
        expected = [
            replace(r, seconds=0, evaluation_seconds=0, examples_per_second=0) for r in whole
        ]

        first = make_training(sgd, output, **options)
        results, left = [], blocks
        while left:
            for _ in first.run_epoch():
                left -= 1
                if not left:
                    break
            else:
                results.append(first.finish_epoch())
        state = {name: array.copy() for name, array in first.state().items()}
        list(first)  # what happens after the state was taken does not matter

        second = make_training(sgd, output, seed=99, **options)
        second.restore(state)
        results += list(second)
        plain = [
            replace(r, seconds=0, evaluation_seconds=0, examples_per_second=0) for r in results
        ]
        assert plain == expected
        for a, b in zip(second.network.parameters, whole.network.parameters, strict=True):
            assert a.tobytes() == b.tobytes()
        for a, b in zip(second.best_parameters, whole.best_parameters, strict=True):
            assert a.tobytes() == b.tobytes()
        assert second.best_accuracy == whole.best_accuracy

    def test_a_state_of_another_network_does_not_fit(self):
        other = Training(
            make_network((16, 9, 4)), blobs(50), None, PLAIN, np.random.default_rng(0)
        )
        with pytest.raises(ValueError, match=r"expected .*8, 16.*got .*9, 16"):
            make_training().restore(other.state())
