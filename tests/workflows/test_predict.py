import numpy as np
import pytest

from nntrain.errors import NntrainError
from nntrain.nn.outputs import OUTPUTS
from nntrain.workflows.pictures import Picture, find_pictures
from nntrain.workflows.predict import predict
from nntrain.workflows.reading import Reader, read_all
from tests.workflows.conftest import network

DIGITS = tuple("0123456789")


@pytest.mark.parametrize("output", OUTPUTS)
def test_outputs_are_the_networks(folder, output):
    net = network(output=output)
    reader = Reader(net, "mnist")
    result = predict(net, reader.classes, read_all(reader, find_pictures([folder], DIGITS)))
    expected = net.outputs(np.stack([answer.image for answer in result.answers]))
    for answer, row in zip(result.answers, expected, strict=True):
        np.testing.assert_allclose(answer.outputs, row, rtol=1e-5)
        assert [answer.predicted, answer.runner_up] == list(np.argsort(-row)[:2])
    assert result.distribution == output.startswith("softmax")
    assert result.accuracy.n == 1


def test_saturated_activations_still_have_an_order(folder):
    net = network((784, 10), "sigmoid+cross-entropy")
    net.weights[0][...] = 0
    net.biases[0][...] = np.linspace(50, 68, 10)
    reader = Reader(net, "mnist")
    result = predict(net, DIGITS, read_all(reader, [Picture(folder / "b.png")]))
    assert (result.answers[0].predicted, result.answers[0].runner_up) == (9, 8)


def test_outputs_that_are_not_finite_are_refused(folder):
    net = network()
    net.weights[0][...] = 3e38
    read = read_all(Reader(net, "mnist"), [Picture(folder / "b.png")])
    with pytest.raises(NntrainError, match="not finite"):
        predict(net, DIGITS, read)
