"""Confusion: matrix, pairs, hesitations against hand counts and plain loops."""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.analysis import confusion
from nntrain.errors import NntrainError


def log(outputs):
    with np.errstate(divide="ignore"):
        return np.log(np.array(outputs, dtype=np.float64))


@st.composite
def answered(draw):
    """Labels and log outputs of a few examples, with many ties and exact zeros and ones."""
    n, k = draw(st.integers(1, 25)), draw(st.integers(2, 5))
    levels = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.floats(0, 1, width=32))
    outputs = draw(hnp.arrays(np.float64, (n, k), elements=levels))
    labels = draw(hnp.arrays(np.uint8, n, elements=st.integers(0, k - 1)))
    return labels, log(outputs)


# true, said, confidence: worked by hand below.
LABELS = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
SAID = [0, 1, 1, 2, 1, 0, 2, 2, 1, 1]
SURE = [0.9, 0.6, 0.8, 0.5, 0.9, 0.8, 0.7, 0.9, 0.4, 0.4]


def test_matrix_golden_rows_true_columns_said():
    matrix = confusion.confusion_matrix(LABELS, SAID, 4)
    assert matrix.tolist() == [[1, 2, 1, 0], [1, 1, 1, 0], [0, 2, 1, 0], [0, 0, 0, 0]]
    assert confusion.row_shares(matrix) == (
        (0.25, 0.5, 0.25, 0),
        (1 / 3, 1 / 3, 1 / 3, 0),
        (0, 2 / 3, 1 / 3, 0),
        None,
    )


def test_directed_pairs_golden():
    pairs = confusion.confused_pairs(LABELS, SAID, SURE, 4, examples=2)
    # Counts 2: 0→1 and 2→1, the lower class first; counts 1: 0→2, 1→0, 1→2.
    assert [(p.true, p.said, p.count) for p in pairs] == [
        (0, 1, 2),
        (2, 1, 2),
        (0, 2, 1),
        (1, 0, 1),
        (1, 2, 1),
    ]
    assert [p.share for p in pairs] == [0.5, 2 / 3, 0.25, 1 / 3, 1 / 3]
    # 0→1: example 2 (0.8) before 1 (0.6). 2→1: equally sure, the lower index first.
    assert [p.examples for p in pairs[:2]] == [(2, 1), (8, 9)]
    assert confusion.confused_pairs(LABELS, SAID, SURE, 4, limit=1, examples=1) == (
        confusion.ConfusedPair(true=0, said=1, count=2, share=0.5, examples=(2,)),
    )


def test_symmetric_pairs_golden():
    # {0,1}: 2 + 1 = 3 of 4 + 3; {1,2}: 1 + 2 = 3 of 3 + 3; {0,2}: 1 + 0 of 4 + 3.
    first, second, third = confusion.symmetric_pairs(LABELS, SAID, SURE, 4)
    assert (first.first, first.second, first.forth, first.back, first.count) == (0, 1, 2, 1, 3)
    assert (second.first, second.second, second.forth, second.back) == (1, 2, 1, 2)
    assert (third.first, third.second, third.forth, third.back) == (0, 2, 1, 0)
    assert [p.share for p in (first, second, third)] == [3 / 7, 1 / 2, 1 / 7]
    # Examples 2 and 5 are both 0.8 sure: lower index first, then example 1 (0.6).
    assert [p.examples for p in (first, second, third)] == [(2, 5, 1), (6, 8, 9), (3,)]


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([0.2, 0.5, 1.0])),
        min_size=1,
        max_size=40,
    )
)
def test_matrix_and_pairs_against_counting_one_by_one(rows):
    labels, said, sure = zip(*rows, strict=True)
    matrix = confusion.confusion_matrix(labels, said, 5)
    directed = {(p.true, p.said): p for p in confusion.confused_pairs(labels, said, sure, 5)}
    both = {(p.first, p.second): p for p in confusion.symmetric_pairs(labels, said, sure, 5)}
    assert matrix.sum() == len(rows)
    for i in range(5):
        assert matrix[i].sum() == labels.count(i)
        assert matrix[:, i].sum() == said.count(i)
        for j in range(5):
            found = [x for x in range(len(rows)) if labels[x] == i and said[x] == j]
            assert matrix[i, j] == len(found)
            if i == j or not found:
                assert (i, j) not in directed
            else:
                pair = directed[i, j]
                found.sort(key=lambda x: (-sure[x], x))
                assert (pair.count, pair.examples) == (len(found), tuple(found[:5]))
                assert pair.share == len(found) / labels.count(i)
                merged = both[min(i, j), max(i, j)]
                assert merged.count == matrix[i, j] + matrix[j, i] == merged.forth + merged.back
    errors = sum(a != b for a, b in zip(labels, said, strict=True))
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
        [0.5, 0.0, 0.5],  # 4, true 2: wrong (tie says 0), runner-up right, margin 0
        [0.0, 1.0, 0.0],  # 5, true 1: right, margin 1
    ]
    found = confusion.hesitations([0, 1, 2, 1, 2, 1], log(outputs), examples=3)
    assert found.errors == 4
    assert (found.runner_up.successes, found.runner_up.n, found.runner_up.estimate) == (2, 4, 0.5)
    assert found.by_chance == 0.5
    # Margins of errors 0, .125, .125, 1: quartiles at positions .75, 1.5, 2.25 of the sorted.
    assert found.wrong.n == 4
    assert found.wrong.lower_quartile == pytest.approx(0.09375)
    assert found.wrong.median == pytest.approx(0.125)
    assert found.wrong.upper_quartile == pytest.approx(0.34375)
    assert [(s.below, s.count, s.share) for s in found.wrong.shares] == [
        (0.01, 1, 0.25),
        (0.05, 1, 0.25),
        (0.1, 1, 0.25),
        (0.2, 3, 0.75),
        (0.5, 3, 0.75),
    ]
    assert (found.right.n, found.right.median) == (2, pytest.approx(0.75))
    assert [a.index for a in found.torn] == [4, 1, 2]
    assert [a.index for a in found.sure] == [3, 1, 2]
    assert found.torn[0] == confusion.Answer(
        index=4,
        true=2,
        said=0,
        runner_up=2,
        confidence=0.5,
        margin=0.0,
        outputs=(0.5, 0.0, 0.5),
    )


