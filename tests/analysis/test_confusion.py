"""Confusion: matrix, pairs, hesitations against hand counts and plain loops."""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.analysis import confusion
from tests.analysis.helpers import answering, of_outputs


@st.composite
def answered(draw):
    """Predictions of a few examples, with many ties and exact zeros and ones."""
    n, k = draw(st.integers(1, 25)), draw(st.integers(2, 5))
    levels = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.floats(0, 1, width=32))
    outputs = draw(hnp.arrays(np.float64, (n, k), elements=levels))
    labels = draw(hnp.arrays(np.uint8, n, elements=st.integers(0, k - 1)))
    return of_outputs(labels, outputs.tolist())


# true, predicted, confidence: worked by hand below.
ANSWERS = answering(
    [0, 0, 0, 0, 1, 1, 1, 2, 2, 2],
    [0, 1, 1, 2, 1, 0, 2, 2, 1, 1],
    [0.9, 0.6, 0.8, 0.5, 0.9, 0.8, 0.7, 0.9, 0.4, 0.4],
    4,
)


def test_matrix_golden_rows_true_columns_predicted():
    matrix = confusion.confusion_matrix(ANSWERS)
    assert matrix.tolist() == [[1, 2, 1, 0], [1, 1, 1, 0], [0, 2, 1, 0], [0, 0, 0, 0]]
    third = 1 / 3
    shares = (0.25, 0.5, 0.25, 0), (third, third, third, 0), (0, 2 * third, third, 0), None
    assert confusion.row_shares(matrix) == shares


def test_directed_pairs_golden():
    pairs = confusion.confused_pairs(ANSWERS, examples=2)
    # Counts 2: 0→1 and 2→1, the lower class first; counts 1: 0→2, 1→0, 1→2.
    counted = [(p.true, p.predicted, p.count) for p in pairs]
    assert counted == [(0, 1, 2), (2, 1, 2), (0, 2, 1), (1, 0, 1), (1, 2, 1)]
    assert [p.share for p in pairs] == [0.5, 2 / 3, 0.25, 1 / 3, 1 / 3]
    # 0→1: example 2 (0.8) before 1 (0.6). 2→1: equally sure, the lower index first.
    assert [p.examples for p in pairs[:2]] == [(2, 1), (8, 9)]
    assert confusion.confused_pairs(ANSWERS, limit=1, examples=1) == (
        confusion.ConfusedPair(true=0, predicted=1, count=2, share=0.5, examples=(2,)),
    )


def test_symmetric_pairs_golden():
    # {0,1}: 2 + 1 = 3 of 4 + 3; {1,2}: 1 + 2 = 3 of 3 + 3; {0,2}: 1 + 0 of 4 + 3.
    pairs = confusion.symmetric_pairs(ANSWERS)
    assert [(p.first, p.second) for p in pairs] == [(0, 1), (1, 2), (0, 2)]
    assert [(p.forth, p.back, p.count) for p in pairs] == [(2, 1, 3), (1, 2, 3), (1, 0, 1)]
    assert [p.share for p in pairs] == [3 / 7, 1 / 2, 1 / 7]
    # Examples 2 and 5 are both 0.8 sure: lower index first, then example 1 (0.6).
    assert [p.examples for p in pairs] == [(2, 5, 1), (6, 8, 9), (3,)]


some_answers = st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([0.2, 0.5, 1.0]))


@given(st.lists(some_answers, min_size=1, max_size=40))
def test_matrix_and_pairs_against_counting_one_by_one(rows):
    labels, predicted, confidence = zip(*rows, strict=True)
    answers = answering(labels, predicted, confidence, 5)
    matrix = confusion.confusion_matrix(answers)
    directed = {(p.true, p.predicted): p for p in confusion.confused_pairs(answers)}
    both = {(p.first, p.second): p for p in confusion.symmetric_pairs(answers)}
    assert matrix.sum() == len(rows)
    for i in range(5):
        assert matrix[i].sum() == labels.count(i)
        assert matrix[:, i].sum() == predicted.count(i)
        for j in range(5):
            found = [x for x in range(len(rows)) if labels[x] == i and predicted[x] == j]
            assert matrix[i, j] == len(found)
            if i == j or not found:
                assert (i, j) not in directed
            else:
                pair = directed[i, j]
                found.sort(key=lambda x: (-confidence[x], x))
                assert (pair.count, pair.examples) == (len(found), tuple(found[:5]))
                assert pair.share == len(found) / labels.count(i)
                merged = both[min(i, j), max(i, j)]
                assert merged.count == matrix[i, j] + matrix[j, i] == merged.forth + merged.back
    errors = sum(a != b for a, b in zip(labels, predicted, strict=True))
    assert sum(p.count for p in directed.values()) == errors
    assert sum(p.count for p in both.values()) == errors
    for ranked in (directed, both):
        order = [(-pair.count, key) for key, pair in ranked.items()]
        assert order == sorted(order)


