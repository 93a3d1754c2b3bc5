"""The figures of results against plain NumPy, and that nobody can change them."""

import json
from dataclasses import replace

import numpy as np
import pytest

import nntrain
from tests.api.conftest import KINDS, rows


@pytest.fixture(scope="module")
def comparison(images):
    return nntrain.compare_costs(images, seeds=2, epochs=1, hidden=[8], train_size=200)


def outputs_of(network, x):
    """Return a^L (n, classes) of a ReLU network with softmax outputs, from its arrays alone."""
    a = np.asarray(x, np.float64).reshape(len(x), -1)
    if x.dtype == np.uint8:
        a = a / 255
    *hidden, last = zip(network.weights, network.biases, strict=True)
    for weights, biases in hidden:
        a = np.maximum(a @ weights.T + biases, 0)
    z = a @ last[0].T + last[1]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_an_evaluation_is_what_numpy_computes_from_the_weights(trained, images, split):
    x, y = images.split(split)
    found, outputs = nntrain.evaluate(trained, split=split), outputs_of(trained.network, x)
    predicted = outputs.argmax(axis=1)
    np.testing.assert_allclose(found.outputs, outputs, atol=1e-5)
    np.testing.assert_array_equal(found.true, y)
    np.testing.assert_array_equal(found.predicted, predicted)
    assert found.n == len(y)
    assert found.cost == pytest.approx(-np.log(outputs[range(len(y)), y]).mean(), rel=1e-4)
    for k, figures in enumerate(found.per_class):
        hits = ((y == k) & (predicted == k)).sum()
        assert (figures.name, figures.support) == (str(k), (y == k).sum())
        assert figures.precision == pytest.approx(hits / (predicted == k).sum())
        assert figures.recall == pytest.approx(hits / (y == k).sum())
        both = 1 / figures.precision + 1 / figures.recall
        assert figures.f1 == pytest.approx(2 / both)
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (y, predicted), 1)
    np.fill_diagonal(counts, 0)
    pairs = found.confused_pairs
    assert pairs or found.accuracy == 1
    assert [pair.count for pair in pairs] == sorted(counts[counts > 0], reverse=True)[:20]
    for pair in pairs:
        assert pair.count == counts[pair.true, pair.predicted]
        assert pair.share == pytest.approx(pair.count / (y == pair.true).sum())


def test_a_run_keeps_the_network_of_its_best_epoch(images):
    options = {"hidden": [30], "augment": "none", "learning_rate": 0.01, "batch_size": 10}
    run = nntrain.fit(images, epochs=3, **options)
    accuracies = [epoch["validation_accuracy"] for epoch in run.history]
    best = int(np.argmax(accuracies))
    assert best < 2  # not the last, or this would prove nothing
    assert [epoch["best"] for epoch in run.history][best:] == [True] + [False] * (2 - best)
    cost = run.history[best]["validation_cost"]
    assert cost != pytest.approx(run.history[2]["validation_cost"], rel=1e-3)
    assert nntrain.evaluate(run, split="validation").cost == pytest.approx(cost, rel=1e-5)
    assert f"{100 * accuracies[best]:.2f} % of validation correct" in repr(run)
    x, y = images.validation
    assert (run.network.predict(x) == y).mean() == accuracies[best]


def test_both_starts_of_a_comparison_are_told_apart(comparison, images):
    document = comparison.to_dict()
    parts = {
        "random": (comparison.outputs, comparison.pairs, document),
        "saturated": (
            comparison.saturated_outputs,
            comparison.saturated_pairs,
            document["saturated"],
        ),
    }
    for outputs, pairs, part in parts.values():
        assert len(outputs) == len(pairs) == 3
        for output in outputs:
            of_seeds = [
                one["test_accuracy"] for one in part["trainings"] if one["output"] == output.output
            ]
            assert len(of_seeds) == 2
            assert output.test_accuracy.mean == pytest.approx(np.mean(of_seeds))
    means = [[one.early[0][1].mean for one in part[0]] for part in parts.values()]
    assert means[0] != means[1]
    alone = nntrain.compare_costs(
        images, seeds=2, epochs=1, hidden=[8], train_size=200, start="saturated"
    )
    assert [one.test_accuracy for one in alone.saturated_outputs] == [
        one.test_accuracy for one in comparison.saturated_outputs
    ]
    cold = nntrain.compare_costs(
        images, seeds=1, epochs=1, hidden=[], train_size=200, start="random", output="softmax"
    )
    assert cold.saturated_outputs == cold.saturated_pairs == ()


