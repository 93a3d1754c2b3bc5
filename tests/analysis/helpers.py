"""Predictions made of plain numbers."""

import math

import numpy as np

from nntrain.analysis.predictions import predictions


def log(outputs):
    """ln of outputs given as plain numbers, zeros included."""
    return np.array([[math.log(a) if a > 0 else -math.inf for a in row] for row in outputs])


def of_logs(labels, logs, distribution=False):
    return predictions(
        labels, logs, classes=[f"class {j}" for j in range(np.shape(logs)[1])],
        distribution=distribution,
    )  # fmt: skip


def of_outputs(labels, outputs, distribution=False):
    return of_logs(labels, log(outputs), distribution)


def answering(labels, predicted, confidence, k):
    """Predictions of the classes ``predicted``, each with its ``confidence`` above 0."""
    outputs = np.zeros((len(labels), k))
    outputs[np.arange(len(labels)), predicted] = confidence
    return of_outputs(labels, outputs)
