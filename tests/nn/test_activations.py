import numpy as np
import pytest

from nntrain.nn.activations import ACTIVATIONS
from tests import reference


def computed(name, z):
    """f(z) and f'(z)."""
    a, derivative = np.empty_like(z), np.empty_like(z)
    ACTIVATIONS[name].apply(z, a)
    ACTIVATIONS[name].derivative(a, derivative)
    return a, derivative


@pytest.mark.parametrize("name", ACTIVATIONS)
class TestEveryActivation:
    def test_agrees_with_the_oracle_in_value_and_derivative(self, name):
        value, slope = reference.HIDDEN[name]
        z = np.concatenate([np.linspace(-8, 8, 41), [0.0]])
        a, derivative = computed(name, z)
        np.testing.assert_allclose(a, [value(x) for x in z], atol=1e-15)
        np.testing.assert_allclose(derivative, [slope(x) for x in z], atol=1e-15)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_extremes_are_finite_without_warnings(self, name, dtype):
        a, derivative = computed(name, np.array([-1e4, 0, 1e4], dtype))
        assert np.isfinite([a, derivative]).all()
        assert a.dtype == derivative.dtype == dtype

    def test_may_work_in_place(self, name):
        z = np.linspace(-2, 2, 7)
        expected, _ = computed(name, z)
        ACTIVATIONS[name].apply(z, z)
        np.testing.assert_array_equal(z, expected)
