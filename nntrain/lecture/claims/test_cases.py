"""Material: what the claims are evaluated on. Random weighted inputs and networks, or a run's.

Everything is float64. A run brings its trained weights and real digits; they are put under every
output and every hidden activation, so that all of the program's code meets real numbers.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nntrain.analysis.predictions import Predictions, predictions
from nntrain.errors import NntrainError
from nntrain.nn import activations, initialisation, outputs
from nntrain.nn.arrays import Array, Floats, Integers
from nntrain.nn.batches import scale_pixels
from nntrain.nn.network import Network

CLASSES = 10
SPREADS = (0.1, 1.0, 5.0)
ROWS = 300
SHAPES = ((6, 5, 5, 4), (3, 4, 4, 4, 3))  # square layers too: there a transposed W has the shape
EXAMPLES = 5
REAL_ROWS = 500
LARGEST_REAL_Z = 100.0  # differences of larger numbers have too few digits left
REAL_EXAMPLES = 4


@dataclass(frozen=True, eq=False)
class RunUnderTest:
    """A trained network and the digits it is tried on.

    ``images`` (n, rows, columns) uint8, ``labels`` (n,), ``z`` (n, classes) float64 its weighted
    inputs on them; ``examples`` says in words what they are.
    """

    name: str
    network: Network
    images: Array
    labels: Integers
    z: Floats
    examples: str

    @cached_property
    def predictions(self) -> Predictions:
        """What the network predicts of the digits."""
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
class Material:
    """What every claim may use.

    ``rows`` are sets of weighted inputs, (n, classes) each, with ``labels`` (n,) alike: random
    ones, and with a run those of its digits. ``cases`` has networks of every hidden activation
    under every output. ``rows_in_words`` and ``cases_in_words`` describe both.
    """

    seed: int
    rows: tuple[Floats, ...]
    labels: tuple[Integers, ...]
    rows_in_words: str
    cases: tuple[Case, ...]
    cases_in_words: str
    run: RunUnderTest | None = None


def gather(seed: int, run: RunUnderTest | None = None) -> Material:
    """Return the material of ``seed``, from the run's network and digits if there is one.

    Raises ``NntrainError`` for a run that tells fewer than two classes apart.
    """
    rng = np.random.default_rng(seed)
    z = np.concatenate([rng.normal(0, spread, (ROWS, CLASSES)) for spread in SPREADS])
    labels = rng.integers(0, CLASSES, len(z))
    words = f"{len(z):,} random z"
    if run is None:
        cases = _random_cases(rng)
        return Material(seed, (z,), (labels,), words, cases, f"{len(cases)} random networks")
    if run.z.shape[1] < 2:
        raise NntrainError(f"Run {run.name} knows one class only; the claims need two or more.")
    usual = np.flatnonzero(np.abs(run.z).max(axis=1) <= LARGEST_REAL_Z)
    real = rng.permutation(usual)[:REAL_ROWS]
    cases, of_examples = _run_cases(run)
    return Material(
        seed,
        (z, run.z[real]),
        (labels, run.labels[real].astype(np.intp)),
        f"{words} and those of {len(real):,} real examples",
        cases,
        f"the weights of run {run.name} on the {of_examples} examples it is most torn about",
        run,
    )


def output_layers() -> dict[str, outputs.OutputLayer]:
    """Return every registered output layer by name, with c = 1."""
    return {name: outputs.make_output(name) for name in outputs.OUTPUTS}


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


def _random_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    """Return small networks with N(0, 1/fan_in) weights and N(0, 1) biases."""
    return tuple(
        Case(
            Network.create(shape, hidden, output, initialisation.book_new, rng, np.float64),
            rng.uniform(0, 1, (EXAMPLES, shape[0])),
            rng.integers(0, shape[-1], EXAMPLES),
        )
        for shape in SHAPES
        for hidden in activations.ACTIVATIONS.values()
        for output in output_layers().values()
    )


def _run_cases(run: RunUnderTest) -> tuple[tuple[Case, ...], int]:
    """Return the run's weights under every hidden activation and output, and their m.

    Examples of small margin, because there no δ is near 0 and a wrong one shows. The run's own
    output layer keeps its c.
    """
    closest_calls = np.argsort(run.predictions.margin, kind="stable")
    chosen = np.sort(closest_calls[:REAL_EXAMPLES])
    inputs = np.empty((len(chosen), run.network.sizes[0]))
    scale_pixels(run.images[chosen].reshape(len(chosen), -1), inputs)
    labels = run.labels[chosen].astype(np.intp)
    weights = [W.astype(np.float64) for W in run.network.weights]
    layers = output_layers() | {run.network.output.name: run.network.output}
    cases = tuple(
        Case(Network(weights, run.network.biases, hidden, output), inputs, labels)
        for hidden in activations.ACTIVATIONS.values()
        for output in layers.values()
    )
    return cases, len(chosen)
