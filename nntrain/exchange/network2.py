"""network2's JSON: write and read the file of the book's ``network2.save``.

``sizes``, inputs first; ``weights``, a (fan_out, fan_in) list of rows for each layer; ``biases``,
a column [[b], [b], …] for each layer; ``cost``, the name of the book's class. Its neurons are all
sigmoid. M. Nielsen, Neural Networks and Deep Learning, chapter 3, network2.py.
"""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from nntrain.errors import ModelFileError, NntrainError
from nntrain.exchange.model_card import ModelCard
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.arrays import LARGEST_PARAMETER, Floats
from nntrain.nn.network import Network
from nntrain.nn.outputs import make_output
from nntrain.storage.atomic import whole_file

COSTS = {"CrossEntropyCost": "sigmoid+cross-entropy", "QuadraticCost": "sigmoid+quadratic"}
KEYS = ("sizes", "weights", "biases", "cost")
MAX_NUMBERS = 30_000_000
"""Lists of this many numbers take Python about a gigabyte."""
MAX_NEURONS = 100_000


def save(path: Path, network: Network, _: ModelCard) -> None:
    """Write ``network`` to ``path``; raise ``NntrainError`` if network2 does not support it."""
    costs = {output: cost for cost, output in COSTS.items()}
    if network.output.name not in costs:
        _refuse(f"a {network.output.name} output")
    if network.hidden.name != "sigmoid" and len(network.weights) > 1:
        _refuse(f"{network.hidden.name} hidden neurons")
    document = {
        "sizes": network.sizes,
        "weights": [weights.tolist() for weights in network.weights],
        "biases": [biases[:, None].tolist() for biases in network.biases],
        "cost": costs[network.output.name],
    }
    with whole_file(path) as file:
        file.write(json.dumps(document, allow_nan=False).encode())


def _refuse(what: str) -> NoReturn:
    raise NntrainError(
        f"The book's network2 supports only sigmoid neurons, and this network has {what}. "
        f"Export it as onnx, safetensors or npz."
    )


def recipe(_: Network, path: Path, __: str) -> str:
    """Return lines of Python that load the file into the book's program."""
    return f"import network2\nnet = network2.load({str(path)!r})"


def decode(content: bytes, name: str) -> Network:
    """Return the network in ``content``, the bytes of the file called ``name``.

    It is float32 if every number is a float32, else float64, so that no number changes. Raises
    ``ModelFileError`` when the content is not what ``network2.save`` writes.
    """
    document = _parse(content, name)
    try:
        sizes = _sizes(document["sizes"])
        output = _output(document["cost"])
        shapes = [(fan_out, fan_in) for fan_in, fan_out in pairwise(sizes)]
        weights = _layers("weights", document["weights"], shapes)
        biases = _layers("biases", document["biases"], [(fan_out, 1) for fan_out, _ in shapes])
    except ValueError as error:
        raise ModelFileError(f"{name}: {error}.") from None
    dtype = np.float32 if all(map(_is_single, (*weights, *biases))) else np.float64
    return Network(
        [w.astype(dtype) for w in weights],
        [b[:, 0].astype(dtype) for b in biases],
        ACTIVATIONS["sigmoid"],
        make_output(output),
    )


def _parse(content: bytes, name: str) -> dict[str, Any]:
    """Return the JSON object with network2's keys; every number in it is a float."""
    if content.count(b",") > MAX_NUMBERS:
        raise ModelFileError(
            f"{name}: expected at most {MAX_NUMBERS:,} numbers. Export and import a network this "
            f"large as npz."
        )
    try:
        document = json.loads(content, parse_int=float)
    except (ValueError, RecursionError) as error:
        reason = f" ({error})"
        if not content.lstrip().startswith(b"{"):
            reason = ""  # the position of the error is useless if the file is not JSON
        raise ModelFileError(
            f"{name} is neither JSON nor an npz file{reason}. Expected what the book's "
            f"network2.save or nntrain export --format npz writes."
        ) from None
    missing = [key for key in KEYS if not isinstance(document, dict) or key not in document]
    if missing:
        raise ModelFileError(
            f"{name} is JSON, but not from network2.save: it has no {', '.join(missing)}."
        )
    keys: dict[str, Any] = document
    return keys


def _sizes(value: Any) -> list[int]:
    """Return the sizes of the layers; raise ``ValueError`` if they are not valid."""
    allowed = f"whole numbers from 1 to {MAX_NEURONS:,}"
    sound = isinstance(value, list) and len(value) >= 2
    _expect(sound, "sizes", f"two or more {allowed}", value)
    for number, size in enumerate(value, start=1):
        whole = type(size) is float and 1 <= size <= MAX_NEURONS and size.is_integer()
        _expect(whole, f"sizes, number {number}", allowed, size)
    return [int(size) for size in value]


def _output(cost: Any) -> str:
    """Return nntrain's name of the book's ``cost``; raise ``ValueError`` if there is none."""
    _expect(isinstance(cost, str) and cost in COSTS, "cost", " or ".join(COSTS), cost)
    return COSTS[cost]


def _layers(key: str, value: Any, shapes: Sequence[tuple[int, int]]) -> list[Floats]:
    """Return one float64 array of each of ``shapes``; raise ``ValueError`` for other shapes."""
    sound = isinstance(value, list) and len(value) == len(shapes)
    _expect(sound, key, f"{len(shapes)} layers", value)
    return [
        _matrix(f"{key} of layer {number}", rows, shape)
        for number, (rows, shape) in enumerate(zip(value, shapes, strict=True), start=1)
    ]


def _matrix(what: str, rows: Any, shape: tuple[int, int]) -> Floats:
    """Return ``rows``, a list of lists of finite floats, as float64 of ``shape``."""
    _expect(isinstance(rows, list) and len(rows) == shape[0], what, f"{shape[0]} rows", rows)
    for number, row in enumerate(rows, start=1):
        place = f"{what}, row {number}"
        sound = isinstance(row, list) and len(row) == shape[1]
        _expect(sound, place, f"{shape[1]} numbers", row)
        for value in row:
            if type(value) is not float or not abs(value) <= LARGEST_PARAMETER:
                _expect(False, place, f"finite numbers up to {LARGEST_PARAMETER:.2g}", value)
    return np.array(rows, np.float64)


def _expect(sound: bool, place: str, expected: str, got: Any) -> None:
    """Raise ``ValueError`` with the place and what was expected, unless ``sound``."""
    if not sound:
        raise ValueError(f"{place}: expected {expected}, got {_shown(got)}")


def _is_single(array: Floats) -> bool:
    """Return whether every number of ``array`` is a float32."""
    with np.errstate(over="ignore", under="ignore"):
        return bool((array.astype(np.float32) == array).all())


def _shown(value: Any) -> str:
    """Return a value of a JSON document, cut short, in ASCII and on one line."""
    if isinstance(value, list | dict):
        return f"{len(value)} {'values' if isinstance(value, list) else 'keys'}"
    text = ascii(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
