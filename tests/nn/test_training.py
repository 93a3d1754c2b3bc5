from dataclasses import replace

import numpy as np
import pytest

from nntrain.errors import DivergenceError, NntrainError
from nntrain.nn.averaging import Average
from nntrain.nn.dropout import Dropout
from nntrain.nn.optimizer import SGD
from nntrain.nn.schedules import Schedule
from nntrain.nn.training import Trainer
from tests import reference
from tests.nn.helpers import (
    ACTIVATION_NAMES,
    AVERAGED,
    FULL,
    OUTPUT_NAMES,
    PLAIN,
    SIZES,
    blobs,
    jitter,
    make_examples,
    make_network,
    make_trainer,
)


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_learns_an_easy_problem(output, activation):
    rate = 1.0 if output == "sigmoid+quadratic" else 0.3
    sgd = replace(PLAIN, epochs=30, learning_rate=rate)
    *_, last = make_trainer(sgd, output, activation=activation, dtype=np.float32)
    assert last.train_accuracy > 0.95
    assert last.validation_accuracy > 0.9


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("probabilities", [None, (0.2, 0.5)], ids=["plain", "dropout"])
def test_an_epoch_is_the_books_steps_one_after_the_other(output, probabilities):
    """Same order of examples, gradients by the oracle, W ← (1 − ηλ/n) W − η ∂C/∂W by hand."""
    sgd = SGD(1, 4, 0.7, weight_decay=1.5)
    network = make_network((6, 5, 4), "tanh", output)
    weights = [w.copy() for w in network.weights]
    biases = [b.copy() for b in network.biases]
    ours, theirs = (Dropout(*probabilities, (0, 2)) if probabilities else None for _ in range(2))
    inputs, labels = make_examples(10)
    list(Trainer(network, (inputs, labels), None, sgd, np.random.default_rng(7), ours))

    order = np.random.default_rng(7).permutation(10)
    for start in range(0, 10, 4):  # the last mini-batch has two examples
        batch, masks = order[start : start + 4], None
        if theirs:
            masks = [np.ones((len(batch), size)) for size in (6, 5)]
            theirs.drop_inputs(masks[0])
            theirs.drop_hidden(masks[1], np.empty_like(masks[1]))
        layers = (weights, biases, "tanh", output)
        _, dw, db = reference.gradients(*layers, inputs[batch], labels[batch], masks=masks)
        for layer in range(2):
            weights[layer] = (1 - 0.7 * 1.5 / 10) * weights[layer] - 0.7 * dw[layer]
            biases[layer] = biases[layer] - 0.7 * db[layer]
    for mine, book in zip(network.parameters, [*weights, *biases], strict=True):
        np.testing.assert_allclose(mine, book, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("distort", [None, jitter])
def test_an_epoch_stops_after_any_mini_batch_and_trains_the_same(engine, distort):
    """Stops are ends of mini-batches, closer than blocks; 205 examples, 10 a mini-batch."""
    if engine == "numba":
        pytest.importorskip("numba")
    stops = [10, 20, 30, 150, 200]
    one, other = (make_trainer(PLAIN, distort=distort, engine=engine) for _ in range(2))
    seen = []
    for done in one.run_epoch(stops):
        seen.append(done)
        assert one.done == done
    whole = list(other.run_epoch())
    assert set(stops) <= set(seen)
    assert seen == sorted({*seen, *whole})
    for a, b in zip(one.network.parameters, other.network.parameters, strict=True):
        np.testing.assert_array_equal(a, b)


class TestEpochResult:
    def test_costs_are_means_plus_the_same_decay_for_both_sets(self):
        trainer = make_trainer(SGD(1, 10, 0.1, weight_decay=5.0))
        (result,) = trainer
        decay = 5.0 / (2 * 205) * sum((w**2).sum() for w in trainer.network.weights)
        for (inputs, labels), cost, accuracy in [
            (blobs(205), result.train_cost, result.train_accuracy),
            (blobs(60, seed=1), result.validation_cost, result.validation_accuracy),
        ]:
            z = trainer.network.weighted_inputs(inputs)
            assert cost == pytest.approx(trainer.network.output.cost(z, labels).mean() + decay)
            assert accuracy == (z.argmax(axis=1) == labels).mean()

    def test_gradient_norms_are_those_of_the_mean_cost(self):
        trainer = make_trainer(count=50)
        *_, result = trainer
        network = trainer.network
        inputs, labels = blobs(50)
        _, dw, db = reference.gradients(
            network.weights, network.biases, "sigmoid", network.output.name, inputs / 255, labels
        )
        expected = [np.sqrt((w**2).sum() + (b**2).sum()) for w, b in zip(dw, db, strict=True)]
        np.testing.assert_allclose(result.gradient_norms, expected, rtol=1e-9)

    def test_time_rate_and_speed(self):
        trainer = make_trainer(FULL)
        results = list(trainer)
        assert [r.epoch for r in results] == [1, 2, 3, 4]
        rates = [r.learning_rate for r in results]
        assert rates == sorted(rates, reverse=True)
        assert all(r.seconds > 0 and r.evaluation_seconds > 0 for r in results)
        assert trainer.total_seconds == pytest.approx(sum(r.seconds for r in results))
        assert all(r.examples_per_second == pytest.approx(205 / r.seconds) for r in results)

    def test_without_validation(self):
        network = make_network(SIZES)
        results = list(Trainer(network, blobs(50), None, PLAIN, np.random.default_rng(0)))
        assert [r.validation_cost for r in results] == [None] * 3
        assert all(r.best for r in results)

    def test_one_step_an_epoch_is_a_step_even_in_the_warm_up(self):
        sgd = SGD(1, 500, 0.5, schedule=Schedule("cosine", 1, 0.25))
        trainer = make_trainer(sgd)
        before = trainer.network.weights[0].copy()
        (result,) = trainer
        assert result.learning_rate > 0
        assert not np.array_equal(trainer.network.weights[0], before)

    def test_decay_follows_the_schedule(self):
        """With a gradient of zero, W shrinks by Π (1 − η(t) λ/n) and by nothing else."""
        sgd = SGD(2, 50, 0.3, weight_decay=20.0, schedule=Schedule("cosine", 2, 0.5))
        trainer = make_trainer(sgd, count=200)
        trainer.network.weights[1][...] = 0  # nothing flows back to layer 1
        before = trainer.network.weights[0].copy()
        for _ in trainer.run_epoch():
            trainer.network.weights[1][...] = 0
        # the second layer is cleared again after each block, so only its own step could leak
        rates = [sgd.rate((50 * i + 25) / 200) for i in range(4)]
        shrink = np.prod([1 - rate * 20.0 / 200 for rate in rates])
        ratio = np.linalg.norm(trainer.network.weights[0]) / np.linalg.norm(before)
        assert ratio == pytest.approx(shrink, rel=0.02)


class TestBestAndPatience:
    def test_best_is_the_first_epoch_with_the_highest_validation_accuracy(self):
        trainer = make_trainer(replace(PLAIN, epochs=15))
        seen = []
        for result in trainer:
            assert result.best == (result.validation_accuracy > max(seen, default=-1))
            seen.append(result.validation_accuracy)
        _, accuracy = trainer.best.network().cost_and_accuracy(*blobs(60, seed=1))
        assert accuracy == max(seen)
        assert trainer.best.epoch == seen.index(max(seen)) + 1

    def test_patience_stops_after_that_many_epochs_without_improvement(self):
        trainer = make_trainer(replace(PLAIN, epochs=500, patience=3))
        results = list(trainer)
        best = max(r.epoch for r in results if r.best)
        assert results[-1].epoch == best + 3 < 500


class TestDivergence:
    @pytest.mark.parametrize("output", ["softmax+log-likelihood", "sigmoid+cross-entropy"])
    def test_is_an_error_that_says_where_and_what_to_try(self, output):
        trainer = make_trainer(
            replace(PLAIN, learning_rate=1e30), output, activation="relu", dtype=np.float32
        )
        with pytest.raises(
            DivergenceError, match=r"epoch 1, by example 120: layer \d.*try 1\."
        ) as error:
            list(trainer)
        assert error.value.exit_code == 3

    @pytest.mark.parametrize("output", OUTPUT_NAMES)
    @pytest.mark.parametrize("activation", ACTIVATION_NAMES)
    @pytest.mark.parametrize("rate", [1e10, 1e20, 1e30, 1e38])
    def test_extreme_rates_end_in_divergence_or_in_finite_numbers(self, output, activation, rate):
        sgd = replace(PLAIN, learning_rate=rate, momentum=0.9)
        trainer = make_trainer(sgd, output, activation=activation, dtype=np.float32)
        try:
            results = list(trainer)
        except DivergenceError:
            return
        for result in results:
            figures = [result.train_cost, result.validation_cost, *result.gradient_norms]
            assert np.isfinite(figures).all()
        assert all(np.isfinite(p).all() for p in trainer.network.parameters)

    def test_weight_decay_that_explodes_is_caught_and_blamed(self):
        with pytest.raises(
            DivergenceError, match=r"Weight decay exceeds the weights.* try weight_decay"
        ):
            list(make_trainer(SGD(300, 10, 10.0, weight_decay=1e6), dtype=np.float32))

    def test_the_best_before_it_is_kept(self):
        trainer = make_trainer(activation="relu", dtype=np.float32)
        next(iter(trainer))
        trainer.network.weights[0][0, 0] = np.nan
        with pytest.raises(DivergenceError, match="layer 1"):
            list(trainer)
        assert all(np.isfinite(p).all() for p in trainer.best.parameters)


@pytest.mark.parametrize("wrong", [-1, 4])
def test_labels_that_are_not_classes_are_refused(wrong):
    inputs, labels = make_examples(10)
    labels[3] = wrong
    with pytest.raises(NntrainError, match="from 0 to 3"):
        Trainer(make_network((6, 4)), (inputs, labels), None, PLAIN, np.random.default_rng(0))


def test_another_seed_another_order():
    one, two = make_trainer(FULL, seed=0), make_trainer(FULL, seed=1)
    list(one), list(two)
    assert not np.array_equal(one.network.weights[0], two.network.weights[0])


class TestRegularised:
    """Dropout, max-norm, averaging and distortions as parts of a training."""

    def test_no_row_of_a_hidden_layer_is_longer_than_the_max_norm(self):
        trainer = make_trainer(replace(FULL, max_norm=0.5))
        for _ in trainer:
            lengths = np.linalg.norm(trainer.network.weights[0], axis=1)
            assert lengths.max() <= 0.5 * (1 + 1e-6)
        assert np.linalg.norm(trainer.network.weights[1], axis=1).max() > 0.5

    def test_the_average_is_what_is_measured_and_kept(self):
        trainer = make_trainer(replace(AVERAGED, batch_size=5))
        by_hand, before = Average(trainer.network, AVERAGED.average_epochs, 205), 0
        for done in trainer.run_epoch():
            by_hand.update(trainer.network, 0, before, done)
            before = done
        averaged = by_hand.network
        assert not np.array_equal(averaged.weights[0], trainer.network.weights[0])
        result = trainer.finish_epoch()
        assert result.train_accuracy == averaged.cost_and_accuracy(*blobs(205))[1]
        for kept, expected in zip(trainer.best.parameters, averaged.parameters, strict=True):
            np.testing.assert_array_equal(kept, expected)

    def test_measurements_are_without_dropout_and_distortions(self):
        trainer = make_trainer(FULL, dropout=(0.2, 0.5), distort=jitter)
        *_, last = trainer
        _, accuracy = trainer.network.cost_and_accuracy(*blobs(205))
        assert last.train_accuracy == accuracy

    def test_it_learns_with_all_of_them(self):
        sgd = replace(AVERAGED, epochs=30)
        *_, last = make_trainer(sgd, dropout=(0.1, 0.2), distort=jitter, activation="relu")
        assert last.validation_accuracy > 0.9
