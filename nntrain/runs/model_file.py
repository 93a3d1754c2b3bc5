"""model.npz: a network as plain arrays, readable with NumPy alone and never unpickled.

``weights_0``, ``biases_0``, … are the parameters, (fan_out, fan_in) and (fan_out,);
``description`` is UTF-8 JSON as uint8 with the format's name, the hidden activation, the
output layer and its inverse temperature. A network trained on a caller's arrays may have their
``labels`` there, and what their inputs were.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import numpy as np

from nntrain.errors import ModelFileError, in_a_line
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.arrays import LARGEST_PARAMETER, Array
from nntrain.nn.network import Network
from nntrain.nn.outputs import OUTPUTS, make_output
from nntrain.runs.provenance import LABELS, OF_ARRAYS
from nntrain.settings.fit import LARGEST_C
from nntrain.storage.array_file import read_arrays, write_arrays
from nntrain.storage.strict_json import parse_object

FORMAT = "nntrain/model/1"


def save_model(path: Path, network: Network, about: Mapping[str, Any] | None = None) -> None:
    """Write ``network`` to ``path``, and what to remember ``about`` it: see ``load_about``."""
    description = {
        **(about or {}),
        "format": FORMAT,
        "activation": network.hidden.name,
        "output": network.output.name,
        "inverse_temperature": network.output.inverse_temperature,
    }
    arrays: dict[str, Array] = {
        "description": np.frombuffer(json.dumps(description).encode(), np.uint8)
    }
    for layer, (weights, biases) in enumerate(zip(network.weights, network.biases, strict=True)):
        arrays[f"weights_{layer}"] = weights
        arrays[f"biases_{layer}"] = biases
    write_arrays(path, arrays)


def load_model(path: Path) -> Network:
    """Return the network in ``path``; raise ``ModelFileError`` when it is not a valid one."""
    arrays = read_arrays(path)
    description = _description(path, arrays)
    layers = max(1, (len(arrays) - 1) // 2)
    weights_names = [f"weights_{layer}" for layer in range(layers)]
    biases_names = [f"biases_{layer}" for layer in range(layers)]
    expected = {"description", *weights_names, *biases_names}
    if odd := sorted(expected ^ set(arrays)):
        missing = "has no array" if odd[0] in expected else "has an unknown array,"
        raise _invalid(path, f"it {missing} {odd[0]}")
    weights = [arrays[name] for name in weights_names]
    biases = [arrays[name] for name in biases_names]
    _check_parameters(path, weights, biases)
    output = make_output(description["output"], description["inverse_temperature"])
    return Network(weights, biases, ACTIVATIONS[description["activation"]], output)


def load_about(path: Path) -> dict[str, Any]:
    """Return what was saved about the network in ``path``: its labels and its inputs.

    Empty for networks whose classes are 0 … K − 1, and for other formats. Raises
    ``ModelFileError`` if the labels do not fit the network.
    """
    if not is_zipfile(path):
        return {}
    arrays = read_arrays(path)
    description = _description(path, arrays)
    labels = description.get(LABELS)
    if labels is None:
        return {}
    outputs = len(arrays[f"biases_{max(1, (len(arrays) - 1) // 2) - 1}"])
    kinds = {type(label) for label in labels} if isinstance(labels, list) else set()
    if kinds not in ({int}, {str}) or len(set(labels)) != len(labels) or len(labels) != outputs:
        got = in_a_line(str(labels))
        raise _invalid(path, f"expected {outputs} labels, whole numbers or strings, got {got}")
    return {key: description[key] for key in OF_ARRAYS if key in description}


def _invalid(path: Path, reason: str) -> ModelFileError:
    return ModelFileError(f"{path} is not a valid model: {reason}. Train again, or restore it.")


def _description(path: Path, arrays: Mapping[str, Array]) -> dict[str, Any]:
    try:
        description = parse_object(arrays["description"].tobytes())
        c = description["inverse_temperature"]
        known = (
            description["activation"] in ACTIVATIONS
            and description["output"] in OUTPUTS
            and isinstance(c, float)
            and 0 < c <= LARGEST_C
            and (c == 1 or OUTPUTS[description["output"]].has_temperature)
        )
        version = description["format"]
    except (KeyError, ValueError, TypeError) as error:
        reason = in_a_line(repr(error))
        raise _invalid(path, f"it has no readable description ({reason})") from error
    if version != FORMAT or not known:
        got = in_a_line(str(description))
        raise _invalid(path, f"expected the description of a {FORMAT} file, got {got}")
    return description


def _check_parameters(path: Path, weights: list[Array], biases: list[Array]) -> None:
    """Check that the layers are finite floats of one dtype and that their shapes match."""
    dtype = weights[0].dtype
    fan_in = weights[0].shape[1] if weights[0].ndim == 2 else -1
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True), start=1):
        expected = (b.size, fan_in)
        if w.shape != expected or b.ndim != 1 or 0 in w.shape:
            raise _invalid(path, f"layer {layer} has weights {w.shape} and biases {b.shape}")
        if dtype not in (np.float32, np.float64) or w.dtype != dtype or b.dtype != dtype:
            raise _invalid(path, f"layer {layer} is not float32 or float64 like the first")
        most = LARGEST_PARAMETER
        if not all(-most <= array.min() <= array.max() <= most for array in (w, b)):
            raise _invalid(
                path, f"layer {layer} has a parameter that is not a finite number up to {most:.2g}"
            )
        fan_in = len(b)
