"""A format: a function that writes a network as a file, and the Python code that reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nntrain.errors import NntrainError, in_words
from nntrain.exchange import network2, onnx, safetensors
from nntrain.exchange.model_card import ModelCard
from nntrain.nn.network import Network
from nntrain.runs.model_file import save_model
from nntrain.storage.atomic import cannot_write


@dataclass(frozen=True)
class Format:
    """``save`` writes a network, whole or not at all; ``recipe`` returns code to load it.

    The recipe's last argument is what the inputs are called, a card's ``noun``. ``opens`` names
    the programs that open the file.
    """

    save: Callable[[Path, Network, ModelCard], None]
    recipe: Callable[[Network, Path, str], str]
    opens: str


def export(path: Path, network: Network, card: ModelCard, name: str, overwrite: bool) -> None:
    """Write ``network`` to ``path`` in the format ``name``.

    Raises ``NntrainError`` when the file exists and ``overwrite`` is false, when it cannot be
    written, or when the format cannot hold the network.
    """
    if path.exists() and not (overwrite and path.is_file()):
        overwriting = in_words("--overwrite", "overwrite=True")
        advice = f", or replace it with {overwriting}" if path.is_file() else ""
        raise NntrainError(
            f"{path} exists already and is not overwritten. Choose another "
            f"{in_words('--output', 'path')}{advice}."
        )
    try:
        FORMATS[name].save(path, network, card)
    except OSError as error:
        raise cannot_write(path, error) from error


def _save_npz(path: Path, network: Network, card: ModelCard) -> None:
    """Write nntrain's own model file, which keeps every network exactly."""
    save_model(path, network, card.own)


def _npz_recipe(_: Network, path: Path, noun: str) -> str:
    """Return lines of Python that read the arrays: NumPy is enough."""
    return (
        f"import numpy\n"
        f"arrays = numpy.load({str(path)!r})\n"
        f"z = {noun} @ arrays['weights_0'].T + arrays['biases_0']  # and so on, layer by layer"
    )


FORMATS: dict[str, Format] = {
    "onnx": Format(onnx.save, onnx.recipe, "any ONNX runtime; Netron draws it"),
    "safetensors": Format(safetensors.save, safetensors.recipe, "PyTorch or JAX; Netron lists it"),
    "npz": Format(_save_npz, _npz_recipe, "NumPy, or nntrain import"),
    "json": Format(network2.save, network2.recipe, "the book's network2, or nntrain import"),
}
"""Formats by name, which is also the extension of such files."""
