"""Golden updates: the parameters they hold are those of the lecture's equations."""

import base64

import numpy as np
import pytest

from nntrain.nn.outputs import OUTPUTS
from nntrain.show.page.lecture.golden import golden_updates
from tests import reference


def array(stored, *shape):
    return np.frombuffer(base64.b64decode(stored), "<f4").astype(np.float64).reshape(shape)


def parameters(stored, hidden):
    W1, W2 = array(stored["W1"], hidden, 16), array(stored["W2"], 3, hidden)
    return [W1, W2], [array(stored["b1"], hidden), array(stored["b2"], 3)]


@pytest.mark.parametrize("output", OUTPUTS)
def test_each_layer_ends_where_the_oracle_does(output):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (200, 4, 4), np.uint8)
    labels = rng.integers(0, 3, 200).astype(np.uint8)
    golden = golden_updates(images, labels, 3, hidden=5)
    assert (golden["batches"], golden["size"], golden["limit"]) == (20, 10, 1e-5)
    (update,) = (one for one in golden["updates"] if one["output"] == output)
    weights, biases = parameters(golden["start"], 5)
    inputs = images.reshape(200, 16) / 255
    for at in range(0, 200, 10):
        batch = slice(at, at + 10)
        _, *nabla = reference.gradients(
            weights, biases, "sigmoid", output, inputs[batch], labels[batch]
        )
        for values, slopes in zip((weights, biases), nabla, strict=True):
            for value, slope in zip(values, slopes, strict=True):
                value -= update["rate"] * slope
    ends = parameters(update["end"], 5)
    for found, expected in zip((*weights, *biases), (*ends[0], *ends[1]), strict=True):
        np.testing.assert_allclose(found, expected, atol=2e-7)  # stored as float32
