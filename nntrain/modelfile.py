"""model.npz: a network as plain arrays, readable by NumPy alone and never unpickled.

``weights_0``, ``biases_0``, … are the parameters, (fan_out, fan_in) and (fan_out,);
``description`` is UTF-8 JSON as uint8 with the format's name, the hidden activation, the
output layer and its inverse temperature.
"""

import json
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nntrain.errors import ModelFileError
from nntrain.files import whole_file
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.arrays import Array
from nntrain.nn.network import Network
from nntrain.nn.outputs import OUTPUTS, make_output

FORMAT = "nntrain/model/1"
DAMAGE = (ValueError, EOFError, KeyError, TypeError, RuntimeError, MemoryError, zipfile.BadZipFile,
          zlib.error, struct.error)  # fmt: skip
"""What NumPy and zipfile raise on bytes that are no npz file."""


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write ``arrays`` as an uncompressed npz, whole or not at all; same arrays, same bytes."""
    savez: Any = np.savez  # its type takes the names for its own parameters
    with whole_file(path) as file:
        savez(file, **arrays)


def read_arrays(path: Path) -> dict[str, Array]:
    """Return the arrays in the npz file ``path``; raise ``ModelFileError`` if it is not one."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except FileNotFoundError as error:
        raise ModelFileError(f"{path} is missing. Was the run interrupted early?") from error
    except OSError as error:
        raise ModelFileError(f"Cannot read {path}: {error.strerror or error}.") from error
    except DAMAGE as error:
        raise ModelFileError(
            f"{path} is damaged or not an nntrain file ({error}). Train again, or restore it."
        ) from error


def save_model(path: Path, network: Network) -> None:
    """Write ``network`` to ``path``."""
    description = {
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
    """Return the network in ``path``; raise ``ModelFileError`` when it is not a sound one."""
    arrays = read_arrays(path)
    description = _description(path, arrays)
    layers = sum(name.startswith("weights_") for name in arrays)
    try:
        weights = [arrays[f"weights_{layer}"] for layer in range(layers)]
        biases = [arrays[f"biases_{layer}"] for layer in range(layers)]
    except KeyError as error:
        raise ModelFileError(f"{path} has no array {error}.") from None
    _check_parameters(path, weights, biases)
    output = make_output(description["output"], description["inverse_temperature"])
    return Network(weights, biases, ACTIVATIONS[description["activation"]], output)


def _description(path: Path, arrays: Mapping[str, Array]) -> dict[str, Any]:
    try:
        description: dict[str, Any] = json.loads(arrays["description"].tobytes())
        c = description["inverse_temperature"]
        known = (
            description["activation"] in ACTIVATIONS
            and description["output"] in OUTPUTS
            and isinstance(c, float)
            and 0 < c < math.inf
            and (c == 1 or OUTPUTS[description["output"]].has_temperature)
        )
        version = description["format"]
    except (KeyError, ValueError, TypeError) as error:
        raise ModelFileError(f"{path} has no readable description ({error!r}).") from error
    if version != FORMAT or not known:
        raise ModelFileError(f"{path}: expected a {FORMAT} file, got {description}.")
    return description


def _check_parameters(path: Path, weights: list[Array], biases: list[Array]) -> None:
    """Check that the layers are finite floats of one dtype and fit each other."""
    if not weights:
        raise ModelFileError(f"{path} holds no layers.")
    dtype = weights[0].dtype
    fan_in = weights[0].shape[1] if weights[0].ndim == 2 else -1
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
        expected = (b.size, fan_in)
        if w.shape != expected or b.ndim != 1 or 0 in w.shape:
            raise ModelFileError(
                f"{path}, layer {layer + 1}: expected weights {expected}, got {w.shape}."
            )
        if dtype not in (np.float32, np.float64) or w.dtype != dtype or b.dtype != dtype:
            raise ModelFileError(f"{path}, layer {layer + 1}: expected float32 or float64 arrays.")
        if not (np.isfinite(w).all() and np.isfinite(b).all()):
            raise ModelFileError(f"{path}, layer {layer + 1}: a parameter is not a finite number.")
        fan_in = len(b)