def test_hesitations_golden():
    outputs = [
        [0.75, 0.25, 0.0],  # 0, true 0: right, margin 0.5
        [0.5, 0.375, 0.125],  # 1, true 1: wrong, runner-up right, margin 0.125
        [0.5, 0.375, 0.125],  # 2, true 2: wrong, runner-up not, margin 0.125
        [0.0, 0.0, 1.0],  # 3, true 1: wrong; runner-up 0 (tie), margin 1, surest
        [0.5, 0.0, 0.5],  # 4, true 2: wrong (tie: 0), runner-up right, margin 0
        [0.0, 1.0, 0.0],  # 5, true 1: right, margin 1
    ]
    found = confusion.hesitations(of_outputs([0, 1, 2, 1, 2, 1], outputs), examples=3)
    assert found.errors == 4
    assert (found.runner_up.successes, found.runner_up.n, found.runner_up.estimate) == (2, 4, 0.5)
    assert found.by_chance == 0.5
    # Margins of errors 0, .125, .125, 1: quartiles at positions .75, 1.5, 2.25 of the sorted.
    assert found.wrong.n == 4
    assert found.wrong.lower_quartile == pytest.approx(0.09375)
    assert found.wrong.median == pytest.approx(0.125)
    assert found.wrong.upper_quartile == pytest.approx(0.34375)
    assert [s.below for s in found.wrong.shares] == [0.01, 0.05, 0.1, 0.2, 0.5]
    assert [(s.count, s.share) for s in found.wrong.shares] == [(1, 0.25)] * 3 + [(3, 0.75)] * 2
    assert (found.right.n, found.right.median) == (2, pytest.approx(0.75))
    assert [a.index for a in found.closest_calls] == [4, 1, 2]
    assert [a.index for a in found.confidently_wrong] == [3, 1, 2]
    (closest, *_) = found.closest_calls
    assert (closest.true, closest.predicted, closest.runner_up) == (2, 0, 2)
    assert (closest.confidence, closest.margin, closest.outputs) == (0.5, 0, (0.5, 0, 0.5))


def test_a_margin_equal_to_a_threshold_is_not_below_it():
    shares = confusion.describe_margins(np.array([0.1, 0.5, 0.05])).shares
    assert [s.count for s in shares] == [0, 0, 1, 2, 2]


@given(answered())
def test_hesitations_against_loops(answers):
    labels = answers.labels
    errors = []
    margins = {True: [], False: []}
    for index, row in enumerate(answers.log_outputs.tolist()):
        first, second = sorted(range(len(row)), key=lambda j: (-row[j], j))[:2]
        margin = math.exp(row[first]) - math.exp(row[second])
        margins[first == labels[index]].append(margin)
        if first != labels[index]:
            errors.append((index, second == labels[index], math.exp(row[first]), margin))
    found = confusion.hesitations(answers, examples=4)
    assert found.errors == found.wrong.n == len(errors)
    assert found.right.n == len(labels) - len(errors)
    if errors:
        assert found.runner_up.successes == sum(e[1] for e in errors)
        assert found.runner_up.n == len(errors)
    else:
        assert found.runner_up is None
    assert [a.confidence for a in found.confidently_wrong] == pytest.approx(
        sorted((e[2] for e in errors), reverse=True)[:4]
    )
    assert [a.margin for a in found.closest_calls] == pytest.approx(
        sorted(e[3] for e in errors)[:4], abs=1e-12
    )
    for described, values in ((found.right, margins[True]), (found.wrong, margins[False])):
        if values:
            assert described.median == pytest.approx(float(np.median(values)), abs=1e-12)
        for share in described.shares:
            assert share.share == share.count / described.n
    for answer in (*found.closest_calls, *found.confidently_wrong):
        assert answer.true != answer.predicted != answer.runner_up
        assert answer.confidence == max(answer.outputs)
        assert 0 <= answer.margin <= answer.confidence <= 1


def test_without_errors_lists_are_empty_and_what_is_undefined_is_none():
    answers = of_outputs([0, 1], [[1, 0], [0, 1]])
    found = confusion.hesitations(answers)
    assert (found.errors, found.runner_up) == (0, None)
    assert found.closest_calls == found.confidently_wrong == ()
    assert found.wrong == confusion.Margins(0, None, None, None, ())
    assert found.right.median == 1
    assert confusion.confused_pairs(answers) == confusion.symmetric_pairs(answers) == ()


def test_answers_are_plain_numbers_in_the_order_asked_for():
    answers = of_outputs([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    third, first = confusion.answers_at(answers, np.array([2, 0]))
    assert (third.index, first.index) == (2, 0)
    assert {type(v) for v in (*vars(first).values(), *first.outputs)} == {int, float, tuple}
    assert confusion.answers_at(answers, np.array([], np.int64)) == ()
