"""The product, broken one equation at a time: what to patch, and the claims that must fail.

``BROKEN`` maps a name to (patch, claims): a patch is (object, attribute, replacement).
"""

from dataclasses import replace

import numpy as np

from nntrain.nn import activations, backprop, network, outputs, training
from nntrain.nn.outputs import (
    SigmoidCrossEntropy,
    SigmoidQuadratic,
    SoftmaxLogLikelihood,
    SoftmaxQuadratic,
)


def after(kind, name, change):
    """Return the patch that applies ``change(self, result, *args)`` to a method's result."""
    original = getattr(kind, name)

    def method(self, *args):
        result = original(self, *args)
        return change(self, result, *args)

    return kind, name, method


def negate_out(self, result, *args):
    np.negative(args[-1], out=args[-1])


def double_result(self, result, *args):
    return 2 * result


def one_percent_more(self, result, *args):
    return 1.01 * result


def backward_with(*, slope=True, transposed=False, layer_off=0, scaled=True, sign=1.0):
    """The product's ``backward`` in short, with one thing wrong."""

    def backward(net, labels, work, factor):
        delta, last = work.delta, len(net.weights)
        net.output.delta(work.a[-1], work.z[-1], labels, delta[-1])
        delta[-1] *= sign * (factor if scaled else 1.0)
        for l in range(last - 1, 0, -1):
            W, other = net.layers.W[l + 1], net.layers.W[l + 1 - layer_off]
            W = other if other.shape == W.shape else W
            W = W.T if transposed and l + 1 < last else W  # the square ones
            delta[l][...] = delta[l + 1] @ W
            if slope:
                delta[l] *= work.slope[l]

    return backprop, "backward", backward


def gradients_with(*, bias):
    """The product's ``gradients`` in short, with a factor on (BP3)."""

    def gradients(work, into):
        for l in range(1, len(work.delta)):
            into.b[l][...] = bias * work.delta[l].sum(axis=0)
            into.W[l][...] = work.delta[l].T @ work.a[l - 1]

    return backprop, "gradients", gradients


def unnormalised(self, z, out):
    np.exp(self.inverse_temperature * (z - z.max(axis=1, keepdims=True)), out=out)


def forgetting_c(name):
    """A softmax method that behaves as if c were 1."""
    original = getattr(SoftmaxLogLikelihood, name)
    return SoftmaxLogLikelihood, name, lambda self, *args: original(SoftmaxLogLikelihood(), *args)


def delta_without_slope(self, a, z, labels, out):
    out[...] = a
    out[np.arange(len(a)), labels] -= 1


def unbiased_forward(net, inputs, workspace):
    z, a = workspace.z, workspace.a
    a[0] = inputs
    for l, W in enumerate(net.weights, start=1):
        z[l][...] = a[l - 1] @ W.T
        if l < len(net.weights):
            net.hidden.apply(z[l], a[l])
            net.hidden.derivative(a[l], workspace.slope[l])
    net.output.activate(z[-1], a[-1])
    return a[-1]


def backward_of_the_sum(net, labels, work, factor):
    backprop.backward(net, labels, work, factor * len(labels))


def with_derivative_1(name):
    """The patch of the hidden activations by which the derivative of ``name`` is 1."""
    known = activations.ACTIVATIONS
    wrong = replace(known[name], derivative=lambda a, out: out.fill(1))
    return activations, "ACTIVATIONS", {**known, name: wrong}


def softened_sigmoid(z, out):
    out[...] = 1 / (1 + np.exp(-0.9 * z))


def shared_sigmoid(self, z, out):
    activations.sigmoid(z, out)
    out /= out.sum(axis=1, keepdims=True)


def summed(self, inputs, labels):
    z = self.weighted_inputs(inputs)
    return float(self.output.cost(z, labels).sum()), 0.0


BROKEN = {
    "nothing": (backward_with(), ""),
    "nothing else": (gradients_with(bias=1.0), ""),
    "softmax δ: sign": (after(SoftmaxLogLikelihood, "delta", negate_out), "C1 C9 C11"),
    "cross-entropy δ: sign": (after(SigmoidCrossEntropy, "delta", negate_out), "C1 C11 C12"),
    "quadratic δ: sign": (after(SigmoidQuadratic, "delta", negate_out), "C1 C12"),
    "quadratic δ: no σ'": ((SigmoidQuadratic, "delta", delta_without_slope), "C1 C12"),
    "softmax+quadratic δ: no J": ((SoftmaxQuadratic, "delta", delta_without_slope), "C1 C11"),
    "BP1: sign": (backward_with(sign=-1.0), "C1 C11 C12"),
    "BP2: no σ'": (backward_with(slope=False), "C11 C12"),
    "BP2: W transposed": (backward_with(transposed=True), "C11 C12"),
    "BP2: W of another layer": (backward_with(layer_off=1), "C11 C12"),
    "BP3: twice the bias": (gradients_with(bias=2.0), "C1 C11 C12"),
    "no mean": (backward_with(scaled=False), "C11 C12"),
    "tanh': 1": (with_derivative_1("tanh"), "C11 C12"),
    "relu': 1": (with_derivative_1("relu"), "C11 C12"),
    "softmax not normalised": (
        (SoftmaxLogLikelihood, "activate", unnormalised),
        "C1 C2 C3 C6 C7 C9 C11",
    ),
    "softmax's logarithm not normalised": (
        (SoftmaxLogLikelihood, "log_activate", lambda self, z: self.inverse_temperature * z),
        "C2 C7 C9 C10 C11",
    ),
    "softmax's logarithm 1 % off": (
        after(SoftmaxLogLikelihood, "log_activate", one_percent_more),
        "C2 C8 C9 C10 C11",
    ),
    "c ignored in a": (forgetting_c("activate"), "C9"),
    "c ignored in δ": (forgetting_c("delta"), "C9"),
    "c ignored in the cost": (forgetting_c("cost"), "C9"),
    "log-likelihood twice": (after(SoftmaxLogLikelihood, "cost", double_result), "C9 C10 C11"),
    "cross-entropy twice": (after(SigmoidCrossEntropy, "cost", double_result), "C12"),
    "quadratic cost twice": (after(SigmoidQuadratic, "cost", double_result), "C12"),
    "softmax+quadratic cost twice": (after(SoftmaxQuadratic, "cost", double_result), "C11"),
    "sigmoid too flat": ((outputs, "sigmoid", softened_sigmoid), "C1 C5 C11 C12"),
    "sigmoids share": (
        (outputs._SigmoidOutput, "activate", shared_sigmoid),
        "C1 C5 C7 C11 C12",
    ),
    "forward without b": ((backprop, "forward", unbiased_forward), "C1 C11 C12"),
    "cost summed, not averaged": ((network.Network, "cost_and_accuracy", summed), "C11 C12"),
    "step of the sum": ((training, "backward", backward_of_the_sum), "C12"),
}  # fmt: skip
