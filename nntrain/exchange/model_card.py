"""A model card: the information in a model file besides the parameters."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nntrain import __version__
from nntrain.data.catalogue import CATALOGUE
from nntrain.errors import in_a_line
from nntrain.nn.network import Network
from nntrain.runs import provenance
from nntrain.runs.run import Run

BYTES, NUMBERS = "bytes divided by 255, so from 0 to 1", "numbers as they are"
"""How the inputs are made."""
OF_AN_IMAGE, OF_A_TABLE = "row by row from the top left", "in the order of the features"
"""Their order."""


@dataclass(frozen=True)
class ModelCard:
    """The origin of a network, the names of its ``classes``, one per output, and its inputs.

    ``noun`` is what they are called: ``pixels``, or ``features`` of a table. ``own`` is what the
    provenance says about a caller's arrays.
    """

    run: str
    dataset: str
    classes: tuple[str, ...]
    inputs: str = f"{BYTES}, {OF_AN_IMAGE}"
    noun: str = "pixels"
    own: Mapping[str, Any] = field(default_factory=dict)


def card_of(run: Run, network: Network) -> ModelCard:
    """Return the card of ``run``'s ``network``."""
    return card(run.name, run.settings().dataset, run.provenance(), network)


def card(name: str, dataset: str, origin: Mapping[str, Any], network: Network) -> ModelCard:
    """Return the card of the ``network`` of the run ``name``, whose provenance is ``origin``."""
    labels = origin.get(provenance.LABELS)
    if isinstance(labels, list) and len(labels) == network.sizes[-1]:
        made = NUMBERS if origin.get(provenance.INPUTS) == provenance.NUMBERS else BYTES
        image = origin.get(provenance.PICTURED) is not None
        inputs = f"{made}, {OF_AN_IMAGE if image else OF_A_TABLE}"
        own = {key: origin[key] for key in provenance.OF_ARRAYS if key in origin}
        classes = tuple(in_a_line(str(label)) for label in labels)
        noun = "pixels" if image else "features"
        return ModelCard(name, dataset, classes, inputs, noun, own)
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
