import numpy as np
import pytest

from nntrain.nn.activations import ACTIVATIONS
from tests import reference


@pytest.mark.parametrize("name", ACTIVATIONS)
class TestEveryActivation:
    def test_agrees_with_the_oracle_in_value_and_derivative(self, name):
        value, slope = reference.HIDDEN[name]
        z = np.concatenate([np.linspace(-8, 8, 41), [0.0]])
        a, derivative = np.empty_like(z), np.empty_like(z)
        ACTIVATIONS[name].apply(z, a)
        ACTIVATIONS[name].derivative(a, derivative)
        np.testing.assert_allclose(a, [value(x) for x in z], atol=1e-15)
        np.testing.assert_allclose(derivative, [slope(x) for x in z], atol=1e-15)

    def test_derivative_is_the_slope_by_central_differences(self, name):
        z = np.array([-3.1, -0.7, 0.4, 2.2])
        h, low, high, a, derivative = 1e-6, *(np.empty(4) for _ in range(4))
        ACTIVATIONS[name].apply(z - h, low)
        ACTIVATIONS[name].apply(z + h, high)
        ACTIVATIONS[name].apply(z, a)
        ACTIVATIONS[name].derivative(a, derivative)
        np.testing.assert_allclose(derivative, (high - low) / (2 * h), atol=1e-9)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_extremes_are_finite_and_silent(self, name, dtype):
        z = np.array([-1e4, 0, 1e4], dtype)
        a, derivative = np.empty_like(z), np.empty_like(z)
        ACTIVATIONS[name].apply(z, a)
        ACTIVATIONS[name].derivative(a, derivative)
        assert np.isfinite(a).all()
        assert np.isfinite(derivative).all()
        assert a.dtype == derivative.dtype == dtype

    def test_may_work_in_place(self, name):
        z = np.linspace(-2, 2, 7)
        expected = np.empty_like(z)
        ACTIVATIONS[name].apply(z, expected)
        ACTIVATIONS[name].apply(z, z)
        np.testing.assert_array_equal(z, expected)