def test_a_margin_equal_to_a_threshold_is_not_below_it():
    shares = confusion.describe_margins(np.array([0.1, 0.5, 0.05])).shares
    assert [(s.below, s.count) for s in shares] == [
        (0.01, 0),
        (0.05, 0),
        (0.1, 1),
        (0.2, 2),
        (0.5, 2),
    ]


@given(answered())
def test_hesitations_against_loops(case):
    labels, logs = case
    errors = []
    margins = {True: [], False: []}
    for index, row in enumerate(logs.tolist()):
        said, second = sorted(range(len(row)), key=lambda j: (-row[j], j))[:2]
        margin = math.exp(row[said]) - math.exp(row[second])
        margins[said == labels[index]].append(margin)
        if said != labels[index]:
            errors.append((index, second == labels[index], math.exp(row[said]), margin))
    found = confusion.hesitations(labels, logs, examples=4)
    assert found.errors == found.wrong.n == len(errors)
    assert found.right.n == len(labels) - len(errors)
    if errors:
        assert found.runner_up.successes == sum(e[1] for e in errors)
        assert found.runner_up.n == len(errors)
    else:
        assert found.runner_up is None
    assert [a.confidence for a in found.sure] == pytest.approx(
        sorted((e[2] for e in errors), reverse=True)[:4]
    )
    assert [a.margin for a in found.torn] == pytest.approx(
        sorted(e[3] for e in errors)[:4], abs=1e-12
    )
    for described, values in ((found.right, margins[True]), (found.wrong, margins[False])):
        if values:
            assert described.median == pytest.approx(float(np.median(values)), abs=1e-12)
        for share in described.shares:
            assert share.share == share.count / described.n
    for answer in (*found.torn, *found.sure):
        assert answer.true != answer.said != answer.runner_up
        assert answer.confidence == max(answer.outputs)
        assert 0 <= answer.margin <= answer.confidence <= 1


def test_with_no_errors_nothing_is_torn_and_nothing_is_undefined_but_none():
    found = confusion.hesitations([0, 1], log([[1, 0], [0, 1]]))
    assert (found.errors, found.runner_up, found.torn, found.sure) == (0, None, (), ())
    assert found.wrong == confusion.Margins(0, None, None, None, ())
    assert found.right.median == 1
    assert confusion.confused_pairs([0, 1], [0, 1], [1.0, 1.0], 2) == ()
    assert confusion.symmetric_pairs([0, 1], [0, 1], [1.0, 1.0], 2) == ()


def test_one_wrong_example_of_two_classes_has_the_truth_as_runner_up():
    found = confusion.hesitations([1], log([[1, 0]]))
    assert (found.errors, found.runner_up.estimate, found.by_chance) == (1, 1.0, 1.0)
    assert found.sure[0].runner_up == 1


def test_all_outputs_zero_say_class_0_with_runner_up_1():
    (answer,) = confusion.answers_at([2], np.full((1, 3), -math.inf), [0])
    assert (answer.said, answer.runner_up, answer.confidence, answer.margin) == (0, 1, 0, 0)


def test_answers_come_in_the_order_asked_for():
    logs = log([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    assert [a.index for a in confusion.answers_at([0, 1, 1], logs, [2, 0])] == [2, 0]
    assert confusion.answers_at([0, 1, 1], logs, []) == ()
    for rows in ([3], [-1]):
        with pytest.raises(NntrainError, match="rows 0 to 2"):
            confusion.answers_at([0, 1, 1], logs, rows)


def test_the_members_of_an_answer_are_plain_numbers():
    (answer,) = confusion.answers_at([0], np.array([[-1, -2]], dtype=np.float32), [0])
    assert {type(v) for v in vars(answer).values()} == {int, float, tuple}
    assert {type(v) for v in answer.outputs} == {float}


@pytest.mark.parametrize("call", [confusion.confused_pairs, confusion.symmetric_pairs])
def test_arrays_that_do_not_match_are_refused(call):
    with pytest.raises(NntrainError, match="differ in number"):
        call([0, 1], [0], [0.5, 0.5], 2)
    with pytest.raises(NntrainError, match="confidence"):
        call([0, 1], [0, 0], [0.5], 2)
    with pytest.raises(NntrainError, match="answers: expected 0 to 1"):
        call([0, 1], [0, 2], [0.5, 0.5], 2)
