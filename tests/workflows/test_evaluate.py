"""One evaluation: the network's own figures, calibration, and each thing once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nntrain.data.dataset import Dataset
from nntrain.data.loading import load
from nntrain.errors import NntrainError
from nntrain.nn.network import Network
from nntrain.nn.outputs import OUTPUTS
from nntrain.runs.run import Run
from nntrain.workflows import evaluate
from nntrain.workflows.evaluate import evaluate_network, evaluate_run
from tests.cli.helpers import run as command
from tests.conftest import make_idx_folder
from tests.workflows.conftest import SIGMOID, SOFTMAX, run_of


@pytest.mark.parametrize("output", OUTPUTS)
def test_agrees_with_the_networks_own_cost_and_accuracy(trained, dataset, output):
    network = trained(output)
    answers, evaluation = evaluate_network(network, dataset, "test")
    cost, accuracy = network.cost_and_accuracy(*dataset.test)
    assert evaluation.accuracy.estimate == accuracy
    assert evaluation.cost == pytest.approx(cost, rel=1e-5)
    np.testing.assert_allclose(answers.outputs, network.outputs(dataset.test.images), atol=1e-6)
    np.testing.assert_array_equal(answers.labels, dataset.test.labels)
    assert evaluation.distribution == output.startswith("softmax")


def test_a_dataset_of_another_size_is_a_clear_error(trained, tmp_path):
    other = load(str(make_idx_folder(tmp_path / "small", 30, 10, side=8)), Path("unused"))
    with pytest.raises(NntrainError, match=r"784 inputs.*8×8 = 64 pixels"):
        evaluate_network(trained(SOFTMAX), other, "test")


def test_outputs_that_are_not_finite_are_an_error_without_warnings(trained, dataset):
    network = trained(SIGMOID)
    network.weights[0][...] = 1e38
    with pytest.raises(NntrainError, match="not finite"):
        evaluate_network(network, dataset, "test")


class TestRun:
    def test_has_what_every_report_is_made_of(self, trained, dataset, tmp_path):
        run = run_of(trained(SOFTMAX), tmp_path, training_examples=300, seed=0)
        settings = replace(run.settings(), weight_decay=2.0)
        of = evaluate_run(run, settings, dataset, "train")
        assert (of.name, of.split, of.settings) == ("r", "train", settings)
        assert of.provenance["training_examples"] == 300
        assert [epoch["epoch"] for epoch in of.history] == [1, 2]
        assert of.origin == "weights of epoch 1 of 2, trained on 300 examples"
        assert of.examples == f"the 500 training examples of {dataset.title}"
        np.testing.assert_array_equal(of.images, dataset.train.images)
        squares = sum(float((W.astype(np.float64) ** 2).sum()) for W in of.network.weights)
        assert of.decay_cost == pytest.approx(2 / (2 * 300) * squares, rel=1e-6)
        cost, _ = of.network.cost_and_accuracy(*dataset.train)
        assert of.evaluation.cost == pytest.approx(cost, rel=1e-5)
        assert of.total_cost == pytest.approx(cost + of.decay_cost, rel=1e-5)
        assert of.calibration is of.fitted_c is None
        assert not of.boxed  # as far as the images show
        assert not of.form_known

    @pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 16), (0, 3), (-0.5, 0.5)])
    def test_shows_images_of_floats_as_the_bytes_they_were(
        self, trained, tmp_path, dataset, low, high
    ):
        x = dataset.test.images / 255 * (high - low) + low
        data = Dataset.from_arrays(x, dataset.test.labels, x_test=x, y_test=dataset.test.labels)
        assert data.pictured
        assert not data.scaled
        assert not data.distortable
        run = run_of(trained(SOFTMAX), tmp_path)
        of = evaluate_run(run, run.settings(), data, "test")
        assert of.noun == "image"
        scale = max(high, 1) - low
        expected = np.rint((x - low) / scale * 255)
        assert of.images.dtype == np.uint8
        assert np.abs(of.images - expected).max() <= 1
        if scale == high - low:
            np.testing.assert_array_equal(of.images, dataset.test.images)

    @pytest.mark.parametrize(
        ("epochs", "provenance", "origin"),
        [
            (2, {}, "weights of epoch 1 of 2, trained on 500 examples"),
            (2, {"training_examples": "x"}, "weights of epoch 1 of 2, trained on 500 examples"),
            (2, {"training_examples": 1}, "weights of epoch 1 of 2, trained on 1 example"),
            (9, {}, "weights of epoch 1 of 2 (9 requested), trained on 500 examples"),
            (9, {"imported_from": "book.json"}, "imported from book.json"),
        ],
    )
    def test_says_how_its_weights_were_chosen(
        self, trained, dataset, tmp_path, epochs, provenance, origin
    ):
        run = run_of(trained(SOFTMAX), tmp_path, **provenance)
        settings = replace(run.settings(), epochs=epochs)
        assert evaluate_run(run, settings, dataset, "test").origin == origin


class TestCalibrated:
    @pytest.fixture
    def of(self, trained, dataset, tmp_path):
        network = trained(SOFTMAX)
        for parameter in (network.weights[-1], network.biases[-1]):
            parameter *= 20  # far too confident
        run = run_of(network, tmp_path)
        return lambda split: evaluate_run(run, run.settings(), dataset, split)

    def test_confidence_changes_and_answers_do_not(self, of):
        plain = of("test")
        found = evaluate.calibrated(plain).calibration
        assert 0.1 < found.fit.c < 0.7
        assert found.before.accuracy == found.after.accuracy
        np.testing.assert_array_equal(found.before.confusion, found.after.confusion)
        assert found.after.scores.log_likelihood > found.before.scores.log_likelihood
        assert found.before.scores.brier == pytest.approx(plain.evaluation.scores.brier)

    def test_c_is_chosen_on_validation_whatever_is_evaluated(self, of):
        found = [evaluate.calibrated(of(split)) for split in ("test", "train", "validation")]
        assert len({run.calibration.fit.c for run in found}) == 1
        assert {run.calibration.fit.n for run in found} == {100}
        assert {run.fitted_c for run in found} == {found[0].calibration.inverse_temperature}

    def test_no_best_c_is_no_c(self, of):
        found = evaluate.calibrated(of("test"))
        at_limit = replace(found.calibration.fit, at_the_limit=True)
        found = replace(found, calibration=replace(found.calibration, fit=at_limit))
        assert found.fitted_c is None

    def test_outputs_that_cannot_be_calibrated_are_refused(self, trained, dataset, tmp_path):
        run = run_of(trained(SIGMOID), tmp_path)
        sigmoid = evaluate_run(run, run.settings(), dataset, "test")
        assert not sigmoid.can_be_calibrated
        with pytest.raises(NntrainError, match="not a distribution"):
            evaluate.calibrated(sigmoid)


class TestOnce:
    """A command loads each model once and runs it once over each part that it needs."""

    SMALL = ("--hidden", "12", "--epochs", "2", "--batch-size", "10")

    @pytest.fixture
    def counts(self, monkeypatch):
        """How often a model was loaded, run over how many images, and predictions checked."""
        counts = {"models": 0, "passes": [], "checks": 0, "read": []}

        def count(owner, name, note):
            original = getattr(owner, name)

            def counted(*words, **more):
                note(*words)
                return original(*words, **more)

            monkeypatch.setattr(owner, name, counted)

        def one_more(what):
            counts[what] += 1

        count(Run, "model", lambda _: one_more("models"))
        count(Network, "weighted_inputs", lambda _, images: counts["passes"].append(len(images)))
        count(evaluate, "predictions", lambda *_: one_more("checks"))
        count(Run, "read_json", lambda _, name, *__: counts["read"].append(name))
        count(Run, "history", lambda _: counts["read"].append("history.jsonl"))
        count(Run, "settings", lambda _: counts["read"].append("settings.toml"))
        return counts

    @pytest.fixture
    def fitted(self, boxed, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        for name, output in (("a", SOFTMAX), ("b", SIGMOID)):
            words = ("--dataset", boxed, *self.SMALL, "--output", output, "--name", name)
            command("fit", *words, "-q")

    @pytest.mark.parametrize(
        ("words", "page", "passes"),
        [
            (("evaluate", "a"), False, [200]),
            (("evaluate", "a"), True, [200, 100]),
            (("evaluate", "a", "--calibrate"), False, [200, 100]),
            (("evaluate", "a", "--calibrate"), True, [200, 100]),
            (("evaluate", "a", "--calibrate", "--split", "validation"), True, [100]),
            (("evaluate", "a", "--json", "--predictions", "p.csv"), False, [200]),
            (("evaluate", "b"), True, [200]),
            (("report", "a"), True, [200, 100]),
            (("report", "a", "b"), True, [200, 200]),
        ],
    )
    def test_of_a_run(self, fitted, counts, monkeypatch, words, page, passes):
        if page:
            monkeypatch.delenv("NNTRAIN_NO_REPORT")
        command(*words)
        runs = 2 if words == ("report", "a", "b") else 1
        assert counts["models"] == runs
        # a page holds each network with rounded weights, and says what they change
        rounded = passes[:runs] if page else []
        assert counts["passes"] == passes + rounded
        assert counts["checks"] == len(passes)
        files = ["history.jsonl", "provenance.json", "settings.toml"]
        assert sorted(counts["read"]) == sorted(files * runs)

    @pytest.mark.parametrize(("page", "passes"), [(False, [200]), (True, [200, 100])])
    def test_fit(self, boxed, tmp_path, counts, monkeypatch, page, passes):
        monkeypatch.chdir(tmp_path)
        if page:
            monkeypatch.delenv("NNTRAIN_NO_REPORT")
        command("fit", "--dataset", boxed, *self.SMALL, "--json")
        assert counts["models"] == 1
        assert counts["passes"] == passes + (passes[:1] if page else [])  # the rounded weights
        assert counts["checks"] == len(passes)
        assert sorted(counts["read"]) == ["history.jsonl", "provenance.json"]
