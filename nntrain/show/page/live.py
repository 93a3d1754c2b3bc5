"""What the page's script works with: the network, digits to check it by, and logarithms.

Numbers are little-endian float32 in base64, pixels bytes in base64.
"""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.show.page.subject import RunSubject

MOST_PARAMETERS = 2_000_000
CHECKED = 100
"""Test digits in the page, on which its forward pass is compared with Python's."""
MOST_LIVE = 10_000
"""Examples whose outputs are in the page, for the slider."""


def parameters(subject: RunSubject) -> int:
    """Return how many numbers the network has."""
    return sum(array.size for array in subject.network.parameters)


def live_data(subject: RunSubject) -> dict[str, Any]:
    """Return what the script needs, as JSON-able types; ``network`` is None for one too large."""
    evaluation = subject.evaluation
    data: dict[str, Any] = {
        "classes": list(evaluation.classes),
        "distribution": evaluation.distribution,
        "c": subject.network.output.inverse_temperature,
        "shape": list(subject.images.shape[1:]),
        "network": None,
        "temperature": None,
    }
    if parameters(subject) <= MOST_PARAMETERS:
        data["network"] = _network(subject)
    if evaluation.distribution:
        data["temperature"] = _temperature(subject)
    return data


def _network(subject: RunSubject) -> dict[str, Any]:
    network = subject.network
    checked = min(CHECKED, len(subject.images))
    return {
        "sizes": list(network.sizes),
        "activation": network.hidden.name,
        "boxed": subject.boxed,
        "weights": [_floats(w) for w in network.weights],
        "biases": [_floats(b) for b in network.biases],
        "images": _bytes(subject.images[:checked]),
        "labels": subject.labels[:checked].tolist(),
        "outputs": _floats(np.exp(subject.log_outputs[:checked])),
    }


def _temperature(subject: RunSubject) -> dict[str, Any]:
    hesitations = subject.evaluation.hesitations
    shown = [
        answer.index for answer in (*hesitations.closest_calls, *hesitations.confidently_wrong)
    ]
    shown = list(dict.fromkeys(i for i in [*shown, *range(10)] if i < len(subject.labels)))
    return {
        "logs": _floats(subject.log_outputs[:MOST_LIVE]),
        "labels": subject.labels[:MOST_LIVE].tolist(),
        "shown": [
            {
                "index": index,
                "label": int(subject.labels[index]),
                "image": _bytes(subject.images[index]),
                "logs": _floats(subject.log_outputs[index]),
            }
            for index in shown
        ],
        "histogramBins": len(subject.evaluation.histogram.right),
        "eceBins": len(subject.evaluation.reliability_width.bins),
        "fitted": subject.fitted_c,
    }


def _floats(values: NDArray[Any]) -> str:
    return _bytes(np.ascontiguousarray(values, "<f4"))


def _bytes(values: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()
