"""Hesitations: runner-up, margins and baselines against hand counts and plain loops."""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.analysis import hesitations as hes
from tests.analysis.helpers import of_outputs


@st.composite
def answered(draw):
    """Predictions of a few examples, with many ties and exact zeros and ones."""
    n, k = draw(st.integers(1, 25)), draw(st.integers(2, 5))
    levels = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.floats(0, 1, width=32))
    outputs = draw(hnp.arrays(np.float64, (n, k), elements=levels))
    labels = draw(hnp.arrays(np.uint8, n, elements=st.integers(0, k - 1)))
    return of_outputs(labels, outputs.tolist())


def test_hesitations_golden():
    outputs = [
        [0.75, 0.25, 0.0],  # 0, true 0: right, margin 0.5
        [0.5, 0.375, 0.125],  # 1, true 1: wrong, runner-up right, margin 0.125
        [0.5, 0.375, 0.125],  # 2, true 2: wrong, runner-up not, margin 0.125
        [0.0, 0.0, 1.0],  # 3, true 1: wrong; runner-up 0 (tie), margin 1, surest
        [0.5, 0.0, 0.5],  # 4, true 2: wrong (tie: 0), runner-up right, margin 0
        [0.0, 1.0, 0.0],  # 5, true 1: right, margin 1
    ]
    found = hes.hesitations(of_outputs([0, 1, 2, 1, 2, 1], outputs), examples=3)
    assert found.errors == 4
    assert (found.runner_up.successes, found.runner_up.n, found.runner_up.estimate) == (2, 4, 0.5)
    assert found.by_chance == 0.5
    # Answered 0: true 1 and 2, 2 (one of three twice); answered 2: true 1. So 2 + 1 of 4.
    assert found.informed == 0.75
    # The two largest sum to .875, .875, 1, 1; of the last two, only 4 has the true class.
    assert (found.between_two.successes, found.between_two.n) == (1, 4)
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
    shares = hes.describe_margins(np.array([0.1, 0.5, 0.05])).shares
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
            outputs = sorted(map(math.exp, row), reverse=True)
            held = sum(outputs[:2]) / sum(outputs) if sum(outputs) else 2 / len(row)
            about = (index, second == labels[index], outputs[0], margin, held)
            errors.append((*about, first, int(labels[index])))
    found = hes.hesitations(answers, examples=4)
    assert found.errors == found.wrong.n == len(errors)
    assert found.right.n == len(labels) - len(errors)
    if errors:
        assert found.runner_up.successes == sum(e[1] for e in errors)
        assert found.runner_up.n == len(errors)
        narrow = [e[4] for e in errors if e[1]]
        low, high = (sum(share > edge for share in narrow) for edge in (0.9 + 1e-9, 0.9 - 1e-9))
        assert low <= found.between_two.successes <= high
        pairs = [(said, true) for *_, said, true in errors]
        best = {said: max(pairs.count(p) for p in pairs if p[0] == said) for said, _ in pairs}
        assert found.informed == pytest.approx(sum(best.values()) / len(errors))
    else:
        assert found.runner_up is found.informed is found.between_two is None
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
    found = hes.hesitations(answers)
    assert (found.errors, found.runner_up) == (0, None)
    assert found.closest_calls == found.confidently_wrong == ()
    assert found.wrong == hes.Margins(0, None, None, None, ())
    assert found.right.median == 1


def test_answers_are_plain_numbers_in_the_order_asked_for():
    answers = of_outputs([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    third, first = hes.answers_at(answers, np.array([2, 0]))
    assert (third.index, first.index) == (2, 0)
    assert {type(v) for v in (*vars(first).values(), *first.outputs)} == {int, float, tuple}
    assert hes.answers_at(answers, np.array([], np.int64)) == ()
