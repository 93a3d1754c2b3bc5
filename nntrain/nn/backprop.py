"""Backpropagation: the four equations, in place in buffers allocated once.

Rows are examples, so the book's equations for one example become, for a mini-batch,

    (BP1)  δ^L      =  ∂C/∂z^L                          computed by the output layer
    (BP2)  δ^l      =  (δ^{l+1} W^{l+1}) ⊙ f'(z^l)
    (BP3)  ∂C/∂b^l  =  Σ over examples of δ^l
    (BP4)  ∂C/∂W^l  =  (δ^l)ᵀ a^{l−1}                   which also sums over examples

``forward`` fills z and a, ``backward`` fills δ by (BP1) and (BP2), and ``gradients`` writes (BP3)
and (BP4). All four are linear in δ, so a factor on δ^L is a factor on every gradient: 1/m makes it
the gradient of the mean cost, η/m the step of plain gradient descent.

Lists are indexed as in the book: W[l], b[l], z[l], a[l], delta[l] for l = 1 … L; a[0] are the
inputs.
"""

import numpy as np

from nntrain.nn.arrays import NOTHING, Floats, Integers, LayerArrays, aligned_empty
from nntrain.nn.dropout import Dropout
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

    ``z[l]``, ``a[l]`` and ``delta[l]`` are (batch, size of layer l); ``a[0]`` is the slot for the
    inputs. ``slope[l]`` is f'(z^l) of a hidden layer. With ``dropout``, ``a[l]`` and ``slope[l]``
    are multiplied by the layer's mask.
    """

    def __init__(self, network: Network, batch_size: int, dropout: Dropout | None = None) -> None:
        _, *sizes = network.sizes

        def buffers(sizes: list[int]) -> list[Floats]:
            return [NOTHING, *(aligned_empty((batch_size, n), network.dtype) for n in sizes)]

        self.z, self.a, self.delta = buffers(sizes), buffers(sizes), buffers(sizes)
        self.slope = buffers(sizes[:-1])
        self.ones = np.ones((1, batch_size), network.dtype)
        self.dropout = dropout

    def head(self, batch_size: int) -> "Workspace":
        """Return a workspace on the first ``batch_size`` rows of the same memory."""
        if batch_size == self.ones.size:
            return self
        view = object.__new__(Workspace)
        for name in ("z", "a", "delta", "slope"):
            setattr(view, name, [buffer[:batch_size] for buffer in getattr(self, name)])
        view.ones = self.ones[:, :batch_size]
        view.dropout = self.dropout
        return view


def forward(network: Network, inputs: Floats, work: Workspace) -> Floats:
    """Fill z, a and the slopes from ``inputs`` (batch, features); return a^L.

    The inputs are not copied: a[0] refers to them until the next call, and dropout changes them
    in place.
    """
    W, b = network.layers.W, network.layers.b
    z, a, slope, dropout = work.z, work.a, work.slope, work.dropout
    a[0] = inputs
    if dropout is not None:
        dropout.drop_inputs(a[0])
    last = len(W) - 1
    for l in range(1, last + 1):
        # z^l = a^{l−1} Wᵀ + b
        np.dot(a[l - 1], W[l].T, z[l])
        np.add(z[l], b[l], z[l])
        if l < last:
            # a^l = f(z^l), and f'(z^l) for (BP2)
            network.hidden.apply(z[l], a[l])
            network.hidden.derivative(a[l], slope[l])
            if dropout is not None:
                dropout.drop_hidden(a[l], slope[l])
    network.output.activate(z[last], a[last])
    return a[last]


def backward(network: Network, labels: Integers, work: Workspace, factor: float) -> None:
    """Fill every δ, multiplied by ``factor``, after ``forward``; ``labels`` is (batch,)."""
    W, z, a, slope, delta = network.layers.W, work.z, work.a, work.slope, work.delta
    last = len(W) - 1
    # (BP1) δ^L = ∂C/∂z^L
    network.output.delta(a[last], z[last], labels, delta[last])
    if factor != 1.0:
        np.multiply(delta[last], factor, delta[last])
    for l in range(last - 1, 0, -1):
        # (BP2) δ^l = (δ^{l+1} W^{l+1}) ⊙ f'(z^l)
        np.dot(delta[l + 1], W[l + 1], delta[l])
        np.multiply(delta[l], slope[l], delta[l])


def gradients(work: Workspace, into: LayerArrays) -> None:
    """Write the gradients of the summed cost, times the factor in δ, after ``backward``.

    Allocates nothing that grows with the network; neither do the two functions before.
    """
    a, delta = work.a, work.delta
    for l in range(1, len(delta)):
        # (BP3) ∂C/∂b^l = Σ δ^l, as a product with a row of ones
        np.dot(work.ones, delta[l], into.b[l])
        # (BP4) ∂C/∂W^l = (δ^l)ᵀ a^{l−1}
        np.dot(delta[l].T, a[l - 1], into.W[l])
