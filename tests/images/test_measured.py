import numpy as np
import pytest

from nntrain.data.loading import load
from nntrain.data.synthetic.generate import generate
from nntrain.images.measured import have_normal_form


def test_mnist_and_the_synthetic_digits_have_the_normal_form(real_mnist):
    images = load(str(real_mnist), real_mnist).test.images
    assert have_normal_form(images)
    assert have_normal_form(generate(200, 1)[0])
    assert not have_normal_form(np.roll(images, 3, axis=1))
    assert not have_normal_form(255 - images)
    assert not have_normal_form(np.pad(images[:200], ((0, 0), (0, 4), (0, 4))))


@pytest.mark.parametrize("shape", [(0, 28, 28), (3, 28, 28), (3, 1, 1), (3, 5, 90)])
def test_blank_images_and_none_do_not(shape):
    assert not have_normal_form(np.zeros(shape, np.uint8))
