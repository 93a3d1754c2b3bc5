"""A ``fit`` or ``partial_fit`` that fails leaves the classifier as it was before the call."""

import pickle

import numpy as np
import pytest

from nntrain.errors import DivergenceError
from nntrain.nn.training import Trainer

pytest.importorskip("sklearn", reason="scikit-learn: pip install 'nntrain[sklearn]'")
from sklearn.exceptions import NotFittedError

from nntrain.sklearn import NNClassifier

DRAWN = np.random.default_rng(0)
X, Y = DRAWN.normal(size=(60, 5)), np.arange(60) % 3
OTHER_X, OTHER_Y = DRAWN.normal(size=(60, 7)), np.array(["ash", "elm"])[np.arange(60) % 2]


def quick(**parameters):
    return NNClassifier(**{"hidden": (4,), "epochs": 3, "random_state": 0, **parameters})


def interrupted(trainer):
    raise KeyboardInterrupt


def same(after, before):
    """Whether both are the same objects under the same names."""
    return after.keys() == before.keys() and all(after[name] is before[name] for name in after)


FAILURES = [
    ({"learning_rate": 1e30}, OTHER_Y, DivergenceError),
    ({"epochs": 0}, OTHER_Y, ValueError),
    ({"random_state": "x"}, OTHER_Y, ValueError),
    ({"patience": 2, "validation_fraction": 0.01}, OTHER_Y, ValueError),
    ({}, np.zeros(60), ValueError),
    ({}, OTHER_Y, KeyboardInterrupt),
]


@pytest.mark.parametrize(("parameters", "y", "error"), FAILURES)
def test_a_failed_fit_changes_nothing(parameters, y, error, monkeypatch):
    new, fitted = quick(**parameters), quick().fit(X, Y).set_params(**parameters)
    before = vars(fitted).copy()
    answers, costs = fitted.predict(X), list(fitted.loss_curve_)
    if error is KeyboardInterrupt:
        monkeypatch.setattr(Trainer, "finish_epoch", interrupted)
    for classifier in (new, fitted):
        with pytest.raises(error):
            classifier.fit(OTHER_X, y)
    with pytest.raises(NotFittedError):
        new.predict(X)
    assert vars(new).keys() == new.get_params().keys()
    assert same(vars(fitted), before)
    np.testing.assert_array_equal(fitted.predict(X), answers)
    assert fitted.loss_curve_ == costs


def test_a_learning_rate_that_is_given_is_what_the_advice_is_about():
    with pytest.raises(DivergenceError, match=r"try learning_rate 1\.") as told:
        quick(learning_rate=1e9).fit(X, Y)
    assert "try weight_decay" not in str(told.value)
    with pytest.raises(DivergenceError, match="try weight_decay"):
        quick(weight_decay=1e30).fit(X, Y)


def test_training_continues_after_a_failed_partial_fit_as_if_there_had_been_none():
    with pytest.raises(DivergenceError):
        (new := quick(learning_rate=1e30)).partial_fit(X, Y, classes=[0, 1, 2])
    assert not hasattr(new, "classes_")
    fitted = quick(dropout=0.2).partial_fit(X, Y, classes=[0, 1, 2])
    undisturbed = pickle.loads(pickle.dumps(fitted)).partial_fit(X, Y)
    with pytest.raises(DivergenceError):
        fitted.set_params(learning_rate=1e30).partial_fit(X, Y)
    fitted.set_params(learning_rate=None).partial_fit(X, Y)
    np.testing.assert_array_equal(fitted.predict_proba(X), undisturbed.predict_proba(X))


@pytest.mark.parametrize(
    ("sizes", "share", "problem"),
    [
        ((1, 1, 1), 0.1, "there is 1 example of ash, and every class needs 2"),
        ((50, 50, 1), 0.1, "there is 1 example of fir, and every class needs 2"),
        ((4, 4, 4), 0.1, "0.1 of 12 examples gives 2 to hold back and 10 to train on"),
        ((4, 4, 4), 0.9, "0.9 of 12 examples gives 11 to hold back and 1 to train on"),
    ],
)
def test_patience_with_too_few_examples_says_what_to_do(sizes, share, problem):
    y = np.repeat(["ash", "elm", "fir"], sizes)
    features = np.zeros((len(y), 2))
    with pytest.raises(ValueError, match="patience") as told:
        quick(patience=2, validation_fraction=share).fit(features, y)
    assert problem in str(told.value)
    assert "another validation_fraction, or set patience=None" in str(told.value)
    quick().fit(features, y)
