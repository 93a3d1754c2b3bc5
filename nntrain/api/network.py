"""A trained network in the caller's terms: arrays checked, classes under the labels they had."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
import numpy.typing as npt

from nntrain.data.own_arrays import Array, Label, checked_inputs
from nntrain.data.scale import Scale, warn_of_another
from nntrain.errors import NntrainError, did_you_mean
from nntrain.exchange.model_card import ModelCard, card, structure
from nntrain.nn.arrays import Floats
from nntrain.nn.network import Network
from nntrain.runs.model_file import load_about
from nntrain.runs.provenance import LABELS, scale_of_training
from nntrain.show.formatting import network_in_words
from nntrain.workflows.evaluate import finite_inputs
from nntrain.workflows.import_model import read

Kind = TypeVar("Kind", bound=np.generic)


class TrainedNetwork:
    """A trained network, which classifies examples.

    Examples are ``x`` (n, features) or (n, rows, columns), with as many values as the network has
    inputs: uint8 pixels, which are divided by 255, or other numbers, which are used as they are.
    Lists are taken too. Methods that take ``x`` warn (``UserWarning``) of floats that look like
    pixels from 0 to 255, and of pixels for other numbers, or the reverse, that are far from the
    range of training; they raise ``NntrainError`` for one example alone, another width, an empty
    array, and values that are not finite. With softmax outputs it is a ``SoftmaxNetwork``.

    ``labels`` (classes,) are the classes in the order of the outputs: whole numbers or strings,
    read-only.
    """

    def __init__(
        self, network: Network, labels: Sequence[Label], card: ModelCard, scale: Scale | None
    ) -> None:
        self._network, self._card, self._scale = network, card, scale
        self.labels = read_only(np.array(labels))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons in each layer, the inputs first."""
        return self._network.sizes

    @property
    def weights(self) -> list[Floats]:
        """One array per layer, (fan_out, fan_in) float32 or float64: copies."""
        return [weights.copy() for weights in self._network.weights]

    @property
    def biases(self) -> list[Floats]:
        """One array per layer, (fan_out,) float32 or float64: copies."""
        return [biases.copy() for biases in self._network.biases]

    @property
    def activation(self) -> str:
        """The hidden activation, such as ``relu``."""
        return self._network.hidden.name

    @property
    def output(self) -> str:
        """The output layer and cost, such as ``softmax+log-likelihood``."""
        return self._network.output.name

    def predict(self, x: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the predicted labels (n,), those of the largest outputs."""
        predicted: npt.NDArray[Any] = self.labels[self._outputs(x).argmax(axis=1)]
        return predicted

    def activations(self, x: npt.ArrayLike) -> Floats:
        """Return the output activations (n, classes), from 0 to 1; softmax's sum to 1."""
        z = self._outputs(x)
        self._network.output.activate(z, z)
        return z

    def weighted_inputs(self, x: npt.ArrayLike) -> Floats:
        """Return z of the output layer (n, classes), before the activation."""
        return self._outputs(x)

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the network to a file, in the format of the file's ending.

        They are those of ``nntrain export``: npz, which ``load_network`` reads again with all that
        it is, onnx, safetensors, json. Raises ``NntrainError``
        for another ending, an existing file unless ``overwrite`` is true, a format that cannot
        hold the network, and a missing extra.
        """
        from nntrain.exchange.formats import FORMATS, export

        path = Path(path)
        ending = path.suffix.removeprefix(".")
        if ending not in FORMATS:
            raise NntrainError(
                f"Cannot tell the format of {path}: expected a name that ends in "
                f".{', .'.join(FORMATS)}.{did_you_mean(ending, FORMATS)}"
            )
        export(path, self._network, self._card, ending, overwrite)

    def to_dict(self) -> dict[str, Any]:
        """Return the structure and the labels as JSON-able types, without the parameters."""
        return {**structure(self._network), "labels": self.labels.tolist()}

    def __repr__(self) -> str:
        """Return the network in one line."""
        return f"<{type(self).__name__} {network_in_words(self._network)}, {self.output}>"

    def __getattr__(self, name: str) -> NoReturn:
        """Say why there is no ``predict_proba``."""
        if name == "predict_proba":
            raise AttributeError(
                f"{self.output} outputs are not probabilities, so there is no predict_proba. Use "
                f"activations, or train with a softmax output."
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _outputs(self, x: npt.ArrayLike) -> Floats:
        """Return z^L (n, classes), new, in the network's dtype."""
        inputs: Array = checked_inputs(x, features=self.sizes[0])
        warn_of_another(inputs, self._scale, "x")
        return finite_inputs(self._network, inputs).astype(self._network.dtype)


class SoftmaxNetwork(TrainedNetwork):
    """A trained network with softmax outputs, which are probabilities."""

    def predict_proba(self, x: npt.ArrayLike) -> Floats:
        """Return the probabilities of the classes (n, classes), each row with the sum 1."""
        return self.activations(x)


def load_network(path: str | Path) -> TrainedNetwork:
    """Return the network in a file that ``save`` or ``nntrain export`` wrote: npz, or the json.

    Its ``labels`` are those it was saved with in npz, otherwise 0 … classes − 1. Raises
    ``NntrainError`` if the file cannot be read, is damaged, or has another format.
    """
    if not isinstance(path, str | Path):
        raise NntrainError(f"path: expected the path of a file, got {path!r}.")
    path = Path(path)
    network = read(path).network
    origin = load_about(path)
    found = card(path.stem, "an unknown dataset", origin, network)
    labels = origin.get(LABELS, range(network.sizes[-1]))
    return trained_network(network, labels, found, scale_of_training(origin))


def read_only(array: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
    """Return a view through which nobody changes what the array's owner computes with."""
    view = array.view()
    view.flags.writeable = False
    return view


def trained_network(
    network: Network, labels: Sequence[Label], card: ModelCard, scale: Scale | None
) -> TrainedNetwork:
    """Return ``network`` with its labels; a ``SoftmaxNetwork`` if its outputs are softmax.

    ``scale`` is that of the inputs of its training, None if unknown.
    """
    kind = SoftmaxNetwork if network.output.distribution else TrainedNetwork
    return kind(network, labels, card, scale)
