import warnings

import numpy as np
import pytest

from nntrain.data.own_arrays import checked_inputs, label_indices, label_values
from nntrain.errors import DatasetError

TABLE = np.random.default_rng(0).normal(size=(5, 3))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (TABLE, np.float64),
        (TABLE.astype(np.float32), np.float32),
        (TABLE.astype(np.float16), np.float32),
        (TABLE.astype(int), np.float64),
        (TABLE.tolist(), np.float64),
        (TABLE > 0, np.float32),
        (np.arange(200, 212, dtype=np.uint8).reshape(2, 2, 3), np.uint8),
        (np.asfortranarray(TABLE), np.float64),
        (TABLE.astype(object), np.float64),
    ],
)
def test_numbers_of_every_type_are_taken_with_their_values(given, kept):
    taken = checked_inputs(given)
    assert taken.dtype == kept
    assert taken.flags.c_contiguous
    np.testing.assert_array_equal(taken, np.asarray(given).astype(kept))


UNFIT_INPUTS = {
    "no examples": (np.empty((0, 3)), None, r"at least one example.*\(0, 3\)"),
    "no features": (np.empty((3, 0)), None, r"at least one example.*\(3, 0\)"),
    "an empty list": ([], None, "at least one example"),
    "a number": (5, None, r"\(n, features\)"),
    "one example": (np.zeros(784), 784, r"got an array \(784,\).*x\[numpy.newaxis\]"),
    "one image": (np.zeros((28, 28)), 784, r"got an array \(28, 28\).*x\[numpy.newaxis\]"),
    "one dimension": ([1.0, 2.0], None, r"\(n, features\).*got an array \(2,\)"),
    "four dimensions": (np.zeros((2, 3, 3, 1)), None, "rows, columns"),
    "another width": (np.zeros((3, 5)), 784, r"\(n, 784\).*got an array \(3, 5\)"),
    "ragged lists": (
        [[1, 2], [3, 4], [5]],
        None,
        r"2 values in example 0 and 1 .* 2\.",
    ),
    "ragged images": ([[[1, 2], [3]], [[1, 2], [3, 4]]], None, "rows of different lengths in ex"),
    "images of two sizes": ([np.ones((2, 2)), np.ones((2, 3))], None, "2×2 .* 2×3 values in ex"),
    "a generator": ((row for row in TABLE), None, r"got a generator\. Give .*list\(x\)"),
    "a set": ({1, 2}, None, r"got a set\."),
    "a dictionary": ({"a": 1}, None, "got a dict of object"),
    "nothing": (None, None, "got a NoneType of object"),
    "an object": ([[1, object()]], None, r"got a object at index \(0, 1\)\.$"),
    "NaN": ([[0, 1], [2, np.nan]], None, r"nan at index \(1, 1\)"),
    "None": ([[0, 1], [2, None]], None, r"a missing value \(None\) at index \(1, 1\)"),
    "infinity": ([[0, -np.inf]], None, r"-inf at index \(0, 1\)"),
    "huge": ([[0, 1e200]], None, r"1e\+200 at index \(0, 1\)"),
    "text": ([["a", "b"]], None, "array of numbers"),
    "text among numbers": (np.array([[1, "2"]], object), None, "array of numbers"),
    "complex": (np.zeros((2, 2), complex), None, "complex"),
    "masked": (np.ma.array([[1.0, 2.0]], mask=[[0, 1]]), None, "masked"),
    "masked rows": ([np.ma.array([1.0, 2.0], mask=[0, 1])], None, "masked"),
}


@pytest.mark.parametrize("case", UNFIT_INPUTS)
def test_inputs_that_are_no_examples_are_refused(case):
    given, features, reason = UNFIT_INPUTS[case]
    with pytest.raises(DatasetError, match=f"(?s)^x: expected .*{reason}"):
        checked_inputs(given, features=features)


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        (np.array([[0.0, 255.0]]), "divide by 255"),
        ([[0, 101]], "divide by 255"),
        ([[0, 100]], None),
        (np.array([[0.0, 255.5]]), None),
        (np.array([[0, 1]], np.uint8), "divided by 255"),
        (np.array([[0.0, 1.0]]), None),
        (np.array([[-1.0, 255.0]]), None),
        (np.array([[0, 16.0]]), None),
        (np.array([[0, 255]], np.uint8), None),
        (np.array([[0, 0]], np.uint8), None),
    ],
)
def test_only_a_scale_that_is_a_likely_mistake_is_warned_of(given, warned):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        checked_inputs(given)
    assert [warned in str(one.message) for one in caught] == ([True] if warned else [])


