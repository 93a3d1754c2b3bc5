import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntrain.nn.backprop import Gradients, Workspace, backward, forward, gradients
from tests import reference
from tests.nn.helpers import ACTIVATION_NAMES, OUTPUT_NAMES, make_examples, make_network


def step(network, inputs, labels, workspace, into, factor=0.1):
    forward(network, inputs, workspace)
    backward(network, labels, workspace, factor)
    gradients(workspace, into)


def run(network, inputs, labels, workspace=None):
    """Mean gradients by the product, through a workspace that begins poisoned with NaN."""
    workspace = workspace or poisoned(Workspace(network, len(inputs)))
    computed = poisoned(Gradients(network))
    step(network, inputs, labels, workspace, computed, 1 / len(inputs))
    return computed


def poisoned(holder):
    """Fill every float buffer with NaN, but for the constant vector of ones."""
    for name, value in vars(holder).items():
        for array in value if isinstance(value, list) else [value]:
            if name not in ("ones", "dropout"):
                array.fill(np.nan)
    return holder


def assert_agrees(network, inputs, labels, computed, rtol=1e-10):
    names = (network.hidden.name, network.output.name)
    _, dw, db = reference.gradients(network.weights, network.biases, *names, inputs, labels)
    for mine, book in zip(computed.arrays, [*dw, *db], strict=True):
        np.testing.assert_allclose(mine, book, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
class TestAgreesWithTheBook:
    def test_in_float32(self, output, activation):
        network = make_network((6, 5, 4), activation, output, dtype=np.float32)
        inputs, labels = make_examples(9, dtype=np.float32)
        assert_agrees(network, inputs, labels, run(network, inputs, labels), rtol=2e-5)

    def test_on_the_head_of_a_larger_workspace(self, output, activation):
        network = make_network((6, 5, 4), activation, output)
        whole = poisoned(Workspace(network, 10))
        inputs, labels = make_examples(10)
        run(network, inputs, labels, whole)
        short = run(network, inputs[:3], labels[:3], whole.head(3))
        assert_agrees(network, inputs[:3], labels[:3], short)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=4),
    st.sampled_from(OUTPUT_NAMES),
    st.sampled_from(ACTIVATION_NAMES),
    st.integers(1, 6),
    st.integers(0, 2**32),
)
def test_agrees_with_the_book_on_any_network(sizes, output, activation, batch, seed):
    network = make_network(sizes, activation, output, seed=seed)
    inputs, labels = make_examples(batch, sizes[0], sizes[-1], seed)
    assert_agrees(network, inputs, labels, run(network, inputs, labels))


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_every_gradient_by_central_differences(output, activation):
    """The cost itself as the oracle; relu is left out for its kink."""
    network = make_network((6, 5, 4), activation, output)
    inputs, labels = make_examples(12)
    computed, h = run(network, inputs, labels), 1e-5
    for parameter, gradient in zip(network.parameters, computed.arrays, strict=True):
        for index in np.ndindex(parameter.shape):
            kept = parameter[index]
            parameter[index] = kept + h
            high, _ = network.cost_and_accuracy(inputs, labels)
            parameter[index] = kept - h
            low, _ = network.cost_and_accuracy(inputs, labels)
            parameter[index] = kept
            assert gradient[index] == pytest.approx((high - low) / (2 * h), abs=1e-9)


def test_the_factor_is_one_on_every_gradient():
    network, (inputs, labels) = make_network(), make_examples(5)
    workspace, once, thrice = Workspace(network, 5), Gradients(network), Gradients(network)
    step(network, inputs, labels, workspace, once, 1.0)
    step(network, inputs, labels, workspace, thrice, 3.0)
    np.testing.assert_allclose(3 * once.vector, thrice.vector, rtol=1e-12)


def buffers(workspace, into, network):
    """All arrays that a step writes to."""
    lists = (workspace.z, workspace.a, workspace.delta, workspace.slope)
    return [*(b for held in lists for b in held[1:]), *into.arrays, *network.parameters]


class TestInPlace:
    def test_every_buffer_stays_the_same_array(self):
        network, (inputs, labels) = make_network((6, 5, 3, 4)), make_examples(5)
        workspace, into = Workspace(network, 5), Gradients(network)

        before = [(id(b), b.ctypes.data) for b in buffers(workspace, into, network)]
        for _ in range(3):
            step(network, inputs, labels, workspace, into)
        after = [(id(b), b.ctypes.data) for b in buffers(workspace, into, network)]
        assert after == before
        assert all(address % 64 == 0 for _, address in after)  # on a cache line

    @pytest.mark.parametrize("output", OUTPUT_NAMES)
    def test_allocates_nothing_that_grows_with_the_network(self, output):
        network = make_network((784, 300, 10), "sigmoid", output, dtype=np.float32)
        inputs, labels = make_examples(256, 784, 10, dtype=np.float32)
        workspace, into = Workspace(network, 256), Gradients(network)
        step(network, inputs, labels, workspace, into)
        tracemalloc.start()
        step(network, inputs, labels, workspace, into)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        # NumPy's own fixed buffers are 33 kB; one hidden layer's activations are 307 kB.
        assert peak_bytes < 48_000

    def test_inputs_and_parameters_are_only_read(self):
        network, (inputs, labels) = make_network(), make_examples(5)
        for array in [inputs, labels, *network.parameters]:
            array.flags.writeable = False
        run(network, inputs, labels)
