"""Backpropagation: the four equations, in place in buffers allocated once.

Rows are examples, so the book's equations for one example become, for a mini-batch,

    (BP1)  δ^L      =  ∂C/∂z^L                          computed by the output layer
    (BP2)  δ^l      =  (δ^{l+1} W^{l+1}) ⊙ f'(z^l)
    (BP3)  ∂C/∂b^l  =  Σ over examples of δ^l
    (BP4)  ∂C/∂W^l  =  (δ^l)ᵀ a^{l−1}                   which also sums over examples

All four are linear in δ, so a factor on δ^L is a factor on every gradient: 1/m makes it the
gradient of the mean cost, η/m the whole step of plain gradient descent.
"""

import numpy as np

from nntrain.nn.arrays import Floats, Integers, LayerArrays, aligned_empty
from nntrain.nn.dropout import Dropout
from nntrain.nn.gemm import Product
from nntrain.nn.network import Network


class Gradients(LayerArrays):
    """∂C/∂W and ∂C/∂b of every layer: buffers shaped like the parameters, overwritten."""

    def __init__(self, network: Network) -> None:
        super().__init__(network.sizes, network.dtype)

    def norms(self) -> tuple[float, ...]:
        """Return the Euclidean norm of each layer's gradient, weights and biases together."""
        return tuple(
            float(np.sqrt(np.vdot(w, w) + np.vdot(b, b)))
            for w, b in zip(self.weights, self.biases, strict=True)
        )


class Workspace:
    """Every buffer that a forward and a backward pass of ``batch_size`` examples need.

    ``activations[l]``, (batch, size of layer l), holds a^l, but the last one z^L;
    ``activations[0]`` is the slot for the inputs. ``outputs`` (batch, classes) holds a^L.
    ``deltas[l]`` and ``slopes[l]`` belong to layer l + 1: δ and f'(z). With ``dropout`` the
    activations and slopes are multiplied by its masks.
    """

    def __init__(self, network: Network, batch_size: int, dropout: Dropout | None = None) -> None:
        def buffer(size: int) -> Floats:
            return aligned_empty((batch_size, size), network.dtype)

        inputs, *others = network.sizes
        self.activations = [np.empty((0, inputs), network.dtype), *map(buffer, others)]
        self.outputs = buffer(others[-1])
        self.deltas = [buffer(size) for size in others]
        self.slopes = [buffer(size) for size in others[:-1]]
        self.ones = np.ones((1, batch_size), network.dtype)
        self.dropout = dropout

    def head(self, batch_size: int) -> "Workspace":
        """Return a workspace on the first ``batch_size`` rows of the same memory."""
        if batch_size == len(self.outputs):
            return self
        view = object.__new__(Workspace)
        view.activations = [a[:batch_size] for a in self.activations]
        view.outputs = self.outputs[:batch_size]
        view.deltas = [d[:batch_size] for d in self.deltas]
        view.slopes = [s[:batch_size] for s in self.slopes]
        view.ones = self.ones[:, :batch_size]
        view.dropout = self.dropout
        return view


def forward(network: Network, inputs: Floats, workspace: Workspace) -> Floats:
    """Fill the workspace's activations from ``inputs`` (batch, features); return its a^L.

    The inputs are not copied: the workspace refers to them until the next call, and dropout
    changes them in place.
    """
    workspace.activations[0] = inputs
    network.forward(workspace.activations, workspace.dropout, workspace.slopes)
    network.output.activate(workspace.activations[-1], workspace.outputs)
    return workspace.outputs


def backward(
    network: Network,
    labels: Integers,
    scale: float,
    workspace: Workspace,
    gradients: LayerArrays,
    bias_product: Product = np.dot,
    weight_product: Product = np.dot,
) -> None:
    """Put ``scale`` times the gradient of the summed cost into ``gradients``.

    The workspace holds what the last ``forward`` computed; ``labels`` is (batch,). With products
    that add, the gradient is added to ``gradients``, which may be the network's own parameters.
    Allocates nothing that grows with the network.
    """
    a, deltas, slopes = workspace.activations, workspace.deltas, workspace.slopes
    # (BP1) δ^L = ∂C/∂z^L
    network.output.delta(workspace.outputs, a[-1], labels, deltas[-1])
    if scale != 1.0:
        np.multiply(deltas[-1], scale, deltas[-1])

    for layer in range(len(deltas) - 1, -1, -1):
        delta = deltas[layer]
        if layer > 0:
            # (BP2) δ^l = (δ^{l+1} W^{l+1}) ⊙ f'(z^l)
            below, slope = deltas[layer - 1], slopes[layer - 1]
            np.dot(delta, network.weights[layer], below)
            if workspace.dropout is None:  # with dropout, ``forward`` has put f'(z^l) ⊙ m there
                network.hidden.derivative(a[layer], slope)
            np.multiply(below, slope, below)
        # (BP3) ∂C/∂b^l = Σ δ^l, as a product with a row of ones
        bias_product(workspace.ones, delta, gradients.bias_rows[layer])
        # (BP4) ∂C/∂W^l = (δ^l)ᵀ a^{l−1}
        weight_product(delta.T, a[layer], gradients.weights[layer])