@pytest.mark.parametrize(
    ("labels", "values", "indices"),
    [
        ([3, 9, 3], (3, 9), [0, 1, 0]),
        ([1, -1], (-1, 1), [1, 0]),
        (np.array([2, 200], np.uint8), (2, 200), [0, 1]),
        (["dog", "cat", "dog"], ("cat", "dog"), [1, 0, 1]),
        (np.array(["dog", "cat"], object), ("cat", "dog"), [1, 0]),
        (np.array([2**63 - 1, 1], np.uint64), (1, 2**63 - 1), [1, 0]),
    ],
)
def test_labels_are_the_places_of_their_values_in_order(labels, values, indices):
    assert label_values(labels) == values
    found = label_indices(labels, values, len(labels))
    assert found.dtype == np.intp
    assert found.tolist() == indices


UNFIT_LABELS = {
    "one-hot": (np.eye(3), r"\(3, 3\).*argmax"),
    "a column": (np.zeros((3, 1), int), r"\(3, 1\).*ravel"),
    "floats": ([0.0, 1.0, 2.0], r"got float64.*astype\(int\)"),
    "quantities": ([0.5, 1.0, 2.0], "got float64.$"),
    "NaN": ([0.0, 1.0, np.nan], r"a missing label \(NaN\) at index 2"),
    "None": ([0, None, 1], r"a missing label \(None\) at index 1"),
    "None among strings": (["a", None, "b"], r"a missing label \(None\) at index 1"),
    "mixed": ([1, "a", 2], "int, str"),
    "bytes": (np.array([b"a", b"b", b"c"]), "S1"),
    "none at all": ([], r"\(0,\)"),
    "a number": (3, r"\(\)"),
    "masked": (np.ma.array([0, 1, 1], mask=[0, 0, 1]), "missing"),
    "masked in a list": ([0, 1, np.ma.masked], "missing"),
    "a generator": ((i for i in range(3)), r"got a generator\. Give .*list\(y\)"),
    "arrays": (np.array([[1], [2, 3], [4]], object), "labels of type list"),
    "floats in an array": (np.arange(3.0), r"give y\.astype\(int\)"),
    "floats in a list": ([0.0, 1.0], r"give numpy\.array\(y\)\.astype\(int\)"),
    "booleans": ([True, False], r"got bool\. Give numpy\.array\(y\)\.astype\(int\)"),
    "booleans in an array": (np.array([True, False]), r"got bool\. Give y\.astype\(int\)"),
    "booleans as objects": (np.array([True, False], object), "got bool"),
    "beyond what a file holds": (np.array([2**63, 1], np.uint64), r"got 9223.*astype\(str\)"),
    "half a surrogate pair": (["\ud800", "a"], "no Unicode"),
    "one class": ([4, 4, 4], "at least two.*only 4"),
    "quantities as whole numbers": (range(1001), "at most 1,000 .* got 1,001"),
}


@pytest.mark.parametrize("case", UNFIT_LABELS)
def test_labels_that_name_no_classes_are_refused(case):
    given, reason = UNFIT_LABELS[case]
    with pytest.raises(DatasetError, match=f"(?s)^y: expected .*{reason}"):
        label_values(given)


@pytest.mark.parametrize(
    ("labels", "values", "reason"),
    [
        ([0, 1], (0, 1), "3 labels, one for each example, got 2"),
        ([0, 1, 0, 1], (0, 1), "3 labels, one for each example, got 4"),
        ([0, 1, 7], (0, 1), r"\(0, 1\), got 7"),
        ([0, 1, -1], (0, 1), r"\(0, 1\), got -1"),
        ([0, 1, 0], ("no", "yes"), r"\('no', 'yes'\), got 0"),
        (["no", "yes", "noo"], ("no", "yes"), "got 'noo'. Did you mean 'no'"),
        (["0", "1", "1"], (0, 1), r"\(0, 1\), got '0'\.$"),
    ],
)
def test_labels_must_fit_the_examples_and_the_classes(labels, values, reason):
    with pytest.raises(DatasetError, match=reason):
        label_indices(labels, values, 3)


def test_what_pandas_writes_for_a_missing_value_is_refused():
    pandas = pytest.importorskip("pandas")
    for missing in (pandas.NA, pandas.NaT):
        name = str(missing)
        with pytest.raises(DatasetError, match=rf"^x: .*missing value \({name}\) at.*\(0, 1\)"):
            checked_inputs([[0, missing]])
        with pytest.raises(DatasetError, match=rf"^y: .*missing label \({name}\) at index 2"):
            label_values([0, 1, missing])
    with pytest.raises(DatasetError, match="nan at index"):
        checked_inputs(pandas.DataFrame({"a": [1, None]}, dtype="Int64"))
    for labels in (["a", None], [0, None]):
        kind = "Int64" if labels[0] == 0 else "string"
        with pytest.raises(DatasetError, match=r"a missing label .* index 1"):
            label_values(pandas.Series(labels, dtype=kind))
