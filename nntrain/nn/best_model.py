"""The best model so far: a copy of the parameters with the highest validation accuracy."""

from nntrain.nn.arrays import Floats
from nntrain.nn.network import Network


class BestModel:
    """The epoch, the validation accuracy (0 to 1) and the parameters of the best model so far.

    If several epochs tie, the first one wins. Before the first epoch, ``epoch`` is 0,
    ``accuracy`` is −1, and the parameters are those of ``network``.
    """

    def __init__(self, network: Network) -> None:
        self._network = network.copy()
        self.epoch = 0
        self.accuracy = -1.0

    @property
    def parameters(self) -> list[Floats]:
        """All weights, then all biases: the arrays themselves, not copies."""
        return self._network.parameters

    def keep(self, model: Network, epoch: int, accuracy: float | None) -> bool:
        """Copy ``model`` if it is better than the best so far; return whether it is.

        Without a validation set ``accuracy`` is None, and the latest model is the best.
        """
        if accuracy is not None:
            if accuracy <= self.accuracy:
                return False
            self.accuracy = accuracy
        self.epoch = epoch
        self._network.assign(model.parameters)
        return True

    def network(self) -> Network:
        """Return the best model as a new network."""
        return self._network.copy()
