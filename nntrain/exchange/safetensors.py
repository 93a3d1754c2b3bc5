"""safetensors: the parameters under PyTorch's names, for an ``nn.Sequential``.

Linear layers have the even indices of the Sequential, activations are between them, so the
tensors are ``0.weight`` (fan_out, fan_in), ``0.bias`` (fan_out,), ``2.weight``, … The format is a
length, a JSON header and the bytes of the arrays: https://huggingface.co/docs/safetensors
"""

import json
import struct
from itertools import pairwise
from pathlib import Path
from typing import Any

from nntrain.exchange.model_card import ModelCard, metadata
from nntrain.nn.arrays import Floats
from nntrain.nn.network import Network
from nntrain.storage.atomic import whole_file

MODULES = {
    "sigmoid": "nn.Sigmoid()",
    "tanh": "nn.Tanh()",
    "relu": "nn.ReLU()",
    "softmax": "nn.Softmax(dim=1)",
}
DTYPES = {"float32": "F32", "float64": "F64"}
HEADER_ALIGNMENT_BYTES = 8


def save(path: Path, network: Network, card: ModelCard) -> None:
    """Write ``network`` to ``path``."""
    arrays = tensors(network)
    header: dict[str, Any] = {"__metadata__": _metadata(network, card)}
    end = 0
    for name, array in arrays.items():
        start, end = end, end + array.nbytes
        header[name] = {
            "dtype": DTYPES[array.dtype.name],
            "shape": array.shape,
            "data_offsets": [start, end],
        }
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % HEADER_ALIGNMENT_BYTES)
    with whole_file(path) as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(array.astype(array.dtype.newbyteorder("<")).tobytes())


def tensors(network: Network) -> dict[str, Floats]:
    """Return the parameters by PyTorch's names.

    PyTorch's softmax has no c, so the last layer's parameters are multiplied by it: softmax of
    (c W) a + c b is softmax of c z.
    """
    named: dict[str, Floats] = {}
    layers = list(zip(network.weights, network.biases, strict=True))
    c = network.output.inverse_temperature
    for layer, (weights, biases) in enumerate(layers):
        scale = weights.dtype.type(c if layer == len(layers) - 1 else 1)
        named[f"{2 * layer}.weight"] = weights * scale
        named[f"{2 * layer}.bias"] = biases * scale
    return named


def recipe(network: Network, path: Path, _: str) -> str:
    """Return lines of Python that load the file into PyTorch."""
    modules = []
    for fan_in, fan_out in pairwise(network.sizes):
        modules += [f"nn.Linear({fan_in}, {fan_out})", MODULES[network.hidden.name]]
    modules[-1] = MODULES[network.output.name.partition("+")[0]]
    double = ".double()" if network.dtype == "float64" else ""
    return (
        f"from safetensors.torch import load_file\n"
        f"from torch import nn\n"
        f"model = nn.Sequential({', '.join(modules)}){double}\n"
        f"model.load_state_dict(load_file({str(path)!r}))"
    )


def _metadata(network: Network, card: ModelCard) -> dict[str, str]:
    """Return the card, with c under a name that says that it is in the last layer."""
    card_texts = metadata(network, card)
    c = card_texts.pop("inverse_temperature")
    return {"format": "pt", **card_texts, "inverse_temperature_in_last_layer": c}
