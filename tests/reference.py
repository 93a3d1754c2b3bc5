"""The lecture's mathematics, slowly: one example at a time, float64, one-hot targets.

The oracle that the product is compared with. It imports nothing from the package and shares no
formula with it: sigmoids from exp, costs from activations, gradients from the book's loops.
"""

from math import exp, log

import numpy as np


def sigma(z):
    return 1 / (1 + exp(-z)) if z >= 0 else exp(z) / (1 + exp(z))


HIDDEN = {
    "sigmoid": (sigma, lambda z: sigma(z) * (1 - sigma(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: max(z, 0.0), lambda z: 1.0 if z > 0 else 0.0),
}


def one_hot(label, classes):
    target = np.zeros(classes)
    target[label] = 1
    return target


def activate_output(z, output, c=1.0):
    """Output activations of one example's z (classes,)."""
    if output.startswith("softmax"):
        e = np.array([exp(c * (value - max(z))) for value in z])
        return e / e.sum()
    return np.array([sigma(value) for value in z])


def cost_of(a, target, output):
    """Cost of one example from its activations, as the lecture writes it."""
    if output == "softmax+log-likelihood":
        return -sum(yj * log(aj) for aj, yj in zip(a, target, strict=True) if yj)
    if output == "sigmoid+cross-entropy":
        pairs = [(yj, aj) for aj, yj in zip(a, target, strict=True)]
        pairs += [(1 - yj, 1 - aj) for yj, aj in pairs]
        return -sum(y * log(a) for y, a in pairs if y)
    return 0.5 * sum((aj - yj) ** 2 for aj, yj in zip(a, target, strict=True))


def delta_of(a, target, output, c=1.0):
    """∂C/∂z of one example."""
    if output == "softmax+log-likelihood":
        return c * (a - target)
    if output == "sigmoid+cross-entropy":
        return a - target
    if output == "sigmoid+quadratic":
        return (a - target) * a * (1 - a)
    classes = range(len(a))  # Σ_k ∂C/∂a_k ∂a_k/∂z_j with ∂a_k/∂z_j = c a_k (1[j=k] − a_j)
    return np.array(
        [sum((a[k] - target[k]) * c * a[k] * ((j == k) - a[j]) for k in classes) for j in classes]
    )


def smoothed(target, smoothing):
    """The target of label smoothing (Szegedy et al. 2016, section 7)."""
    return (1 - smoothing) * target + smoothing / len(target)


def forward(weights, biases, hidden, output, x, c=1.0, masks=None):
    """Return (list of z, list of activations) of one example x (features,).

    ``masks`` has a vector for the inputs and one for each hidden layer: what dropout multiplies
    the activations with.
    """
    f, _ = HIDDEN[hidden]
    masks = masks or [1.0] * len(weights)
    zs, activations = [], [np.asarray(x, np.float64) * masks[0]]
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
        z = np.array(
            [
                sum(w[j, k] * activations[-1][k] for k in range(w.shape[1])) + b[j]
                for j in range(len(b))
            ]
        )
        zs.append(z)
        if layer == len(weights) - 1:
            activations.append(activate_output(z, output, c))
        else:
            activations.append(np.array([f(value) for value in z]) * masks[layer + 1])
    return zs, activations


def gradients(weights, biases, hidden, output, inputs, labels, c=1.0, smoothing=0.0, masks=None):
    """Return (mean cost, dW list, db list) over a mini-batch by the book's four equations.

    ``masks``, for dropout, has a matrix for the inputs and one for each hidden layer, one row
    an example.
    """
    _, slope = HIDDEN[hidden]
    dw = [np.zeros(w.shape) for w in weights]
    db = [np.zeros(b.shape) for b in biases]
    cost = 0.0
    for example, (x, label) in enumerate(zip(inputs, labels, strict=True)):
        own = [mask[example] for mask in masks] if masks else [1.0] * len(weights)
        zs, activations = forward(weights, biases, hidden, output, x, c, own)
        target = smoothed(one_hot(label, len(biases[-1])), smoothing)
        cost += cost_of(activations[-1], target, output)
        delta = delta_of(activations[-1], target, output, c)
        for layer in range(len(weights) - 1, -1, -1):
            db[layer] += delta
            dw[layer] += np.outer(delta, activations[layer])
            if layer > 0:
                back = weights[layer].T @ delta
                delta = back * np.array([slope(value) for value in zs[layer - 1]]) * own[layer]
    size = len(labels)
    return cost / size, [g / size for g in dw], [g / size for g in db]
