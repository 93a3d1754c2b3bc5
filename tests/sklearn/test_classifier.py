"""NNClassifier does what scikit-learn asks of a classifier, and trains as ``nntrain fit`` does."""

import json
import os
import pickle
import re
import subprocess
import sys
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from nntrain.errors import DivergenceError
from nntrain.nn.optimizer import SGD
from nntrain.nn.schedules import Schedule
from nntrain.nn.training import Trainer
from nntrain.settings.fit import FitSettings
from nntrain.workflows.parts import ORDER_STREAM, network_of
from tests import reference

sklearn = pytest.importorskip("sklearn", reason="scikit-learn: pip install 'nntrain[sklearn]'")
from sklearn.base import clone  # noqa: E402
from sklearn.calibration import CalibratedClassifierCV  # noqa: E402
from sklearn.datasets import load_digits, load_iris, make_classification  # noqa: E402
from sklearn.exceptions import FitFailedWarning, NotFittedError  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

from nntrain.sklearn import NNClassifier  # noqa: E402
from nntrain.sklearn.examples import hold_back  # noqa: E402

CHECKS = 55
"""Checks that ``check_estimator`` of scikit-learn 1.6.1 to 1.9 makes of this classifier."""
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "sklearn.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def table():
    """Four classes of 300 examples with 20 features, as floats and strings."""
    X, y = make_classification(300, 20, n_informative=8, n_classes=4, random_state=0)
    return X, np.array(["ash", "elm", "fir", "oak"])[y]


def quick(**parameters):
    return NNClassifier(**{"hidden": (16,), "epochs": 8, "random_state": 0, **parameters})


@pytest.mark.parametrize(
    "estimator", ["NNClassifier()", "NNClassifier(output='sigmoid+quadratic', epochs=300)"]
)
def test_scikit_learns_own_checks_pass(estimator):
    words = [sys.executable, "-m", "tests.sklearn.own_checks", estimator]
    environment = {**os.environ, "SCIPY_ARRAY_API": "1"}  # without it one check is skipped
    printed = subprocess.check_output(words, text=True, cwd=ROOT, env=environment)
    results = [json.loads(line) for line in printed.splitlines()]
    others = [result for result in results if result["status"] != "passed"]
    if find_spec("pandas") is None:  # the extra dev has it
        others = [one for one in others if one["check"] != "check_classifier_data_not_an_array"]
    assert others == []
    assert len(results) >= CHECKS


def test_the_parameters_are_those_of_fit_but_for_what_the_page_says():
    own = NNClassifier().get_params()
    theirs = {item.name: getattr(FitSettings(), item.name) for item in fields(FitSettings)}
    differing = {name for name, value in own.items() if theirs.get(name, ...) != value}
    choices = {"epochs", "batch_size", "learning_rate", "weight_decay", "patience"}
    assert differing <= choices | {"random_state", "validation_fraction"}
    left_out = {"dataset", "data_dir", "train_size", "train_on", "seed", "augment", "threads"}
    assert set(theirs) - set(own) == left_out
    for name in own:
        assert f"`{name}`" in PAGE
        assert (f"| `{name}` | `{own[name]}` |" in PAGE) == (
            name in choices | {"random_state", "validation_fraction"}
        )


def test_the_python_of_the_page_runs(capsys):
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)
    exec(code, {})
    score, best = capsys.readouterr().out.splitlines()
    assert float(score) > 0.95
    assert "nnclassifier__hidden" in best


def test_it_trains_as_the_trainer_does(table):
    X, y = table
    classes, labels = np.unique(y, return_inverse=True)
    given = {"hidden": (16,), "epochs": 3, "batch_size": 32, "momentum": 0.8, "weight_decay": 2.0}
    settings = FitSettings(**given, dtype="float64", seed=7)
    trainer = Trainer(
        network_of(settings, (20, 16, 4)),
        (X, labels),
        None,
        SGD(3, 32, 0.03, 0.8, 2.0, Schedule("cosine", 3, 0.25)),
        np.random.default_rng([7, ORDER_STREAM]),
    )
    costs = [result.train_cost for result in trainer]
    fitted = NNClassifier(**given, learning_rate=0.03, dtype="float64", random_state=7).fit(X, y)
    np.testing.assert_array_equal(fitted.network_.weights[0], trainer.model.weights[0])
    assert fitted.loss_curve_ == costs
    assert fitted.n_iter_ == 3
    assert list(fitted.classes_) == list(classes)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_probabilities_are_the_softmax_of_the_book_in_the_precision_of_the_inputs(table, dtype):
    X, y = table
    fitted = quick(inverse_temperature=0.5).fit(X, y)
    network = fitted.network_
    given = X[:5].astype(dtype)
    probabilities = fitted.predict_proba(given)
    assert probabilities.dtype == dtype
    for x, mine in zip(given, probabilities, strict=True):
        z, _ = reference.forward(network.weights, network.biases, "relu", network.output.name, x)
        scaled = np.exp(0.5 * (z[-1] - z[-1].max()))
        np.testing.assert_allclose(
            mine, scaled / scaled.sum(), rtol=1e-4 if dtype == "float32" else 1e-10
        )
    assert list(fitted.predict(X)) == list(fitted.classes_[fitted.predict_proba(X).argmax(axis=1)])


