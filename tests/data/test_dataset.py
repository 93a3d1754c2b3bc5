from pathlib import Path

import numpy as np
import pytest

from nntrain.data.dataset import Dataset, Split
from nntrain.errors import SettingsError


def test_parts_by_name():
    assert 60_000 // 6 == 10_000, "the book's validation set of MNIST"
    dataset = Dataset("n", "t", (), *(object(),) * 3, folder=Path())  # type: ignore[arg-type]  # stand-ins
    for name in ("train", "validation", "test"):
        assert dataset.split(name) is getattr(dataset, name)
    with pytest.raises(
        SettingsError, match=r"'tset'.*train, validation, test\. Did you mean 'test'"
    ):
        dataset.split("tset")


def test_all_examples_of_parts_from_different_places_are_copied():
    first, second = (Split(np.full((n, 2, 2), n, np.uint8), np.arange(n)) for n in (3, 2))
    test = Split(np.empty((0, 2, 2), np.uint8), np.arange(0))
    dataset = Dataset("x", "x", ("a",), first, second, test, Path())
    images, labels = dataset.to_train_on("all")
    assert images[:, 0, 0].tolist() == [3, 3, 3, 2, 2]
    assert labels.tolist() == [0, 1, 2, 0, 1]
