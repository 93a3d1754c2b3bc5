"""The book's loop: one example at a time, forward and backward, as in Nielsen's network.py.

Rewritten in its style: columns, lists of arrays, a new array for every result; with softmax
and log-likelihood for the output and float32 throughout, so that the work is the same.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.contestant import Contestant, Floats, Layers, Problem

Lists = tuple[list[Floats], list[Floats]]


class Book(Contestant):
    def __init__(self, problem: Problem, threads: int) -> None:
        super().__init__(problem, threads)
        self.weights = [w.copy() for w, _ in problem.layers]
        self.biases = [b.reshape(-1, 1) for _, b in problem.layers]
        one_hot = np.eye(len(self.biases[-1]), dtype=np.float32)
        self.training_data = [
            (x.reshape(-1, 1), one_hot[y].reshape(-1, 1))
            for x, y in zip(problem.pixels(), problem.labels, strict=True)
        ]

    def train(self, order: NDArray[Any]) -> None:
        shuffled = [self.training_data[index] for index in order]
        size = self.problem.batch_size
        for start in range(0, len(shuffled), size):
            self.update_mini_batch(shuffled[start : start + size])

    def update_mini_batch(self, mini_batch: list[tuple[Floats, Floats]]) -> None:
        nabla_b = [np.zeros(b.shape, b.dtype) for b in self.biases]
        nabla_w = [np.zeros(w.shape, w.dtype) for w in self.weights]
        for x, y in mini_batch:
            delta_nabla_b, delta_nabla_w = self.backprop(x, y)
            nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b, strict=True)]
            nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w, strict=True)]
        step = self.problem.learning_rate / len(mini_batch)
        self.weights = [w - step * nw for w, nw in zip(self.weights, nabla_w, strict=True)]
        self.biases = [b - step * nb for b, nb in zip(self.biases, nabla_b, strict=True)]

    def backprop(self, x: Floats, y: Floats) -> Lists:
        activation, activations, zs = x, [x], []
        for b, w in zip(self.biases, self.weights, strict=True):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z) if len(zs) < len(self.weights) else softmax(z)
            activations.append(activation)
        delta = activations[-1] - y
        nabla_b, nabla_w = [delta], [np.dot(delta, activations[-2].T)]
        for layer in range(2, len(self.weights) + 1):
            delta = np.dot(self.weights[-layer + 1].T, delta) * sigmoid_prime(zs[-layer])
            nabla_b.insert(0, delta)
            nabla_w.insert(0, np.dot(delta, activations[-layer - 1].T))
        return nabla_b, nabla_w

    def layers(self) -> Layers:
        return [(w, b.ravel()) for w, b in zip(self.weights, self.biases, strict=True)]


def sigmoid(z: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z: Floats) -> Floats:
    return sigmoid(z) * (1 - sigmoid(z))


def softmax(z: Floats) -> Floats:
    powers = np.exp(z - z.max())
    return powers / powers.sum()
