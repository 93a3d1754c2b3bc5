import numpy as np
import pytest

from nntrain.experiments.compare_costs.slowdown import SATURATION, measure, saturate
from nntrain.nn.outputs import OUTPUTS
from tests.nn.helpers import make_examples, make_network


def by_hand(network, inputs, labels):
    """The same figures, one example at a time."""
    deltas, errors, slopes, stuck = [], [], [], []
    for a, y in zip(network.outputs(inputs), labels, strict=True):
        error = a - np.eye(len(a))[y]
        slope = a * (1 - a)
        jacobian = {
            "sigmoid+quadratic": np.diag(slope),
            "softmax+quadratic": np.diag(a) - np.outer(a, a),
        }.get(network.output.name, np.eye(len(a)))
        deltas.append(np.linalg.norm(jacobian @ error))
        errors.append(np.linalg.norm(error))
        slopes.append(slope.mean())
        stuck.append((abs(error) >= 0.9).mean())
    return [np.mean(x) for x in (deltas, errors, slopes, stuck)]


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("saturated", [False, True])
def test_figures_by_hand(output, saturated):
    network, (inputs, labels) = make_network(output=output), make_examples(30)
    if saturated:
        saturate(network)
    figures = measure(network, inputs, labels)
    expected = by_hand(network, inputs, labels)
    got = [figures.delta_norm, figures.error_norm, figures.slope, figures.saturated_wrong]
    np.testing.assert_allclose(got, expected, rtol=1e-9)


def test_the_saturated_start_is_as_described():
    network = make_network()
    hidden = network.biases[0].copy()
    saturate(network)
    np.testing.assert_array_equal(network.biases[-1], [SATURATION, *[-SATURATION] * 3])
    np.testing.assert_array_equal(network.biases[0], hidden)


def test_in_saturation_only_the_quadratic_delta_vanishes():
    shares = {}
    for output in OUTPUTS:
        network, (inputs, labels) = make_network(output=output), make_examples(30)
        saturate(network)
        figures = measure(network, inputs, labels)
        shares[output] = figures.delta_norm / figures.error_norm
        assert figures.error_norm > 0.5
    assert shares["softmax+quadratic"] < 1e-4 < shares["sigmoid+quadratic"] < 0.01
    assert shares["sigmoid+cross-entropy"] == shares["softmax+log-likelihood"] == pytest.approx(1)
