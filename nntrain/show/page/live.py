"""The data of the page's script: the network, digits to check it with, and log-outputs.

Numbers are little-endian float32, pixels are bytes, both in base64.
"""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.show.sections.run.pad import MOST_PARAMETERS
from nntrain.show.sections.run.temperature import MOST_EXAMPLES
from nntrain.workflows.evaluate import EvaluatedRun

CHECKED = 100
"""Test digits in the page, on which its forward pass is compared with Python's."""


def live_data(run: EvaluatedRun) -> dict[str, Any]:
    """Return what the script needs, as JSON-able types; ``network`` is None if it is too large."""
    small = sum(array.size for array in run.network.parameters) <= MOST_PARAMETERS
    return {
        "classes": list(run.evaluation.classes),
        "output": run.network.output.name,
        "c": run.network.output.inverse_temperature,
        "shape": list(run.images.shape[1:]),
        "network": _network(run) if small else None,
        "temperature": _temperature(run) if run.evaluation.distribution else None,
    }


def _network(run: EvaluatedRun) -> dict[str, Any]:
    network, of = run.network, run.predictions
    checked = min(CHECKED, len(run.images))
    return {
        "activation": network.hidden.name,
        "boxed": run.boxed,
        "weights": [floats(w) for w in network.weights],
        "biases": [floats(b) for b in network.biases],
        "images": as_base64(run.images[:checked]),
        "labels": of.labels[:checked].tolist(),
        "outputs": floats(np.exp(of.log_outputs[:checked])),
    }


def _temperature(run: EvaluatedRun) -> dict[str, Any]:
    hesitations, of = run.evaluation.hesitations, run.predictions
    errors = (*hesitations.closest_calls, *hesitations.confidently_wrong)
    first = range(min(10, len(of.labels)))
    return {
        "logs": floats(of.log_outputs[:MOST_EXAMPLES]),
        "labels": of.labels[:MOST_EXAMPLES].tolist(),
        "shown": [
            {
                "index": index,
                "label": int(of.labels[index]),
                "image": as_base64(run.images[index]),
                "logs": floats(of.log_outputs[index]),
            }
            for index in dict.fromkeys([*(error.index for error in errors), *first])
        ],
        "histogramBins": len(run.evaluation.histogram.right),
        "eceBins": len(run.evaluation.reliability_width.bins),
        "fitted": run.fitted_c,
    }


def floats(values: NDArray[Any]) -> str:
    """Return ``values`` as little-endian float32 in base64; infinite ones become the largest."""
    largest = np.finfo(np.float32).max  # logarithms of activations may lie far below −largest
    return as_base64(np.ascontiguousarray(np.clip(values, -largest, largest), "<f4"))


def as_base64(values: NDArray[Any]) -> str:
    """Return the bytes of ``values`` in base64."""
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()
