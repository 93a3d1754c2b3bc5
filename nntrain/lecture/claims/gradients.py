"""A forward and backward pass by the product, and its gradients against central differences."""

import numpy as np
import numpy.typing as npt

from nntrain.lecture.claims import closed_forms
from nntrain.lecture.claims.check import Ledger
from nntrain.lecture.claims.test_cases import Case, Material
from nntrain.nn import backprop
from nntrain.nn.arrays import Floats

Bools = npt.NDArray[np.bool_]

WEIGHTS_TOUCHED = 4e8
"""How much work the differences of one claim may be: evaluations times weights in the network."""

LEAST_PER_ARRAY = 4  # parameters, however large the network
LEAST_SLOPE = 1e-3
STEPS = (1e-3, 1e-4, 1e-5)


class Pass:
    """What the product computes for a case: one ``forward``, one ``backward`` of the mean cost.

    ``activations[l]`` is a^l from the inputs on; ``deltas[l]`` belongs to layer l + 1 and, like
    the gradients, carries the factor 1/m. ``z`` is the last layer's weighted input, computed
    here from a^{L−1}; ``target`` is ỹ.
    """

    def __init__(self, case: Case) -> None:
        network, size = case.network, len(case.labels)
        self.case = case
        self.workspace = backprop.Workspace(network, size)
        self.gradients = backprop.Gradients(network)
        for array in (*self.arrays(), *self.workspace.deltas):
            array.fill(np.nan)  # what is not written shows
        backprop.forward(network, case.inputs, self.workspace)
        backprop.backward(network, case.labels, 1 / size, self.workspace, self.gradients)
        *before, _ = self.workspace.activations
        self.activations = [a.copy() for a in (*before, self.workspace.outputs)]
        self.deltas = [d.copy() for d in self.workspace.deltas]
        last = self.activations[-2]
        self.z = np.einsum("mk,jk->mj", last, network.weights[-1]) + network.biases[-1]
        self.target = closed_forms.one_hot(case.labels, network.sizes[-1])

    def arrays(self) -> list[Floats]:
        """Return the gradients in the order of ``network.parameters``."""
        return [*self.gradients.weights, *self.gradients.biases]

    def hidden(self, z: Floats) -> Floats:
        """Return the hidden activation of ``z``, new."""
        a = np.empty_like(z)
        self.case.network.hidden.apply(z, a)
        return a

    def mean_cost(self) -> float:
        """Return the mean cost with the network's parameters as they are now."""
        network = self.case.network
        backprop.forward(network, self.case.inputs, self.workspace)
        return float(network.output.cost(self.workspace.activations[-1], self.case.labels).mean())

    def active(self) -> list[Bools]:
        """Return where the hidden neurons of the latest ``mean_cost`` were above 0."""
        return [a > 0 for a in self.workspace.activations[1:-1]]


class Differences:
    """Compares gradients with five-point differences of the mean cost, parameter by parameter.

    Every parameter of a small network, of a large one as many as the time allows, drawn from
    all arrays alike. Where a step switches a relu neuron on or off, the cost has a kink and no
    derivative to compare with: such parameters are left out and counted.
    """

    def __init__(self, material: Material) -> None:
        self.rng = np.random.default_rng([material.seed, 11])
        self.cases = len(material.cases)
        self.compared = 0
        self.kinks = 0

    def in_words(self) -> str:
        """Return how many parameters were compared."""
        left_out = f", {self.kinks} at a relu's kink left out" if self.kinks else ""
        return f"differences in {self.compared:,} parameters{left_out}"

    def enter(self, ledger: Ledger, one: Pass) -> None:
        """Compare the gradients of ``one`` and enter the worst deviation.

        Relative to the array's largest derivative, or to 1 % of the cost where that is more:
        differences of a cost know it only to the last digits of the cost.
        """
        network = one.case.network
        cost, _ = network.cost_and_accuracy(one.case.inputs, one.case.labels)
        ledger.compare("mean cost of the network", cost, one.mean_cost())
        for parameters, gradient in zip(network.parameters, one.arrays(), strict=True):
            scale = max(float(np.abs(gradient).max()), 0.01 * cost, LEAST_SLOPE)
            for index in self._choose(one, parameters):
                got = float(gradient.flat[index])
                slope = self._slope(one, parameters, index, got, 0.01 * ledger.tolerance * scale)
                if slope is None:
                    self.kinks += 1
                else:
                    self.compared += 1
                    ledger.compare(
                        "gradient by differences", got, slope, scale=max(scale, abs(slope))
                    )

    def _choose(self, one: Pass, parameters: Floats) -> list[int]:
        """Return flat indices to compare; of a large weight matrix those whose input is not 0."""
        arrays = one.case.network.parameters
        one_array = WEIGHTS_TOUCHED / self.cases / 4 / sum(p.size for p in arrays) / len(arrays)
        count = max(LEAST_PER_ARRAY, int(one_array))
        indices = np.arange(parameters.size)
        if count >= parameters.size:
            return indices.tolist()
        if parameters.ndim == 2:
            layer = next(i for i, a in enumerate(arrays) if a is parameters)
            awake = one.activations[layer].any(axis=0)
            indices = indices[np.tile(awake, len(parameters))]
        chosen: list[int] = np.sort(self.rng.permutation(indices)[:count]).tolist()
        return chosen

    def _slope(
        self, one: Pass, parameters: Floats, index: int, got: float, good: float
    ) -> float | None:
        """Return the ∂C/∂p of one parameter, by the step that agrees best; None at a kink.

        A finer step is taken only where a coarser one disagrees: a cost as steep as that of a
        large c or a large activation is far from a polynomial over a coarse one.
        """
        slopes = []
        for step in STEPS:
            slope = self._one_slope(one, parameters, index, step)
            if slope is None:
                return None
            slopes.append(slope)
            if abs(slope - got) <= good:
                break
        return min(slopes, key=lambda slope: abs(slope - got))

    def _one_slope(self, one: Pass, parameters: Floats, index: int, step: float) -> float | None:
        flat = parameters.reshape(-1)  # a view: parameters are contiguous
        before = float(flat[index])
        patterns = []

        def cost(t: float) -> Floats:
            flat[index] = before + t
            value = one.mean_cost()
            if one.case.network.hidden.name == "relu":
                patterns.append(one.active())
            return np.array(value)

        slope = float(closed_forms.slope(cost, step))
        flat[index] = before
        for pattern in patterns[1:]:
            if any((a != b).any() for a, b in zip(pattern, patterns[0], strict=True)):
                return None
        return slope
