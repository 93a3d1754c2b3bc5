"""The product, broken one equation at a time: what to patch, and the claims that must fail.

``BROKEN`` maps a name to (patch, claims): a patch is (object, attribute, replacement). The product
brings some breaks of its own, see ``BREAKS``.
"""

from dataclasses import replace

import numpy as np

from nntrain.nn import activations, backprop, network, optimizer, outputs, training
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


def backward_with(*, layer_off=0, scaled=True, sign=1.0):
    """The product's ``backward`` in short, with one thing wrong."""

    def backward(net, labels, work, factor):
        delta, last = work.delta, len(net.weights)
        net.output.delta(work.a[-1], work.z[-1], labels, delta[-1])
        delta[-1] *= sign * (factor if scaled else 1.0)
        for l in range(last - 1, 0, -1):
            W, other = net.layers.W[l + 1], net.layers.W[l + 1 - layer_off]
            W = other if other.shape == W.shape else W
            delta[l][...] = delta[l + 1] @ W * work.slope[l]

    return backprop, "backward", backward


def forgetting_c(name, kind=SoftmaxLogLikelihood):
    """A softmax method that behaves as if c were 1."""
    original = getattr(kind, name)
    return (
        kind,
        name,
        lambda self, *args: original(kind(1.0, self.label_smoothing), *args),
    )


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


def with_derivative(name, value, where=lambda a: np.full(a.shape, True)):
    """The patch of the hidden activations: f' of ``name`` is ``value`` at such a."""
    known = activations.ACTIVATIONS

    def derivative(a, out):
        known[name].derivative(a, out)
        out[where(a)] = value

    return activations, "ACTIVATIONS", {**known, name: replace(known[name], derivative=derivative)}


def where_saturated(factor, beyond=10, dtype=None):
    """A change of δ: times ``factor`` where |z| > ``beyond``, in one ``dtype`` or in all."""

    def change(self, result, a, z, labels, out):
        if dtype in (None, out.dtype):
            out[np.abs(z) > beyond] *= factor

    return change


def plus_1(self, result, *args):
    return result + 1


def halved_in_float32(original):
    """``original``, whose result is z or a in place, halved if the network is float32."""

    def forward(*args):
        result = original(*args)
        if result.dtype == np.float32:
            result *= 0.5
        return result

    return forward


