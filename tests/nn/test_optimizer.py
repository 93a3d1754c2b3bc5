import numpy as np
import pytest

from nntrain.nn import gemm
from nntrain.nn.backprop import Workspace, forward
from nntrain.nn.blas import WAIT_VARIABLE
from nntrain.nn.optimizer import SGD, AccumulatingDescent, Descent, descent
from nntrain.nn.schedules import Schedule
from tests import reference
from tests.nn.helpers import make_examples, make_network


@pytest.fixture(params=["NumPy alone", "adding by SciPy"])
def kind(request):
    if request.param == "NumPy alone":
        return Descent
    pytest.importorskip("scipy", reason="the extra 'fast' (SciPy) is not installed")
    return AccumulatingDescent


def take(steps, batch, rate):
    """A step on a mini-batch: forward, then what is tested."""
    inputs, labels = batch
    workspace = Workspace(steps.network, len(labels))
    forward(steps.network, inputs, workspace)
    steps.step(labels, rate, workspace)


@pytest.mark.parametrize("sizes", [(6, 5, 4), (6, 4), (7, 3, 5, 4)])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("weight_decay", [0.0, 3.0])
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-12), (np.float32, 2e-5)])
def test_three_steps_are_those_of_the_formula(kind, sizes, momentum, weight_decay, dtype, rtol):
    """V ← μV − η(g + λ/n W), W ← W + V; biases without λ; another η at each step."""
    network, n = make_network(sizes, dtype=dtype), 50
    expected = [p.astype(np.float64) for p in network.parameters]
    velocity = [np.zeros_like(p) for p in expected]
    layers = len(network.weights)
    steps = kind(network, momentum, weight_decay / n)
    for seed, rate in enumerate([0.1, 0.3, 0.2]):
        inputs, labels = make_examples(5 + seed, sizes[0], seed=seed, dtype=dtype)
        names = (network.hidden.name, network.output.name)
        parts = (expected[:layers], expected[layers:])
        _, dw, db = reference.gradients(*parts, *names, inputs, labels, 1.0)
        take(steps, (inputs, labels), rate)
        for i, gradient in enumerate([*dw, *db]):
            decay = weight_decay / n * expected[i] if i < layers else 0
            velocity[i] = momentum * velocity[i] - rate * (gradient + decay)
            expected[i] = expected[i] + velocity[i]
    for mine, formula in zip(network.parameters, expected, strict=True):
        np.testing.assert_allclose(mine, formula, rtol=rtol, atol=rtol)


def test_steps_happen_in_place(kind):
    network = make_network()
    steps = kind(network, 0.9, 0.01)

    def buffers():
        held = [*network.weights, *network.biases, steps.velocity.vector]
        return [(id(a), a.ctypes.data) for a in held]

    before = buffers()
    take(steps, make_examples(5), 0.1)
    assert buffers() == before


class TestWhichWay:
    """SciPy's BLAS has threads of its own: beside NumPy's, only where none keeps a core busy."""

    def test_one_thread_with_scipy(self, monkeypatch):
        pytest.importorskip("scipy", reason="the extra 'fast' (SciPy) is not installed")
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
        monkeypatch.delenv(WAIT_VARIABLE, raising=False)
        assert isinstance(descent(make_network(), 0.0, 0.0), AccumulatingDescent)

    @pytest.mark.parametrize("threads", ["2", None])
    @pytest.mark.parametrize(
        ("wait", "kind"),
        [("12", AccumulatingDescent), ("26", Descent), ("", Descent), ("x", Descent)],
    )
    def test_more_threads(self, monkeypatch, threads, wait, kind):
        pytest.importorskip("scipy", reason="the extra 'fast' (SciPy) is not installed")
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            monkeypatch.delenv(name, raising=False)
        if threads:
            monkeypatch.setenv("OPENBLAS_NUM_THREADS", threads)
        monkeypatch.setenv(WAIT_VARIABLE, wait)
        assert type(descent(make_network(), 0.0, 0.0)) is kind

    def test_no_scipy(self, monkeypatch):
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
        monkeypatch.setattr(gemm, "find_spec", lambda name: None)
        assert type(descent(make_network(), 0.0, 0.0)) is Descent


def test_the_rate_follows_the_schedule():
    sgd = SGD(epochs=4, batch_size=1, learning_rate=0.2, schedule=Schedule("cosine", 4))
    assert [round(sgd.rate(t), 12) for t in (0, 2, 4)] == [0.2, 0.1, 0]
