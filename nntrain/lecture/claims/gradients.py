"""The product's gradients, compared with differences of its cost."""

import numpy as np

from nntrain.lecture.claims import closed_forms
from nntrain.lecture.claims.check import Errors
from nntrain.lecture.claims.test_cases import Case, TestCases
from nntrain.nn import backprop
from nntrain.nn.arrays import Floats

WEIGHTS_TOUCHED = 4e8
"""A limit on the work for the differences of one claim: evaluations × weights of the network."""

LEAST_PER_ARRAY = 4  # parameters, however large the network
LEAST_SLOPE = 1e-3
STEPS = (1e-3, 1e-4, 1e-5)


class Pass:
    """What the product computes for a case: one ``forward``, one ``backward`` of the mean cost.

    ``a[l]`` and ``delta[l]`` are indexed as in the book; δ, like the gradients, has the factor
    1/m. ``z`` is the last layer's weighted input, computed here from a^{L−1}; ``target`` is ỹ.
    """

    def __init__(self, case: Case) -> None:
        network, size = case.network, len(case.labels)
        self.case = case
        self.workspace = backprop.Workspace(network, size)
        self.gradients = backprop.Gradients(network)
        for array in (*self.gradients.arrays, *self.workspace.delta):
            array.fill(np.nan)  # reveals elements that are never written
        backprop.forward(network, case.inputs, self.workspace)
        backprop.backward(network, case.labels, self.workspace, 1 / size)
        backprop.gradients(self.workspace, self.gradients)
        self.a = [a.copy() for a in self.workspace.a]
        self.delta = [d.copy() for d in self.workspace.delta]
        last = self.a[-2]
        self.z = np.einsum("mk,jk->mj", last, network.weights[-1]) + network.biases[-1]
        self.target = closed_forms.one_hot(case.labels, network.sizes[-1])

    def hidden(self, z: Floats) -> Floats:
        """Return the hidden activation of ``z``, new."""
        a = np.empty_like(z)
        self.case.network.hidden.apply(z, a)
        return a

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
    allows, equally many from each array. If a step switches a relu neuron on or off, the cost has
    a kink there and no derivative: such parameters are skipped and counted.
    """

    def __init__(self, cases: TestCases) -> None:
        self.rng = np.random.default_rng([cases.seed, 11])
        self.networks = len(cases.networks)
        self.compared = 0
        self.kinks = 0

    def in_words(self) -> str:
        """Return how many parameters were compared."""
        skipped = f", {self.kinks} skipped at kinks of relu" if self.kinks else ""
        return f"differences in {self.compared:,} parameters{skipped}"

    def compare(self, errors: Errors, computed: Pass) -> None:
        """Record the largest error of the gradients of ``computed``.

        It is relative to the array's largest derivative, or to 1 % of the cost if that is larger:
        differences of a cost are only as exact as its last digits.
        """
        case = computed.case
        cost, _ = case.network.cost_and_accuracy(case.inputs, case.labels)
        errors.compare("mean cost of the network", cost, computed.mean_cost())
        arrays = zip(case.network.parameters, computed.gradients.arrays, strict=True)
        for number, (parameters, gradient) in enumerate(arrays):
            scale = max(float(np.abs(gradient).max()), 0.01 * cost, LEAST_SLOPE)
            for index in self._choose(computed, number):
                got = float(gradient.flat[index])
                slope = _slope(computed, parameters, index, got, 0.01 * errors.tolerance * scale)
                if slope is None:
                    self.kinks += 1
                    continue
                self.compared += 1
                size = max(scale, abs(slope))
                errors.compare("gradient by differences", got, slope, scale=size)

    def _choose(self, computed: Pass, number: int) -> list[int]:
        """Return flat indices into parameter array ``number`` to compare.

        In a large weight matrix, only weights with a non-zero input are chosen.
        """
        arrays = computed.case.network.parameters
        parameters = arrays[number]
        of_each = WEIGHTS_TOUCHED / self.networks / 4 / sum(p.size for p in arrays) / len(arrays)
        count = max(LEAST_PER_ARRAY, int(of_each))
        indices = np.arange(parameters.size)
        if count >= parameters.size:
            return indices.tolist()
        if parameters.ndim == 2:
            nonzero = computed.a[number].any(axis=0)
            indices = indices[np.tile(nonzero, len(parameters))]
        chosen: list[int] = np.sort(self.rng.permutation(indices)[:count]).tolist()
        return chosen


def _slope(
    computed: Pass, parameters: Floats, index: int, got: float, good: float
) -> float | None:
    """Return ∂C/∂p of one parameter by the step that agrees best; None at a kink."""
    flat = parameters.reshape(-1)  # a view: parameters are contiguous
    before = float(flat[index])
    slopes: list[float] = []
    patterns: set[bytes] = set()

    def cost(t: float) -> Floats:
        flat[index] = before + t
        value = np.array(computed.mean_cost())
        patterns.add(computed.active())
        return value

    for step in STEPS:  # a large c or activation may make the cost too steep for a coarse step
        patterns.clear()
        slopes.append(float(closed_forms.slope(cost, step)))
        flat[index] = before
        if len(patterns) > 1:
            return None
        if abs(slopes[-1] - got) <= good:
            break
    return min(slopes, key=lambda slope: abs(slope - got))