def test_sigmoid_outputs_have_a_decision_function_and_no_probabilities(table):
    X, y = table
    for output in ("sigmoid+cross-entropy", "sigmoid+q"):
        fitted = quick(output=output).fit(X, y)
        assert not hasattr(fitted, "predict_proba")
        assert fitted.decision_function(X).shape == (300, 4)
        assert fitted.score(X, y) > 0.4
    with pytest.raises(AttributeError, match="predict_proba"):
        fitted.predict_proba(X)
    assert not hasattr(fitted.set_params(output="softmax"), "predict_proba")  # before a new fit
    fitted.set_params(output="sigmoid+q")
    calibrated = CalibratedClassifierCV(fitted, cv=2).fit(X, y)
    np.testing.assert_allclose(calibrated.predict_proba(X).sum(axis=1), 1)
    assert hasattr(quick(output="softmax+q"), "predict_proba")
    assert hasattr(quick().fit(X, y).set_params(output="sigmoid+q"), "predict_proba")


def test_calls_of_partial_fit_are_one_training(table):
    """Without a schedule, epochs one by one give the bits of ``fit``, momentum included."""
    X, y = table
    kept = {"schedule": "constant", "warmup_epochs": 0.5, "dropout": 0.2, "average_epochs": 2}
    whole = quick(epochs=4, **kept).fit(X, y)
    parts = quick(epochs=4, patience=1, **kept)  # patience is for fit
    for _ in range(4):
        parts.partial_fit(X, y, classes=whole.classes_)
        parts = pickle.loads(pickle.dumps(parts))
    np.testing.assert_array_equal(parts.predict_proba(X), whole.predict_proba(X))
    assert parts.loss_curve_ == whole.loss_curve_
    assert parts.n_iter_ == 4
    whole.partial_fit(X, y)
    np.testing.assert_array_equal(parts.partial_fit(X, y).predict_proba(X), whole.predict_proba(X))


def test_partial_fit_needs_all_classes_once_and_only_these(table):
    X, y = table
    with pytest.raises(ValueError, match="classes: needed in the first call"):
        quick().partial_fit(X, y)
    fitted = quick().partial_fit(X[:9], y[:9], classes=np.unique(y)).partial_fit(X, y)
    before = fitted.predict_proba(X)
    with pytest.raises(ValueError, match=r"expected labels among .*got .'yew'"):
        fitted.partial_fit(X[:2], ["yew", "ash"])
    with pytest.raises(ValueError, match="as in the first call"):
        fitted.partial_fit(X, y, classes=["ash", "yew"])
    np.testing.assert_array_equal(fitted.predict_proba(X), before)  # none of these changed it
    for few, got in ((["ash"], "1 class, ash"), ([], "none")):
        with pytest.raises(ValueError, match=f"classes: expected two .*, got {got}"):
            quick().partial_fit(X[:2], y[:2], classes=few)
    with pytest.raises(ValueError, match="1d array"):
        quick().partial_fit(X, y, classes=[["ash", "elm"], ["fir", "oak"]])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("classes", "reason"),
    [
        ({0, 1, 2}, r"got a set\. Give sorted"),
        ([0, 1, np.nan], "got a missing one"),
        ([0, None, 2], "got a missing one"),
        ([0, "a", 2], "got int and str"),
        ([0.5, 1.5], "continuous"),
        ([[0, 1], [2, 3]], r"got an array \(2, 2\)"),
    ],
)
def test_classes_that_are_none_are_one_error_that_names_them(classes, reason):
    with pytest.raises(ValueError, match=f"^classes: .*{reason}"):
        quick().partial_fit(np.zeros((3, 2)), [0, 1, 2], classes=classes)


