"""Evaluation: one object whose parts agree with each other, and its JSON."""

import dataclasses
import json
import math
import time

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.analysis.evaluation import evaluate, to_json
from nntrain.analysis.predictions import normalise, predictions
from nntrain.errors import NntrainError
from tests.analysis.helpers import of_logs, of_outputs

DIGITS = tuple("0123456789")


def some_outputs(n=500, k=10, distribution=True, seed=3):
    """Predictions of a network that is often right, of uint8 labels and float32 outputs."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, k, n).astype(np.uint8)
    z = rng.normal(0, 2, (n, k))
    z[np.arange(n), labels] += 4
    logs = normalise(z) if distribution else -np.logaddexp(0, -z)
    return predictions(
        labels, logs.astype(np.float32), classes=DIGITS[:k], distribution=distribution
    )


def strict(evaluation):
    """Through JSON and back; fails on NaN, Infinity and any type that JSON lacks."""
    document = to_json(evaluation)
    read = json.loads(json.dumps(document, allow_nan=False))
    assert read == document
    return read


@pytest.mark.parametrize("distribution", [True, False])
def test_the_parts_agree(distribution):
    answers = some_outputs(distribution=distribution)
    labels = answers.labels
    found = evaluate(answers, 0.5)
    right = int(np.trace(found.confusion))
    assert (found.n, found.cost, found.classes) == (500, 0.5, DIGITS)
    assert right == int((answers.log_outputs.argmax(axis=1) == labels).sum())
    assert (found.accuracy.successes, found.accuracy.n) == (right, found.confusion.sum())
    assert found.hesitations.errors == 500 - right
    assert found.histogram.right.sum() == right
    assert found.histogram.wrong.sum() == 500 - right
    assert [c.support for c in found.per_class] == np.bincount(labels).tolist()
    diagonal = [row[i] for i, row in enumerate(found.row_shares)]
    assert [c.recall for c in found.per_class] == pytest.approx(diagonal)
    for reliability in (found.reliability_width, found.reliability_mass):
        filled = [b for b in reliability.bins if b.count]
        assert sum(b.count for b in filled) == 500
        assert sum(b.accuracy * b.count for b in filled) == pytest.approx(right)
    kinds = found.reliability_width.kind, found.reliability_mass.kind
    assert kinds == ("equal-width", "equal-mass")
    assert len(found.confused_pairs) == len(found.symmetric_pairs) == 20
    for pair in found.confused_pairs:
        assert pair.count == found.confusion[pair.true, pair.predicted]
        assert set(labels[list(pair.examples)]) == {pair.true}
    for pair in found.symmetric_pairs:
        assert pair.forth == found.confusion[pair.first, pair.second]


def test_softmax_outputs_are_probabilities_and_have_no_sums_to_show():
    answers = some_outputs()
    found = evaluate(answers, None)
    assert found.confidence_is == "largest output probability"
    assert found.activation_sums is None
    assert not found.scores.normalised
    expected = answers.log_outputs[np.arange(500), answers.labels].mean()
    assert found.scores.log_likelihood == pytest.approx(expected)


def test_nothing_calls_sigmoid_outputs_probabilities():
    found = evaluate(some_outputs(distribution=False), 1.0)
    assert found.activation_sums.counts.sum() == 500
    assert found.scores.normalised
    assert "probabilit" not in json.dumps(to_json(found))


@st.composite
def cases(draw):
    n, k = draw(st.integers(1, 15)), draw(st.integers(2, 4))
    levels = st.sampled_from([0.0, -math.inf, -1e4, math.log(0.5), -1.0, -1e-9])
    logs = draw(hnp.arrays(np.float64, (n, k), elements=levels))
    labels = draw(hnp.arrays(np.int64, n, elements=st.integers(0, k - 1)))
    return labels, logs, draw(st.booleans())


@given(cases(), st.randoms(use_true_random=False))
def test_any_outputs_evaluate_to_json_and_the_order_of_examples_does_not_matter(case, random):
    labels, logs, distribution = case
    if distribution:
        logs = normalise(logs)
    order = list(range(len(labels)))
    random.shuffle(order)
    one, other = (
        strict(evaluate(of_logs(labels[o], logs[o], distribution), None))
        for o in (slice(None), order)
    )
    for result in (one, other):  # everything that names an example by its index
        for pair in (*result["confused_pairs"], *result["symmetric_pairs"]):
            del pair["examples"]
        del result["hesitations"]["torn"], result["hesitations"]["sure"]
    for a, b in zip(flat(one), flat(other), strict=True):  # up to sums in another order
        near = isinstance(a, float)
        assert a == (pytest.approx(b, rel=1e-12, abs=1e-12) if near else b)


def flat(value):
    """The names and values in a document, in order."""
    if isinstance(value, dict):
        value = [part for item in value.items() for part in item]
    return [part for item in value for part in flat(item)] if isinstance(value, list) else [value]


def test_all_right_and_confident():
    found = evaluate(of_outputs([0, 1], [[1, 0], [0, 1]], distribution=True), 0.0)
    assert found.accuracy.estimate == found.accuracy.high == 1
    assert found.confused_pairs == found.symmetric_pairs == ()
    assert found.reliability_width.ece == found.scores.brier == found.scores.log_likelihood == 0
    strict(found)


def test_all_wrong_and_confident_is_infinite_in_the_object_and_none_in_json():
    found = evaluate(of_outputs([1, 0], [[1, 0], [0, 1]], distribution=True), math.inf)
    assert found.accuracy.estimate == found.accuracy.low == 0
    assert (found.cost, found.scores.log_likelihood) == (math.inf, -math.inf)
    assert found.reliability_width.ece == 1
    plain = strict(found)
    assert plain["cost"] is None
    assert list(plain["scores"].values()) == [2.0, None, 2, False]


def test_one_example_of_one_class():
    found = evaluate(of_outputs([3], [[0.1] * 10], distribution=True), None)
    plain = strict(found)
    assert plain["n"] == 1
    assert plain["per_class"][3]["precision"] is None
    assert plain["per_class"][4]["recall"] is None
    assert plain["row_shares"][4] is None
    assert plain["confusion"][3][0] == 1
    assert plain["hesitations"]["runner_up"]["successes"] == 0  # ties: predicted 0, runner-up 1


def test_json_has_every_field_and_plain_types():
    found = evaluate(some_outputs(distribution=False), np.float32(0.25))
    plain = strict(found)
    assert list(plain) == [f.name for f in dataclasses.fields(found)]
    assert plain["cost"] == 0.25
    assert type(found.cost) is float
    assert plain["confusion"] == found.confusion.tolist()
    assert plain["histogram"]["edges"][::10] == [0, 0.5, 1]
    assert plain["confused_pairs"][0]["examples"] == list(found.confused_pairs[0].examples)


def test_the_keys_of_the_document_are_those_of_every_version():
    """Programs read them: a field with a better name keeps its key."""
    found = evaluate(some_outputs(distribution=False), 1.0)
    plain = to_json(found)
    keys = {name: " ".join(rows[0]) for name, rows in plain.items() if is_table(rows)}
    assert keys == {
        "per_class": "index name support said right precision recall f1",
        "confused_pairs": "rank true said count share examples",
        "symmetric_pairs": "rank first second forth back count share examples",
    }
    hesitations = plain["hesitations"]
    keys = "errors runner_up by_chance informed between_two wrong right torn sure"
    assert " ".join(hesitations) == keys
    keys = "kind bins ece mce noise_floor"
    assert " ".join(plain["reliability_width"]) == " ".join(plain["reliability_mass"]) == keys
    answer = "index true said runner_up confidence margin outputs"
    assert " ".join(hesitations["torn"][0]) == " ".join(hesitations["sure"][0]) == answer
    assert [row["said"] for row in plain["per_class"]] == found.confusion.sum(axis=0).tolist()
    for key, answers in (
        ("torn", found.hesitations.closest_calls),
        ("sure", found.hesitations.confidently_wrong),
    ):
        shown = [(row["index"], row["said"]) for row in hesitations[key]]
        assert shown == [(answer.index, answer.predicted) for answer in answers]


def is_table(value):
    return isinstance(value, list) and isinstance(value[0], dict)


@pytest.mark.alone
def test_ten_thousand_examples_take_well_under_a_fifth_of_a_second():
    seconds = []
    for _ in range(5):
        answers = some_outputs(n=10_000, distribution=False)
        start = time.perf_counter()
        evaluate(answers, 1.0)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.2


def test_a_nan_cost_is_one_clear_error():
    with pytest.raises(NntrainError, match="NaN"):
        evaluate(some_outputs(n=5), math.nan)
