import numpy as np
import pytest

from nntrain.data.dataset import Dataset
from nntrain.errors import DatasetError, SettingsError

N = 96


def examples(n=N, classes=3):
    """Rows that name themselves, sorted by class: as many tables come."""
    y = np.repeat(np.arange(classes), -(-n // classes))[:n]
    return np.column_stack([np.arange(n), y]).astype(float), y


def parts(data):
    return data.train, data.validation, data.test


def test_every_example_is_in_one_part_with_its_label():
    x, y = examples()
    data = Dataset.from_arrays(x, y)
    found = np.concatenate([split.images[:, 0] for split in parts(data)])
    labels = np.concatenate([split.labels for split in parts(data)])
    np.testing.assert_array_equal(found[np.argsort(found[:, 0])], x)
    np.testing.assert_array_equal(labels, found[:, 1])
    assert [len(split.labels) for split in parts(data)] == [67, 13, 16]
    assert not data.pictured
    assert data.image_shape == (1, 2)


@pytest.mark.parametrize("seed", range(5))
def test_each_class_has_its_share_of_every_part_in_random_order(seed):
    data = Dataset.from_arrays(*examples(), seed=seed)
    for split in parts(data):
        counts = np.bincount(split.labels, minlength=3)
        assert np.ptp(counts) <= 2
    assert len(set(data.train.labels[:10].tolist())) > 1
    assert len(set(data.validation.labels[:10].tolist())) > 1


@pytest.mark.parametrize("sizes", [(1, 20), (2, 2, 1, 1), (1, 1, 2)])
def test_even_rare_classes_are_trained_on(sizes):
    y = np.repeat(np.arange(len(sizes)), sizes)
    for seed in range(10):
        if len(y) - len(sizes) < 2:
            with pytest.raises(DatasetError, match="keep one of each class"):
                Dataset.from_arrays(np.zeros((len(y), 2)), y, seed=seed)
        else:
            data = Dataset.from_arrays(np.zeros((len(y), 2)), y, seed=seed)
            assert set(data.train.labels) == set(range(len(sizes)))


def test_the_same_seed_divides_alike_and_another_differently():
    one, same, other = (Dataset.from_arrays(*examples(), seed=seed) for seed in (1, 1, 2))
    assert one.sha256() == same.sha256() != other.sha256()


def test_parts_that_are_given_are_taken_in_their_order():
    x, y = examples()
    data = Dataset.from_arrays(x, y, x_validation=x[:7], y_validation=y[:7], x_test=x, y_test=y)
    assert [len(split.labels) for split in parts(data)] == [N, 7, N]
    np.testing.assert_array_equal(data.test.images[:, 0], x)
    assert data.validation.images[:, 0, 0].tolist() == list(range(7))
    alone = Dataset.from_arrays(x, y, x_validation=x[:7], y_validation=y[:7])
    assert alone.validation.images[:, 0, 0].tolist() == list(range(7))


def test_shares_are_those_that_are_asked_for():
    data = Dataset.from_arrays(*examples(), test=0.5, validation=0.1)
    assert [len(split.labels) for split in parts(data)] == [43, 5, 48]


def test_the_callers_arrays_are_copied_and_the_datasets_read_only():
    x, y = examples()
    data = Dataset.from_arrays(x, y, x_test=x, y_test=y)
    before = data.sha256()
    x[:] = 0
    y[:] = 0
    assert data.sha256() == before
    with pytest.raises(ValueError, match="read-only"):
        data.train.images[:] = 0


def test_a_hash_depends_on_shape_and_type():
    x, y = np.zeros((12, 6)), np.arange(12) % 2
    kinds = x, x.astype(np.float32), x.astype(np.uint8), x.reshape(12, 2, 3)
    hashes = {Dataset.from_arrays(kind, y).sha256()["train-images-idx3-ubyte"] for kind in kinds}
    assert len(hashes) == len(kinds)


X, Y = examples()
UNFIT = {
    "a label too few": ({"y": Y[1:]}, "y: expected 96 labels.*got 95"),
    "a label too many": ({"y": [*Y, 0]}, "y: expected 96 labels.*got 97"),
    "one-hot": ({"y": np.eye(3)[Y]}, "y: .*argmax"),
    "x alone": ({"x_test": X}, "y_test is missing"),
    "y alone": ({"y_validation": Y}, "x_validation is missing"),
    "another width": ({"x_test": X[:, :1], "y_test": Y}, r"x_test: expected \(n, 2\)"),
    "bytes for floats": (
        {"x_test": X.astype(np.uint8), "y_test": Y},
        "x_test: .*float64.*got uint8",
    ),
    "images for rows": ({"x_test": X[:, :, None], "y_test": Y}, r"x_test: .*\(2,\).*\(2, 1\)"),
    "an unknown label": ({"x_test": X, "y_test": Y + 1}, "y_test: .*got 3"),
    "strings for numbers": ({"x_test": X, "y_test": Y.astype(str)}, "y_test: .*got '0'"),
    "too few": ({"x": X[:2], "y": [0, 1]}, "keep one of each class"),
    "a name that is taken": ({"name": "mnist"}, "name: .*'mnist'"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_arrays_that_do_not_belong_together_are_refused(case):
    changed, reason = UNFIT[case]
    with pytest.raises(DatasetError, match=f"(?s){reason}"):
        Dataset.from_arrays(**{"x": X, "y": Y, **changed})


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a\nb",
        "\x1b[31m",
        "<b>",
        'a"b',
        "a&b",
        "a/b",
        "a\\b",
        ".hidden",
        "\u202e",
        "n" * 101,
        7,
    ],
)
def test_a_name_is_plain(name):
    with pytest.raises(DatasetError, match=r"^name: expected a plain name") as error:
        Dataset.from_arrays(X, Y, name=name)
    assert str(error.value).isprintable()


def test_a_name_may_have_blanks_marks_and_letters_of_any_language():
    assert Dataset.from_arrays(X, Y, name="květiny, Anna's").name == "květiny, Anna's"


@pytest.mark.parametrize("share", [0, 1, -0.1, "a", np.nan])
def test_a_share_must_leave_something_on_both_sides(share):
    with pytest.raises(SettingsError, match="test = "):
        Dataset.from_arrays(X, Y, test=share)
