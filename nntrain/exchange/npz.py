"""npz: nntrain's own model file, which keeps every network to the bit and needs only NumPy."""

from pathlib import Path

from nntrain.exchange.model_card import ModelCard
from nntrain.nn.network import Network
from nntrain.runs.model_file import save_model


def save(path: Path, network: Network, _: ModelCard) -> None:
    """Write ``network`` to ``path``, as the run's own model.npz is written."""
    save_model(path, network)


def recipe(_: Network, path: Path) -> str:
    """Return lines of Python that read the arrays."""
    return (
        f"import numpy\n"
        f"arrays = numpy.load({str(path)!r})\n"
        f"z = pixels @ arrays['weights_0'].T + arrays['biases_0']  # and so on, layer by layer"
    )
