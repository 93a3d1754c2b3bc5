"""A model card: the information in a model file besides the parameters."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nntrain import __version__
from nntrain.data.catalogue import CATALOGUE
from nntrain.nn.network import Network
from nntrain.runs import provenance
from nntrain.runs.run import Run

PIXELS = "bytes divided by 255, so from 0 to 1, row by row from the top left"
"""How the inputs are made from an image."""
NUMBERS = "numbers as they are, in the order of the features"
"""How the inputs are made from a caller's floats."""


@dataclass(frozen=True)
class ModelCard:
    """The origin of a network, the names of its ``classes``, one per output, and its inputs.

    ``own`` is what the provenance says about a caller's arrays: their labels and kind of inputs.
    """

    run: str
    dataset: str
    classes: tuple[str, ...]
    inputs: str = PIXELS
    own: Mapping[str, Any] = field(default_factory=dict)


def card_of(run: Run, network: Network) -> ModelCard:
    """Return the card of ``run``'s ``network``."""
    return card(run.name, run.settings().dataset, run.provenance(), network)


def card(name: str, dataset: str, origin: Mapping[str, Any], network: Network) -> ModelCard:
    """Return the card of the ``network`` of the run ``name``, whose provenance is ``origin``."""
    labels = origin.get(provenance.LABELS)
    if isinstance(labels, list) and len(labels) == network.sizes[-1]:
        inputs = NUMBERS if origin.get(provenance.INPUTS) == provenance.NUMBERS else PIXELS
        own = {key: origin.get(key) for key in (provenance.LABELS, provenance.INPUTS)}
        return ModelCard(name, dataset, tuple(map(str, labels)), inputs, own)
    return ModelCard(name, dataset, class_names(dataset, network.sizes[-1]))


def class_names(dataset: str, count: int) -> tuple[str, ...]:
    """Return the names of ``count`` classes: the catalogue's for ``dataset``, or numerals."""
    names = CATALOGUE[dataset].classes if dataset in CATALOGUE else ()
    return names if len(names) == count else tuple(map(str, range(count)))


def structure(network: Network) -> dict[str, Any]:
    """Return the network's layers, functions and dtype, as JSON-able types."""
    return {
        "sizes": list(network.sizes),
        "activation": network.hidden.name,
        "output": network.output.name,
        "inverse_temperature": network.output.inverse_temperature,
        "dtype": network.dtype.name,
    }


def metadata(network: Network, card: ModelCard) -> dict[str, str]:
    """Return the card and the network's structure as texts; lists in them are JSON."""
    return {
        "producer": f"nntrain {__version__}",
        "run": card.run,
        "dataset": card.dataset,
        "sizes": json.dumps(network.sizes),
        "activation": network.hidden.name,
        "output": network.output.name,
        "inverse_temperature": repr(network.output.inverse_temperature),
        "classes": json.dumps(card.classes, ensure_ascii=False),
        "pixels": card.inputs,
    }
