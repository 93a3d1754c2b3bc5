"""Test cases: what the claims are evaluated on, random or from a run.

Everything is float64. A run's trained weights and digits are combined with every output layer and
every hidden activation, so all of the code is checked on real data.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nntrain.analysis.predictions import Predictions, predictions
from nntrain.errors import NntrainError
from nntrain.nn import activations, initialisation, outputs
from nntrain.nn.arrays import Array, Floats, Integers, scale_pixels
from nntrain.nn.network import Network

CLASSES = 10
SPREADS = (0.1, 1.0, 5.0, 20.0)
ROWS = 300
SHAPES = ((6, 5, 5, 4), (3, 4, 4, 4, 3))  # with square layers, where W and Wᵀ have one shape
SATURATED_BIASES = (-12.0, -4.0, 4.0, 12.0)
EXAMPLES = 5
REAL_ROWS = 500
LARGEST_Z = 100.0  # differences of larger values lose too many digits
REAL_EXAMPLES = 4


@dataclass(frozen=True, eq=False)
class RunUnderTest:
    """A trained network and the digits to check it on.

    ``images`` is (n, rows, columns) uint8, ``labels`` (n,), and ``z`` (n, classes) float64: the
    network's weighted inputs for the images. ``examples`` describes the images as text.
    """

    name: str
    network: Network
    images: Array
    labels: Integers
    z: Floats
    examples: str

    @cached_property
    def predictions(self) -> Predictions:
        """The network's predictions for the digits."""
        output = self.network.output
        return predictions(
            self.labels,
            output.log_activate(self.z),
            classes=[str(label) for label in range(self.z.shape[1])],
            distribution=output.distribution,
        )


@dataclass(frozen=True, eq=False)
class Case:
    """A network with a mini-batch: ``inputs`` (m, features) float64, ``labels`` (m,)."""

    network: Network
    inputs: Floats
    labels: Integers


@dataclass(frozen=True, eq=False)
class TestCases:
    """The cases on which claims are evaluated.

    ``z`` are arrays of weighted inputs, (n, classes) each, with ``labels`` (n,) each: random ones
    and, with a run, those of its digits. ``networks`` has every hidden activation with every
    output layer. ``z_in_words`` and ``networks_in_words`` describe both.
    """

    seed: int
    z: tuple[Floats, ...]
    labels: tuple[Integers, ...]
    z_in_words: str
    networks: tuple[Case, ...]
    networks_in_words: str
    run: RunUnderTest | None = None


def make_test_cases(seed: int, run: RunUnderTest | None = None) -> TestCases:
    """Return the test cases of ``seed``, with the run's network and digits if there is one.

    Raises ``NntrainError`` for a run with fewer than two classes.
    """
    rng = np.random.default_rng(seed)
    z = np.concatenate([rng.normal(0, spread, (ROWS, CLASSES)) for spread in SPREADS])
    labels = rng.integers(0, CLASSES, len(z))
    words = f"{len(z):,} random z"
    if run is None:
        networks = _random_networks(rng)
        described = f"{len(networks)} random networks"
        return TestCases(seed, (z,), (labels,), words, networks, described)
    if run.z.shape[1] < 2:
        raise NntrainError(f"Run {run.name} has only one class; the claims need at least two.")
    usable = np.flatnonzero(np.abs(run.z).max(axis=1) <= LARGEST_Z)
    real = rng.permutation(usable)[:REAL_ROWS]
    networks = _run_networks(run)
    m = len(networks[0].labels)
    return TestCases(
        seed,
        (z, run.z[real]),
        (labels, run.labels[real].astype(np.intp)),
        f"{words} and those of {len(real):,} real examples",
        networks,
        f"the weights of run {run.name} on the {m} examples with the smallest margins",
        run,
    )


def output_layers() -> dict[str, outputs.OutputLayer]:
    """Return every registered output layer by name, with c = 1."""
    return {name: outputs.make_output(name) for name in outputs.OUTPUTS}


def softmax(c: float = 1.0) -> outputs.OutputLayer:
    """Return the product's softmax layer with inverse temperature ``c``."""
    return outputs.make_output("softmax+log-likelihood", c)


def activate(layer: outputs.OutputLayer, z: Floats) -> Floats:
    """Return the layer's activations, new, of ``z`` (n, classes)."""
    a = np.full_like(z, np.nan)
    layer.activate(z, a)
    return a


def delta(layer: outputs.OutputLayer, z: Floats, labels: Integers) -> Floats:
    """Return the layer's δ, new, at ``z`` (n, classes) and ``labels`` (n,)."""
    out = np.full_like(z, np.nan)
    layer.delta(activate(layer, z), z, labels, out)
    return out


def _random_networks(rng: np.random.Generator) -> tuple[Case, ...]:
    """Return small networks with N(0, 1/fan_in) weights and N(0, 1) biases.

    The last shape's hidden layers have saturated neurons as well, where σ' and tanh' are small.
    """
    cases = []
    for shape in SHAPES:
        for hidden in activations.ACTIVATIONS.values():
            for output in output_layers().values():
                book = initialisation.book_new
                network = Network.create(shape, hidden, output, book, rng, np.float64)
                if shape == SHAPES[-1]:
                    for biases in network.biases[:-1]:
                        biases += SATURATED_BIASES
                inputs = rng.uniform(0, 1, (EXAMPLES, shape[0]))
                cases.append(Case(network, inputs, rng.integers(0, shape[-1], EXAMPLES)))
    return tuple(cases)


def _run_networks(run: RunUnderTest) -> tuple[Case, ...]:
    """Return the run's weights with every hidden activation and output layer.

    The examples are those with the smallest margins: no δ is near 0 there, so a wrong one shows.
    The run's own output layer keeps its c.
    """
    closest_calls = np.argsort(run.predictions.margin, kind="stable")
    chosen = np.sort(closest_calls[:REAL_EXAMPLES])
    inputs = np.empty((len(chosen), run.network.sizes[0]))
    scale_pixels(run.images[chosen].reshape(len(chosen), -1), inputs)
    labels = run.labels[chosen].astype(np.intp)
    weights = [W.astype(np.float64) for W in run.network.weights]
    layers = output_layers() | {run.network.output.name: run.network.output}
    return tuple(
        Case(Network(weights, run.network.biases, hidden, output), inputs, labels)
        for hidden in activations.ACTIVATIONS.values()
        for output in layers.values()
    )