def test_partial_fit_after_patience_starts_at_rest(table):
    """The momentum of the last epoch does not belong to the weights of the best one."""
    X, y = table
    first = []
    for momentum in (0.0, 0.9):  # the first step is −η∇C whatever μ is, unless there is momentum
        fitted = quick(epochs=30, patience=2, batch_size=300, warmup_epochs=0.0).fit(X, y)
        first.append(fitted.set_params(momentum=momentum).partial_fit(X, y).network_.weights[0])
    np.testing.assert_allclose(*first, atol=1e-6)


def test_patience_stops_early_and_keeps_the_best_epoch(table):
    X, y = table
    fitted = quick(epochs=500, patience=3, validation_fraction=0.2).fit(X, y)
    scores = fitted.validation_scores_
    assert len(scores) == fitted.n_iter_ == len(fitted.loss_curve_) < 500
    assert int(np.argmax(scores)) == fitted.n_iter_ - 1 - 3
    assert quick().fit(X, y).validation_scores_ is None
    # the examples held back are those that the model of the best epoch scores this high on
    labels = np.searchsorted(fitted.classes_, y)
    (_, rest), (held, labels) = hold_back(X, labels, fitted.classes_, 0.2, seed=0)
    for part, share in (rest, 0.8), (labels, 0.2):  # of each class the same share
        np.testing.assert_allclose(
            np.bincount(part), share * np.unique(y, return_counts=True)[1], atol=1
        )
    answers = fitted.classes_[labels]
    assert len(answers) == 60
    assert fitted.score(held, answers) == max(scores)


def test_the_data_choose_the_epochs_the_mini_batches_and_a_smaller_learning_rate(table):
    X, y = table
    fitted = NNClassifier(hidden=(), random_state=0).fit(X, y)
    assert fitted.n_iter_ == 200  # 300 examples in mini-batches of 32: 10 updates an epoch
    assert fitted.learning_rate_ == 0.2
    squares = np.square(3 * X).sum(axis=1)
    size = np.square(squares).mean() / squares.mean()
    fitted = NNClassifier(hidden=(), epochs=1).fit(3 * X, y)
    assert fitted.learning_rate_ == pytest.approx(0.2 / (size / 100), rel=1e-4)
    assert NNClassifier(hidden=(), learning_rate=0.3, epochs=1).fit(X, y).learning_rate_ == 0.3


def test_nothing_is_scaled_and_large_features_get_a_warning():
    X, y = load_digits(return_X_y=True)
    as_bytes, as_floats = (quick(epochs=1).fit(X.astype(t), y) for t in (np.uint8, float))
    np.testing.assert_array_equal(as_bytes.predict_proba(X), as_floats.predict_proba(X))
    with pytest.warns(UserWarning, match=r"root mean square of 1\d\d;.*StandardScaler") as told:
        quick(epochs=1).fit(X * 16, y)
    assert told[0].filename == __file__


def test_features_that_are_all_zero_train_the_biases_only(table):
    X, y = np.zeros((300, 20)), table[1]
    fitted = quick().fit(X, y)
    assert fitted.learning_rate_ == 0.2
    shares = np.unique(y, return_counts=True)[1] / 300
    np.testing.assert_allclose(fitted.predict_proba(X[:1])[0], shares, atol=0.05)


def test_it_works_in_pipelines_searches_and_other_processes(table):
    X, y = table
    pipeline = make_pipeline(StandardScaler(), quick())
    grid = {"nnclassifier__hidden": [(), (30, 20)], "nnclassifier__learning_rate": [1e-4, 0.1]}
    search = GridSearchCV(pipeline, grid, cv=3, n_jobs=2).fit(X, y)
    assert search.best_params_["nnclassifier__learning_rate"] == 0.1
    assert search.best_score_ > 0.5
    alone = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
    np.testing.assert_array_equal(
        search.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"]
    )
    assert cross_val_score(pipeline, X, y, cv=3, n_jobs=2).min() > 0.4
    assert cross_val_score(pipeline, X, y, cv=3, scoring="roc_auc_ovr").min() > 0.7


def test_a_diverged_setting_costs_a_search_one_score(table):
    X, y = table
    plain = quick(weight_decay=0)
    with pytest.warns() as warned:
        search = GridSearchCV(plain, {"learning_rate": [0.1, 1e30]}, cv=2).fit(X, y)
    assert {one.category for one in warned} == {FitFailedWarning, UserWarning}  # the scores' NaN
    assert search.best_params_ == {"learning_rate": 0.1}
    with pytest.raises(DivergenceError, match=r"learning_rate is 1e\+30.*StandardScaler"):
        plain.set_params(learning_rate=1e30).fit(X, y)


