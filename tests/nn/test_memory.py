"""The estimate against tracemalloc's count, from the first weight to a restored checkpoint."""

import tracemalloc

import numpy as np
import pytest

from nntrain.nn import checkpoint, engine
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.blas import take_memory
from nntrain.nn.dropout import Dropout
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.memory import training_memory
from nntrain.nn.network import Network
from nntrain.nn.optimizer import SGD
from nntrain.nn.outputs import make_output
from nntrain.nn.training import Trainer
from tests.nn.helpers import make_trainer

EXAMPLES = 1200


def peak_bytes(sizes, dtype, sgd, dropout, distort, engine):
    """Build a network, train it, read a checkpoint; return the peak memory."""
    take_memory()
    list(make_trainer(SGD(1, 5, 0.1), dtype=dtype, engine=engine))  # imports and compiles
    images = np.zeros((EXAMPLES, sizes[0]), np.uint8)
    examples = images, (np.arange(EXAMPLES) % sizes[-1]).astype(np.uint8)
    tracemalloc.start()
    network = Network.create(
        sizes,
        ACTIVATIONS["sigmoid"],
        make_output("softmax+log-likelihood"),
        INITIALISATIONS["he"],
        np.random.default_rng(0),
        dtype,
    )
    rng = np.random.default_rng(0)
    trainer = Trainer(network, examples, examples, sgd, rng, dropout, distort, engine)
    list(trainer)
    state = {name: array.copy() for name, array in checkpoint.state(trainer).items()}
    checkpoint.restore(trainer, state)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.alone
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("sizes", "batch_size"),
    [((784, 2000, 10), 10), ((784, 10), 1000), ((100, 700, 700, 10), 128), ((900, 9, 200), 5000)],
)
@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("name", [engine.NUMPY, engine.NUMBA])
def test_training_uses_the_estimated_memory(sizes, batch_size, dtype, everything, name):
    if name == engine.NUMBA:
        pytest.importorskip("numba", reason="the extra 'fast' (Numba, SciPy) is not installed")
    some = {"momentum": 0.9, "average_epochs": 1.0} if everything else {}
    sgd = SGD(1, batch_size, 0.0, **some)
    dropout = Dropout(0.2, 0.5, (1,)) if everything else None
    distort = (lambda *_: None) if everything else None
    how = {"distorted": everything, "compiled": name == engine.NUMBA}
    estimate = training_memory(sizes, np.dtype(dtype).itemsize, sgd, EXAMPLES, dropout, **how)
    peak = peak_bytes(sizes, dtype, sgd, dropout, distort, name)
    assert 0.65 * sum(estimate) < peak < 1.02 * sum(estimate) + 100_000
