"""ONNX: the network as a graph of standard operators, for any runtime that reads it.

The graph goes from ``pixels``, for a table ``features``, (batch, inputs) to ``probabilities``
(softmax) or ``activations`` (sigmoid), (batch, classes), both of the network's dtype; the batch
size is free. Operators are those of opset 13 (December 2020): Gemm with transB computes
a @ W.T + b. Specification:
https://onnx.ai/onnx/operators/
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nntrain import __version__
from nntrain.errors import NntrainError
from nntrain.exchange.model_card import ModelCard, metadata
from nntrain.nn.network import Network
from nntrain.storage.atomic import whole_file

OPSET, IR_VERSION = 13, 7
OPERATORS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu"}
LIMIT_BYTES = 2**31 - 2**20
"""A protocol buffer holds at most 2 GiB; the rest of the graph needs a few kilobytes."""


class _Step(NamedTuple):
    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Any]


def output_name(network: Network) -> str:
    """Return the name of the graph's output: only outputs that sum to 1 are probabilities."""
    return "probabilities" if network.output.distribution else "activations"


def save(path: Path, network: Network, card: ModelCard) -> None:
    """Write ``network`` to ``path`` after ONNX's own checker has accepted it.

    Raises ``NntrainError`` without the extra or for more than 2 GiB of parameters.
    """
    try:
        import onnx
        from onnx import checker
    except ImportError as error:
        raise NntrainError(
            "ONNX needs an extra that is not installed: pip install 'nntrain[onnx]'"
        ) from error
    size_bytes = sum(parameter.nbytes for parameter in network.parameters)
    if size_bytes > LIMIT_BYTES:
        raise NntrainError(
            f"An ONNX file holds at most {LIMIT_BYTES:,} bytes of parameters, and this network "
            f"has {size_bytes:,}. Export it as safetensors or npz."
        )
    model = _model(onnx, network, card)
    checker.check_model(model, full_check=True)
    with whole_file(path) as file:
        file.write(model.SerializeToString())


def recipe(network: Network, path: Path, noun: str) -> str:
    """Return lines of Python that run the file with onnxruntime on inputs called ``noun``."""
    name = output_name(network)
    return (
        f"import onnxruntime\n"
        f"session = onnxruntime.InferenceSession({str(path)!r})\n"
        f"{name} = session.run([{name!r}], {{{noun!r}: {noun}}})[0]"
    )


def _model(onnx: Any, network: Network, card: ModelCard) -> Any:
    """Return the ModelProto."""
    helper = onnx.helper
    dtype = helper.np_dtype_to_tensor_dtype(network.dtype)
    parameters = [
        onnx.numpy_helper.from_array(np.ascontiguousarray(array), f"{kind}_{layer}")
        for kind, arrays in (("weights", network.weights), ("biases", network.biases))
        for layer, array in enumerate(arrays)
    ]
    graph = helper.make_graph(
        [
            helper.make_node(s.operator, s.inputs, [s.output], **s.attributes)
            for s in _steps(network, card.noun)
        ],
        "nntrain",
        [helper.make_tensor_value_info(card.noun, dtype, ["batch", network.sizes[0]])],
        [helper.make_tensor_value_info(output_name(network), dtype, ["batch", network.sizes[-1]])],
        [*parameters, *_temperature(onnx, network)],
        doc_string=_description(network, card),
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="nntrain",
        producer_version=__version__,
        doc_string=graph.doc_string,
    )
    helper.set_model_props(model, metadata(network, card))
    return model


def _steps(network: Network, noun: str) -> list[_Step]:
    """Return the operators from the inputs, called ``noun``, to the outputs, in order."""
    steps, a = [], noun
    for layer in range(len(network.weights)):
        z = f"z_{layer + 1}"
        if layer > 0:
            # a^l = f(z^l)
            a = f"a_{layer}"
            steps.append(_Step(OPERATORS[network.hidden.name], (f"z_{layer}",), a, {}))
        # z^l = a^{l−1} Wᵀ + b
        parameters = (f"weights_{layer}", f"biases_{layer}")
        steps.append(_Step("Gemm", (a, *parameters), z, {"transB": 1}))
    if not network.output.distribution:
        return [*steps, _Step("Sigmoid", (z,), output_name(network), {})]
    if network.output.inverse_temperature != 1:
        # softmax(c z) = softmax(c (z − max z)), in which a large c loses no digits
        steps += [
            _Step("ReduceMax", (z,), "z_max", {"axes": [1], "keepdims": 1}),
            _Step("Sub", (z, "z_max"), "z_below_max", {}),
            _Step("Mul", ("z_below_max", "inverse_temperature"), "c_z", {}),
        ]
        z = "c_z"
    return [*steps, _Step("Softmax", (z,), output_name(network), {"axis": 1})]


def _temperature(onnx: Any, network: Network) -> list[Any]:
    """Return c as a constant if it is not 1."""
    c = network.output.inverse_temperature
    if c == 1:
        return []
    return [onnx.numpy_helper.from_array(np.array(c, network.dtype), "inverse_temperature")]


def _description(network: Network, card: ModelCard) -> str:
    """Return the text that a viewer of ONNX files shows."""
    activation = network.output.name.partition("+")[0]
    c = network.output.inverse_temperature
    sums = "they sum to 1" if network.output.distribution else "they need not sum to 1"
    return (
        f"A fully connected network {list(network.sizes)} trained by nntrain on {card.dataset}. "
        f"Input {card.noun}: {network.dtype} (batch, {network.sizes[0]}), {card.inputs}. "
        f"Output {output_name(network)}: {network.dtype} (batch, {network.sizes[-1]}), "
        f"{activation}{f' of {c!r} z' if c != 1 else ''}, {sums}; column k belongs to class k of "
        f"{json.dumps(card.classes, ensure_ascii=False)}."
    )