def test_results_cannot_be_written_into(trained):
    found = nntrain.evaluate(trained)
    arrays = ("confusion", "outputs", "confidence", "right", "true", "predicted")
    for array in [*(getattr(found, name) for name in arrays), trained.network.labels]:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
    before = trained.network.activations(np.zeros((1, 784)))
    for parameters in trained.network.weights + trained.network.biases:
        parameters[:] = 7  # of a copy
    np.testing.assert_array_equal(trained.network.activations(np.zeros((1, 784))), before)


def test_overwrite_replaces_a_run_and_an_experiment(table, inside):
    for epochs in 1, 2:
        nntrain.fit(table, hidden=[], epochs=epochs, save="first", overwrite=epochs == 2)
        options = {"output": "softmax", "hidden": [], "seeds": 1, "start": "random"}
        nntrain.compare_costs(table, epochs=epochs, save="costs", overwrite=epochs == 2, **options)
    assert len(nntrain.load_run("first").history) == 2
    text = (inside / "runs/costs/experiment.toml").read_text("utf-8")
    assert "epochs = 2" in text
    assert sorted(path.name for path in (inside / "runs").glob("[!l.]*")) == ["costs", "first"]


def test_a_run_knows_the_folder_of_its_dataset_from_anywhere(images, inside, tmp_path):
    named = replace(images, name="kmnist", folder=inside / "there" / "kmnist")
    run = nntrain.fit(named, hidden=[], epochs=1)
    assert run.settings.dataset == "kmnist"
    assert run.settings.data_dir == str(tmp_path / "there")


def test_a_saved_run_on_all_of_some_arrays_is_evaluated_on_them(table, inside, recwarn):
    saved = nntrain.fit(table, hidden=[], epochs=1, train_on="all", save="all")
    again = nntrain.load_run("all")
    assert nntrain.evaluate(again, table).accuracy == nntrain.evaluate(saved).accuracy
    other = nntrain.Dataset.from_arrays(*rows(seed=1))
    nntrain.evaluate(again, other, split="validation")
    assert not recwarn.list
    with pytest.warns(UserWarning, match="validation"):
        nntrain.evaluate(again, table, split="validation")


@pytest.mark.parametrize("output", ["softmax", "sigmoid+q"])
def test_a_saved_network_comes_back_with_its_labels(table, output, inside):
    network = nntrain.fit(table, hidden=[5], epochs=2, output=output).network
    network.save("m.npz")
    again = nntrain.load_network("m.npz")
    x, _ = rows()
    assert type(again) is type(network)
    np.testing.assert_array_equal(again.predict(x), network.predict(x))
    np.testing.assert_array_equal(again.activations(x), network.activations(x))
    assert again.labels.tolist() == list(KINDS)
    assert again.to_dict() == network.to_dict()
    again.save("again.npz")
    assert (inside / "again.npz").read_bytes() == (inside / "m.npz").read_bytes()


def test_the_books_json_comes_back_with_numerals_and_damage_is_refused(trained, table, inside):
    options = {"output": "sigmoid+q", "activation": "sigmoid", "hidden": [], "epochs": 1}
    nntrain.fit(table, **options).network.save("m.json")
    assert nntrain.load_network("m.json").labels.tolist() == [0, 1, 2]
    trained.network.save("digits.npz")
    assert nntrain.load_network("digits.npz").labels.tolist() == list(range(10))
    nntrain.fit(table, hidden=[], epochs=1).network.save("m.npz")
    with np.load("m.npz") as file:
        arrays = dict(file)
    for labels in ["a"], ["a", "a", "b"], ["a", 1, 2], "abc", [0.5, 1, 2]:
        about = {**json.loads(arrays["description"].tobytes()), "labels": labels}
        arrays["description"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
        np.savez("bad.npz", **arrays)
        with pytest.raises(nntrain.NntrainError, match="expected 3 labels"):
            nntrain.load_network("bad.npz")
    (inside / "text.npz").write_text("no network")
    for name in "text.npz", "missing.npz":
        with pytest.raises(nntrain.NntrainError, match=name):
            nntrain.load_network(name)
