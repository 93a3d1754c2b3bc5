"""The subject of a report: what was evaluated, in words, and the images it was evaluated on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Subject:
    """What an evaluation is about, in words, and the images (n, rows, columns) it was made on."""

    network: str
    run: str
    output: str
    examples: str
    images: NDArray[np.uint8]
