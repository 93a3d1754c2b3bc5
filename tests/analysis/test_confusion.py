"""Confusion: matrix and pairs against hand counts and plain loops."""

from hypothesis import given
from hypothesis import strategies as st

from nntrain.analysis import confusion
from tests.analysis.helpers import answering, of_outputs

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
    assert [p.rank for p in pairs] == [1, 1, 3, 3, 3]
    assert [p.share for p in pairs] == [0.5, 2 / 3, 0.25, 1 / 3, 1 / 3]
    # 0→1: example 2 (0.8) before 1 (0.6). 2→1: equally sure, the lower index first.
    assert [p.examples for p in pairs[:2]] == [(2, 1), (8, 9)]
    assert confusion.confused_pairs(ANSWERS, limit=1, examples=1) == (
        confusion.ConfusedPair(rank=1, true=0, predicted=1, count=2, share=0.5, examples=(2,)),
    )


def test_symmetric_pairs_golden():
    # {0,1}: 2 + 1 = 3 of 4 + 3; {1,2}: 1 + 2 = 3 of 3 + 3; {0,2}: 1 + 0 of 4 + 3.
    pairs = confusion.symmetric_pairs(ANSWERS)
    assert [(p.rank, p.first, p.second) for p in pairs] == [(1, 0, 1), (1, 1, 2), (3, 0, 2)]
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
        counts = [pair.count for pair in ranked.values()]
        for pair in ranked.values():
            assert pair.rank == 1 + sum(count > pair.count for count in counts)


def test_without_errors_there_are_no_pairs():
    answers = of_outputs([0, 1], [[1, 0], [0, 1]])
    assert confusion.confused_pairs(answers) == confusion.symmetric_pairs(answers) == ()
