import numpy as np
import pytest

from nntrain.data.arrays import check_examples
from nntrain.data.catalogue import RAW_NAMES
from nntrain.errors import DatasetError
from tests.data.made import SHAPE, SOUND, TEST, TRAIN, changed, examples


def check(arrays):
    check_examples(arrays, RAW_NAMES, class_count=3, image_shape=SHAPE)


UNFIT = {
    "counts differ": (
        changed(train_labels=SOUND.train_labels[:-1]),
        r"train-labels.*expected 25 labels, one for each image in .*train-images.*, got 24",
    ),
    "label outside": (
        changed(test_labels=np.array([0, 1, 2, 9, 0, 0, 0], np.uint8)),
        r"t10k-labels.*expected labels from 0 to 2, got 9 at index 3",
    ),
    "other image size": (
        changed(test_images=np.zeros((TEST, 5, 4), np.uint8)),
        r"t10k-images.*expected images of 4 × 5 pixels, got an array of \(7, 5, 4\)",
    ),
    "flat images": (changed(train_images=SOUND.train_images.reshape(25, 20)), "count, rows, col"),
    "images without pixels": (
        changed(train_images=np.zeros((TRAIN, 0, 5), np.uint8)),
        "count, rows, col",
    ),
    "labels in rows": (
        changed(train_labels=SOUND.train_labels.reshape(25, 1)),
        "one label per image",
    ),
    "too few": (examples(train=5), "at least 6 examples, got 5"),
    "none at all": (examples(train=0), "at least 6 examples, got 0"),
    "no test": (examples(test=0), "at least 1 examples, got 0"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_arrays_that_do_not_belong_together_are_refused(case):
    check(SOUND)
    arrays, reason = UNFIT[case]
    with pytest.raises(DatasetError, match=reason):
        check(arrays)
