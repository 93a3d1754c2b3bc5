"""Arrays: the four arrays of a dataset, and the check that they belong together."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nntrain.data.catalogue import Role
from nntrain.errors import DatasetError

MIN_TRAINING = 6
"""A sixth of the training examples is used for validation."""


class FourArrays(NamedTuple):
    """Images uint8 (n, rows, columns) and labels uint8 (n,), for training and for the test."""

    train_images: npt.NDArray[np.uint8]
    train_labels: npt.NDArray[np.uint8]
    test_images: npt.NDArray[np.uint8]
    test_labels: npt.NDArray[np.uint8]


def check_examples(
    arrays: FourArrays,
    origins: Mapping[Role, object],
    *,
    class_count: int,
    image_shape: tuple[int, ...],
) -> None:
    """Raise DatasetError unless images and labels belong together.

    There must be as many labels as images, images of ``image_shape``, labels below
    ``class_count``, and at least six training examples and one test example. ``origins`` names
    the file of each array for messages.
    """
    parts: tuple[tuple[Role, Role, int], ...] = (
        ("train_images", "train_labels", MIN_TRAINING),
        ("test_images", "test_labels", 1),
    )
    for images_role, labels_role, least in parts:
        images, labels = getattr(arrays, images_role), getattr(arrays, labels_role)
        where = origins[images_role]
        if images.ndim != 3 or 0 in images.shape[1:]:
            raise _unfit(where, "images: count, rows, columns", f"an array of {images.shape}")
        if images.shape[1:] != image_shape:
            expected = " × ".join(str(size) for size in image_shape)
            raise _unfit(where, f"images of {expected} pixels", f"an array of {images.shape}")
        if labels.ndim != 1:
            raise _unfit(
                origins[labels_role], "one label per image", f"an array of {labels.shape}"
            )
        if len(labels) != len(images):
            raise _unfit(
                origins[labels_role],
                f"{len(images)} labels, one for each image in {where}",
                f"{len(labels)}",
            )
        if len(images) < least:
            raise _unfit(where, f"at least {least} examples", f"{len(images)}")
        if (largest := int(labels.max())) >= class_count:
            first = int(np.argmax(labels >= class_count))
            raise _unfit(
                origins[labels_role],
                f"labels from 0 to {class_count - 1}",
                f"{int(labels[first])} at index {first} (the largest is {largest})",
            )


def _unfit(where: object, expected: str, got: str) -> DatasetError:
    return DatasetError(
        f"{where}: expected {expected}, got {got}. Check that the four files belong together."
    )
