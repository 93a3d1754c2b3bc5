"""The subject of a report: what was evaluated, in words, and the images it was evaluated on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Subject:
    """What an evaluation is about, in words, and the images (n, rows, columns) it was made on.

    ``history`` has one mapping an epoch of the training, as in history.jsonl. ``decay_cost`` is
    the part λ/2n Σ W² of the cost.
    """

    network: str
    run: str
    output: str
    examples: str
    images: NDArray[np.uint8]
    history: Sequence[Mapping[str, Any]] = ()
    decay_cost: float = 0.0
