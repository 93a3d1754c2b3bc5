"""The subject of a report page: one evaluated run, with all that its sections show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.analysis.evaluation import Evaluation
from nntrain.nn.network import Network


@dataclass(frozen=True, eq=False)
class RunSubject:
    """A run and its evaluation on ``n`` examples of ``dataset``.

    ``images`` (n, rows, columns) uint8, ``labels`` (n,) integers, ``log_outputs`` (n, classes)
    ln of the activations. ``origin`` says how the run came to its weights, ``history`` has one
    mapping an epoch as in history.jsonl. ``boxed``: the images have MNIST's normal form.
    ``fitted_c`` is the softmax's c fitted on validation, where there is one. ``substituted``
    says why the dataset stands in for another.
    """

    name: str
    origin: str
    dataset: str
    split: str
    network: Network
    evaluation: Evaluation
    images: NDArray[np.uint8]
    labels: NDArray[Any]
    log_outputs: NDArray[np.floating]
    history: Sequence[Mapping[str, Any]]
    settings: Mapping[str, Any]
    provenance: Mapping[str, Any]
    boxed: bool
    fitted_c: float | None = None
    substituted: str | None = None

    @property
    def examples(self) -> str:
        """What was read, in words: ``the 10,000 test examples of MNIST handwritten digits``."""
        return f"the {self.evaluation.n:,} {self.split} examples of {self.dataset}"