def growing_weights(name):
    """A method of the optimizer that adds weight decay instead of subtracting it."""
    original = getattr(optimizer.Optimizer, name)

    def method(self, *args):
        self.decay = -self.decay
        original(self, *args)
        self.decay = -self.decay

    return optimizer.Optimizer, name, method


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
    "softmax δ: sign": (after(SoftmaxLogLikelihood, "delta", negate_out), "C1 C9 C11"),
    "cross-entropy δ: sign": (after(SigmoidCrossEntropy, "delta", negate_out), "C1 C11 C12"),
    "quadratic δ: sign": (after(SigmoidQuadratic, "delta", negate_out), "C1 C12"),
    "BP1: sign": (backward_with(sign=-1.0), "C1 C11 C12"),
    "BP2: W of another layer": (backward_with(layer_off=1), "C11 C12"),
    "no mean": (backward_with(scaled=False), "C11 C12"),
    "tanh': 1": (with_derivative("tanh", 1), "C11 C12"),
    "relu': 1": (with_derivative("relu", 1), "C11 C12"),
    "tanh': 1 where saturated": (with_derivative("tanh", 1, lambda a: abs(a) > 0.9999), "C11 C12"),
    "σ': 0 near 1": (with_derivative("sigmoid", 0, lambda a: a > 0.9999), "C11 C12"),
    "σ': 0 near 0": (with_derivative("sigmoid", 0, lambda a: a < 1e-4), "C11 C12"),
    "softmax's logarithm not normalised": (
        (SoftmaxLogLikelihood, "log_activate", lambda self, z: self.inverse_temperature * z),
        "C2 C7 C9 C10 C11",
    ),
    "softmax's logarithm 1 % off": (
        after(SoftmaxLogLikelihood, "log_activate", one_percent_more),
        "C2 C8 C9 C10 C11",
    ),
    "c ignored in a": (forgetting_c("activate"), "C9 C11"),
    "c ignored in the cost": (forgetting_c("cost"), "C9 C11"),
    "log-likelihood twice": (after(SoftmaxLogLikelihood, "cost", double_result), "C9 C10 C11"),
    "ln a of sigmoids: sign": (
        after(outputs._SigmoidOutput, "log_activate", lambda self, logs, z: -logs),
        "C5 C12",
    ),
    "cross-entropy plus 1": (after(SigmoidCrossEntropy, "cost", plus_1), "C12"),
    "quadratic cost plus 1": (after(SigmoidQuadratic, "cost", plus_1), "C12"),
    "log-likelihood plus 1": (after(SoftmaxLogLikelihood, "cost", plus_1), "C10 C11"),
    "quadratic δ: 0 where saturated": (
        after(SigmoidQuadratic, "delta", where_saturated(0)),
        "C1 C12",
    ),
    "cross-entropy δ: half where saturated": (
        after(SigmoidCrossEntropy, "delta", where_saturated(0.5)),
        "C1 C12",
    ),
    "cross-entropy δ: half where saturated, in float32": (
        after(SigmoidCrossEntropy, "delta", where_saturated(0.5, 10, np.float32)),
        "C12",
    ),
    "softmax δ: half where saturated, in float32": (
        after(SoftmaxLogLikelihood, "delta", where_saturated(0.5, 10, np.float32)),
        "C11",
    ),
    "cross-entropy δ: half where z is beyond 100": (
        after(SigmoidCrossEntropy, "delta", where_saturated(0.5, 100)),
        "C12",
    ),
    "c ignored in δ of softmax+quadratic": (
        forgetting_c("delta", SoftmaxQuadratic),
        "C11",
    ),
    "c ignored in the cost of softmax+quadratic": (
        forgetting_c("cost", SoftmaxQuadratic),
        "C11",
    ),
    "softmax δ: half where saturated": (
        after(SoftmaxLogLikelihood, "delta", where_saturated(0.5)),
        "C1 C9 C11",
    ),
    "a of the mini-batch halved in float32": (
        (backprop, "forward", halved_in_float32(backprop.forward)),
        "C11 C12",
    ),
    "z of an evaluation halved in float32": (
        (network.Network, "_forward", halved_in_float32(network.Network._forward)),
        "C11 C12",
    ),
    "weight decay: sign": (growing_weights("_update"), "C12"),
    "weight decay with momentum: sign": (growing_weights("_decay_velocity"), "C12"),
    "cost of weight decay: sign": (
        after(network.Network, "decay_cost", lambda self, cost, *args: -cost),
        "C12",
    ),
    "cross-entropy twice": (after(SigmoidCrossEntropy, "cost", double_result), "C12"),
    "quadratic cost twice": (after(SigmoidQuadratic, "cost", double_result), "C12"),
    "sigmoid too flat": ((outputs, "sigmoid", softened_sigmoid), "C1 C5 C11 C12"),
    "sigmoids share": (
        (outputs._SigmoidOutput, "activate", shared_sigmoid),
        "C1 C5 C7 C11 C12",
    ),
    "forward without b": ((backprop, "forward", unbiased_forward), "C1 C11 C12"),
    "cost summed, not averaged": ((network.Network, "cost_and_accuracy", summed), "C11 C12"),
    "step of the sum": ((training, "backward", backward_of_the_sum), "C12"),
}  # fmt: skip

BREAKS = {
    "quadratic-without-slope": "C1 C12",
    "softmax-without-sum": "C1 C2 C3 C6 C7 C9 C11",
    "softmax-without-c": "C9 C11",
    "bp1-elementwise": "C1 C9 C11",
    "bp2-transposed": "C11 C12",
    "bp2-without-slope": "C11 C12",
    "bp3-doubled": "C1 C11 C12",
    "bp4-without-a": "C1 C11 C12",
}
"""The claims that fail with ``verify --break``, by the name of the break."""