def test_clone_copies_the_parameters_and_pickle_the_network(table):
    X, y = table
    fitted = quick(hidden=(8, 8), momentum=np.float64(0.5)).fit(X, y)
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    with pytest.raises(NotFittedError):
        copy.predict(X)
    loaded = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(loaded.predict_proba(X), fitted.predict_proba(X))
    np.testing.assert_array_equal(copy.fit(X, y).predict_proba(X), fitted.predict_proba(X))


def test_random_states_are_seeds(table):
    X, y = table

    def probabilities(state):
        return quick(random_state=state).fit(X, y).predict_proba(X)

    np.testing.assert_array_equal(probabilities(3), probabilities(np.int64(3)))
    state = np.random.RandomState(3)
    drawn = probabilities(state)
    assert (probabilities(state) != drawn).any()
    np.testing.assert_array_equal(probabilities(np.random.RandomState(3)), drawn)
    assert (probabilities(None) != probabilities(None)).any()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"hidden": 100}, "hidden = 100 is not allowed: expected whole numbers"),
        ({"output": "softmx"}, "Did you mean 'softmax"),
        ({"epochs": 0}, "epochs = 0 is not allowed"),
        ({"dtype": "float16"}, "dtype = float16"),
        ({"patience": 2, "validation_fraction": 1.0}, "validation_fraction = 1.0"),
        ({"validation_fraction": "x"}, "validation_fraction = x is not allowed"),
        ({"output": "sigmoid+q", "inverse_temperature": 2.0}, "softmax outputs only"),
        ({"random_state": "x"}, "'x' cannot be used to seed"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value[:12],
)
def test_parameters_that_are_not_allowed_are_value_errors(table, parameters, message):
    with pytest.raises(ValueError, match=message):
        quick(**parameters).fit(*table)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.eye(4)[np.arange(300) % 4], "1d array"),
        (np.linspace(0, 1, 300), "continuous"),
        (np.zeros(300), "1 class"),
        (np.arange(299), "inconsistent numbers of samples"),
    ],
)
def test_labels_that_are_no_classes_are_value_errors(table, y, message):
    with pytest.raises(ValueError, match=message):
        quick().fit(table[0], y)


def test_sample_weights_are_refused(table):
    with pytest.raises(TypeError, match="sample_weight"):
        quick().fit(*table, sample_weight=np.ones(300))


def test_no_method_of_training_asks_for_sample_weights_from_metadata_routing():
    routing = quick().get_metadata_routing()
    assert routing.fit.requests == {}
    assert routing.partial_fit.requests == {"classes": None}


@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_labels_of_pandas_are_kept_as_strings(table, dtype):
    pandas = pytest.importorskip("pandas")
    X, y = pandas.DataFrame(table[0]).add_prefix("feature "), pandas.Series(table[1], dtype=dtype)
    fitted = quick().fit(X, y)
    assert list(fitted.classes_) == ["ash", "elm", "fir", "oak"]
    np.testing.assert_array_equal(fitted.predict(X), quick().fit(*table).predict(table[0]))
    grown = quick().partial_fit(X, y, classes=y.unique()).partial_fit(X, y, classes=y.unique())
    assert set(grown.predict(X)) <= set(y)


def test_notebooks_show_the_parameters_before_and_after_fit(table):
    for classifier in (quick(momentum=0.25), quick(momentum=0.25).fit(*table)):
        page = classifier._repr_html_()
        assert "momentum" in page
        assert "0.25" in page
    assert repr(classifier.network_) == "<Network [20, 16, 4], relu, softmax+log-likelihood>"


def test_a_data_frame_gives_the_features_names():
    pytest.importorskip("pandas")
    X, y = load_iris(return_X_y=True, as_frame=True)
    fitted = quick().fit(X, y)
    assert list(fitted.feature_names_in_) == list(X.columns)
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(X[X.columns[::-1]])


def test_without_scikit_learn_the_extra_is_named():
    code = "import sys; sys.modules['sklearn.base'] = None; import nntrain.sklearn"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    told = "nntrain.sklearn needs scikit-learn 1.6.1 or newer: pip install 'nntrain[sklearn]'"
    assert done.stderr.endswith(f"ImportError: {told}\n")
