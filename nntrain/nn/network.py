"""A network: its sizes, its parameters, and the forward pass from images to outputs.

Rows are examples. ``weights[l]`` is (fan_out, fan_in), so ``weights[l][j, k]`` is the
weight from neuron k to neuron j, and a layer computes z = a @ W.T + b.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nntrain.errors import NntrainError
from nntrain.nn.activations import Activation
from nntrain.nn.arrays import Array, Floats, Integers, LayerArrays, aligned_empty, scale_pixels
from nntrain.nn.initialisation import Initialisation
from nntrain.nn.outputs import OutputLayer
from nntrain.storage.mapped import chunks

EVALUATION_CHUNK = 1000
"""Examples per forward pass outside training, few enough to stay in cache."""


class Network:
    """A fully connected network with one hidden activation and one output layer.

    ``weights`` and ``biases`` are lists with one array per layer, (fan_out, fan_in) and
    (fan_out,), float32 or float64. Training changes the arrays in place. They are views of
    ``layers``, one block of memory.
    """

    def __init__(
        self,
        weights: Sequence[Floats],
        biases: Sequence[Floats],
        hidden: Activation,
        output: OutputLayer,
    ) -> None:
        sizes = (weights[0].shape[1], *(len(b) for b in biases))
        self.layers = LayerArrays(sizes, weights[0].dtype)
        self.weights, self.biases = self.layers.weights, self.layers.biases
        self.assign([*weights, *biases])
        self.hidden = hidden
        self.output = output

    @classmethod
    def create(
        cls,
        sizes: Sequence[int],
        hidden: Activation,
        output: OutputLayer,
        initialisation: Initialisation,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> "Network":
        """Return a network with ``sizes`` neurons, inputs first, and random parameters."""
        # one layer at a time: the draws are float64, twice the size of float32 parameters
        drawn = (initialisation(fan_in, fan_out, rng) for fan_in, fan_out in pairwise(sizes))
        layers = [(w.astype(dtype, copy=False), b) for w, b in drawn]
        return cls([w for w, _ in layers], [b for _, b in layers], hidden, output)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons in each layer, the inputs first."""
        return (self.weights[0].shape[1], *(len(b) for b in self.biases))

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """The dtype of all parameters."""
        return self.weights[0].dtype

    @property
    def parameters(self) -> list[Floats]:
        """All weights, then all biases: the arrays themselves, not copies."""
        return self.layers.arrays

    def copy(self) -> "Network":
        """Return a network with the same parameters in new arrays."""
        return Network(self.weights, self.biases, self.hidden, self.output)

    def __repr__(self) -> str:
        """Return the layers without an address, which a notebook would show."""
        return f"<Network {list(self.sizes)}, {self.hidden.name}, {self.output.name}>"

    def __reduce__(self) -> tuple[type["Network"], tuple[Any, ...]]:
        """Pickle the parameters one by one: as attributes they would stop being views."""
        return type(self), (self.weights, self.biases, self.hidden, self.output)

    def assign(self, parameters: Sequence[Floats]) -> None:
        """Overwrite the parameters with ``parameters``, in the order of ``self.parameters``."""
        for mine, theirs in zip(self.parameters, parameters, strict=True):
            mine[...] = theirs

    def decay_cost(self, weight_decay: float, training_examples: int) -> float:
        """Return λ/2n Σ W² with n the size of the training set."""
        if not weight_decay:
            return 0.0
        squares = sum(float(np.vdot(W, W)) for W in self.weights)
        return weight_decay / (2 * training_examples) * squares

    def weighted_inputs(self, inputs: Array) -> Floats:
        """Return z^L, new (n, classes), for ``inputs`` (n, ...): uint8 pixels or floats.

        Like the methods below, raises ``NntrainError`` if an example is not as wide as the inputs
        of the network, and ``DatasetError`` if the inputs are mapped from a large file that cannot
        be read.
        """
        z = np.empty((*inputs.shape[:1], self.sizes[-1]), self.dtype)
        for start, chunk in self._forward_chunks(inputs):
            z[start : start + len(chunk)] = chunk
        return z

    def outputs(self, inputs: Array) -> Floats:
        """Return the output activations, new (n, classes), for ``inputs`` as above."""
        z = self.weighted_inputs(inputs)
        self.output.activate(z, z)
        return z

    def cost_and_accuracy(
        self, inputs: Array, labels: Integers, forward: "ForwardPass | None" = None
    ) -> tuple[float, float]:
        """Return the mean cost, without weight decay, and the accuracy, from 0 to 1.

        ``forward`` replaces NumPy's forward pass. The cost is NaN if any z^L is not finite, even
        if the activation saturates to a number.
        """
        cost, right = 0.0, 0
        with np.errstate(over="ignore", invalid="ignore"):  # overflow is detected in z
            for start, z in self._forward_chunks(inputs, forward):
                if not np.isfinite(z).all():
                    cost = float("nan")
                chunk_labels = labels[start : start + len(z)]
                cost += float(self.output.cost(z, chunk_labels).sum(dtype=np.float64))
                right += int(np.count_nonzero(z.argmax(axis=1) == chunk_labels))
        return cost / len(inputs), right / len(inputs)

    def _forward_chunks(
        self, inputs: Array, forward: "ForwardPass | None" = None
    ) -> Iterator[tuple[int, Floats]]:
        """Yield (start, z^L of the chunk); each chunk overwrites the z^L of the one before."""
        if inputs.ndim < 2 or prod(inputs.shape[1:]) != self.sizes[0]:
            raise NntrainError(
                f"inputs: expected (n, {self.sizes[0]}), or (n, rows, columns) with as many "
                f"pixels, got an array {inputs.shape}. For one example x, give x[numpy.newaxis]."
            )
        rows = min(EVALUATION_CHUNK, len(inputs))
        buffers = [aligned_empty((rows, size), self.dtype) for size in self.sizes]
        for start, chunk in chunks(inputs, rows):
            images = chunk.reshape(len(chunk), -1)
            z = forward(self, images) if forward else None
            yield start, self._forward(images, buffers) if z is None else z

    def _forward(self, images: Array, buffers: Sequence[Floats]) -> Floats:
        """Return z^L of ``images`` (n, features), in the last of ``buffers`` (one a layer)."""
        a, *others = (buffer[: len(images)] for buffer in buffers)
        scale_pixels(images, a)
        for layer, z in enumerate(others):
            if layer:
                self.hidden.apply(a, a)  # a^l = f(z^l), which takes z^l's place
            # z^l = a^{l−1} Wᵀ + b
            np.dot(a, self.weights[layer].T, z)
            np.add(z, self.biases[layer], z)
            a = z
        return a


ForwardPass = Callable[[Network, Array], Floats | None]
"""A function that returns z^L (n, classes) of images (n, features), or None for NumPy's."""
