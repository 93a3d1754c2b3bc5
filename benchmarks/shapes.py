"""The shapes to measure: sizes, mini-batch, and the number of examples per round.

A round takes the first examples of the training set, a multiple of the mini-batch, so that every
contestant makes the same number of updates of the same size. Seconds are stated for 60,000 images,
extrapolated in proportion to the number of updates.
"""

from dataclasses import dataclass
from itertools import pairwise

LEARNING_RATE = 0.1
EPOCH = 60_000
"""Images for which seconds are stated."""


@dataclass(frozen=True)
class Shape:
    """``examples`` are those of a round, ``book_examples`` those of the book's loop (0: none)."""

    name: str
    hidden: tuple[int, ...]
    batch_size: int
    examples: int
    book_examples: int

    @property
    def sizes(self) -> tuple[int, ...]:
        return (784, *self.hidden, 10)

    @property
    def multiplications(self) -> int:
        """Those of an image's matrix products: the way forward, (BP4), and (BP2)."""
        layers = [a * b for a, b in pairwise(self.sizes)]
        return 2 * sum(layers) + sum(layers[1:])

    def cut(self, available: int, examples: int) -> int:
        """Return how many of ``examples`` are available, as whole mini-batches."""
        return min(examples, available) // self.batch_size * self.batch_size


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("A", (30,), 10, examples=50_000, book_examples=5_000),
        Shape("B", (100,), 10, examples=50_000, book_examples=2_000),
        Shape("C", (800,), 64, examples=25_600, book_examples=640),
        Shape("D", (2500, 2000, 1500, 1000, 500), 128, examples=4_096, book_examples=0),
        Shape("A1", (30,), 1, examples=50_000, book_examples=5_000),
        Shape("F", (400,), 128, examples=25_600, book_examples=0),  # the default sizes of fit
    )
}
