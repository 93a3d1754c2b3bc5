"""The product's gradients, compared with differences of its cost."""

import numpy as np
import numpy.typing as npt

from nntrain.lecture.claims import closed_forms, differences
from nntrain.lecture.claims.check import ROUNDING, Errors
from nntrain.lecture.claims.test_cases import Case, TestCases
from nntrain.nn import backprop
from nntrain.nn.arrays import Floats
from nntrain.nn.network import Network

WEIGHTS_TOUCHED = 4e8
"""A limit on the work for the differences of one claim: evaluations × weights of the network."""

LEAST_PER_ARRAY = 4  # parameters, however large the network
EVALUATIONS = 8  # of the cost for one parameter, mostly
STEPS = (1e-3, 1e-4, 1e-5, 1e-6)


class Pass:
    """What the product computes for a case: one ``forward``, one ``backward`` of the mean cost.

    It computes in ``dtype``; ``z``, ``a`` and ``delta`` are float64 copies, indexed as in the
    book. δ, like the gradients, has the factor 1/m. ``target`` is ỹ, and ``c`` the softmax's.
    """

    def __init__(self, case: Case, dtype: npt.DTypeLike = np.float64) -> None:
        network, size = case.network, len(case.labels)
        self.dtype = np.dtype(dtype)
        if network.dtype != self.dtype:
            weights = [W.astype(self.dtype) for W in network.weights]
            network = Network(weights, network.biases, network.hidden, network.output)
        self.case = Case(network, case.inputs.astype(self.dtype), case.labels)
        self.workspace = backprop.Workspace(network, size)
        self.gradients = backprop.Gradients(network)
        for array in (*self.gradients.arrays, *self.workspace.delta):
            array.fill(np.nan)  # reveals elements that are never written
        backprop.forward(network, self.case.inputs, self.workspace)
        backprop.backward(network, case.labels, self.workspace, 1 / size)
        backprop.gradients(self.workspace, self.gradients)
        self.z, self.a, self.delta = (
            [array.astype(np.float64) for array in arrays]
            for arrays in (self.workspace.z, self.workspace.a, self.workspace.delta)
        )
        self.c = network.output.inverse_temperature
        smoothing = network.output.label_smoothing
        self.target = closed_forms.one_hot(case.labels, network.sizes[-1], smoothing)

    def part(self, name: str) -> str:
        """Return the name of a part of a claim, with the dtype unless it is float64."""
        return name if self.dtype == np.float64 else f"{name} in {self.dtype.name}"

    def mean_cost(self) -> float:
        """Return the mean cost with the network's parameters as they are now."""
        network = self.case.network
        backprop.forward(network, self.case.inputs, self.workspace)
        return float(network.output.cost(self.workspace.z[-1], self.case.labels).mean())

    def active(self) -> bytes:
        """Return which relu neurons were above 0 in the latest ``mean_cost``."""
        if self.case.network.hidden.name != "relu":
            return b""
        return b"".join((a > 0).tobytes() for a in self.workspace.a[1:-1])


class Differences:
    """Compares gradients with five-point differences of the mean cost, parameter by parameter.

    All parameters of a small network are compared; of a large one, as many as ``WEIGHTS_TOUCHED``
    allows, equally many from each array. Parameters without a step that is small enough are
    skipped and counted: see ``_slope``.
    """

    def __init__(self, cases: TestCases) -> None:
        self.rng = np.random.default_rng([cases.seed, 11])
        self.networks = len(cases.networks)
        self.compared = 0
        self.skipped = 0

    def in_words(self) -> str:
        """Return how many parameters were compared."""
        skipped = f", {self.skipped} skipped at kinks of relu" if self.skipped else ""
        return f"differences in {self.compared:,} parameters{skipped}"

    def compare(self, errors: Errors, computed: Pass) -> None:
        """Record the largest error of the gradients of ``computed``.

        It is relative to max(1, C, c |z^L|), whose rounding is that of the cost.
        """
        case = computed.case
        cost, _ = case.network.cost_and_accuracy(case.inputs, case.labels)
        errors.compare("mean cost of the network", cost, computed.mean_cost())
        scale = max(1.0, abs(cost), computed.c * float(np.abs(computed.z[-1]).max()))
        arrays = zip(case.network.parameters, computed.gradients.arrays, strict=True)
        for number, (parameters, gradient) in enumerate(arrays):
            for index in self._choose(computed, number):
                found = _slope(computed, parameters, index, scale)
                if found is None:
                    self.skipped += 1
                    continue
                self.compared += 1
                slope, limit = found
                got = float(gradient.flat[index])
                errors.compare("gradient by differences", got, slope, scale, limit)

    def _choose(self, computed: Pass, number: int) -> list[int]:
        """Return flat indices into parameter array ``number`` to compare.

        In a large weight matrix, only weights with a non-zero input are chosen.
        """
        arrays = computed.case.network.parameters
        parameters = arrays[number]
        work = EVALUATIONS * self.networks * sum(p.size for p in arrays)
        count = max(LEAST_PER_ARRAY, int(WEIGHTS_TOUCHED / work / len(arrays)))
        indices = np.arange(parameters.size)
        if count >= parameters.size:
            return indices.tolist()
        if parameters.ndim == 2:
            nonzero = computed.a[number].any(axis=0)
            indices = indices[np.tile(nonzero, len(parameters))]
        chosen: list[int] = np.sort(self.rng.permutation(indices)[:count]).tolist()
        return chosen


def _slope(
    computed: Pass, parameters: Floats, index: int, scale: float
) -> tuple[float, float] | None:
    """Return ∂C/∂p of one parameter by differences, and the limit of its error over ``scale``.

    The step is the first of ``STEPS`` that confirms the slope of the step before, up to the
    rounding of the cost divided by the step: its own truncation is 10⁴ times smaller than that of
    the step before. The product's gradient has no part in the choice. A step that switches a relu
    neuron on or off is too large: the cost has a kink there. None: no step is small enough.
    """
    flat = parameters.reshape(-1)  # a view: parameters are contiguous
    before = float(flat[index])
    patterns: set[bytes] = set()

    def cost(t: float) -> Floats:
        flat[index] = before + t
        value = np.array(computed.mean_cost())
        patterns.add(computed.active())
        return value

    last: float | None = None
    for step in STEPS:
        patterns.clear()
        slope = float(differences.slope(cost, step))
        flat[index] = before
        limit = ROUNDING / step
        if len(patterns) > 1:
            last = None
            continue
        if last is not None and abs(slope - last) <= limit * scale:
            return slope, limit
        last = slope
    return None
