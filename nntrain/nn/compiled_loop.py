"""The compiled loop of one training: its buffers, its blocks, and its forward pass alone."""

from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from nntrain.errors import NntrainError
from nntrain.nn.arrays import CACHE_LINE_BYTES, Array, Floats, Integers, aligned_empty
from nntrain.nn.averaging import share
from nntrain.nn.network import EVALUATION_CHUNK, Network
from nntrain.nn.optimizer import Optimizer

if TYPE_CHECKING:
    from nntrain.nn.training import Trainer

BLOCK_MULTIPLICATIONS, LEAST_MULTIPLICATIONS = 400_000_000, 50_000
"""The most in the forward passes of a block, about 10 ms, unless one mini-batch takes longer: a
block cannot be interrupted. An example counts as at least 50,000."""
SMALL_PRODUCT, LEAST_ROWS = 800_000, 10
"""OpenBLAS has faster code for products below about a million multiplications, so evaluation
takes as many images at once as that allows. With fewer than 10, NumPy evaluates faster."""


class CompiledLoop:
    """The loop for one training, with its buffers.

    It trains the network of ``optimizer``, with its velocity and settings, on images of
    ``image_dtype``: uint8, float32 or float64. ``announce`` is called before the loop is
    compiled, which takes seconds; not if it comes from the cache. Raises ``NntrainError`` for
    another dtype.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        batch_size: int,
        image_dtype: np.dtype[Any],
        announce: Callable[[], object] = lambda: None,
    ) -> None:
        from nntrain.nn.compiled import loop_for

        if image_dtype not in (np.uint8, np.float32, np.float64):
            raise NntrainError(
                f"The engine numba takes images of uint8, float32 or float64, got {image_dtype}. "
                f"Convert them, or train with the engine numpy."
            )
        network, dtype = optimizer.network, optimizer.network.dtype
        self.optimizer, self.batch_size, self.image_dtype = optimizer, batch_size, image_dtype
        line = CACHE_LINE_BYTES // dtype.itemsize
        self._rows = evaluation_rows(network.sizes)
        rows = max(batch_size, self._rows)
        # Five lines between two layers: arrays at equal page offsets evict each other from caches.
        lengths = [(-(-rows * n // line) + 5) * line for n in network.sizes]
        self._shape = _shape(network, lengths)
        self._options = _options(optimizer, image_dtype)
        self._work = aligned_empty((4, sum(lengths)), dtype)
        self._work.fill(0)
        self._sums = aligned_empty((max(network.sizes),), dtype)
        velocity = optimizer.velocity
        self._velocity = velocity.vector if velocity else np.empty(0, dtype)
        self._none = np.empty(0, dtype), np.full(len(network.sizes), -1)
        self._z = np.empty(0, dtype)
        nothing = np.empty((0, network.sizes[0]), image_dtype), np.empty(0, np.uint32)
        self._loop = loop_for(self._arguments(network, batch_size, *nothing), announce)

    def train(
        self,
        images: Array,
        rows: Integers,
        labels: Integers,
        rates: Floats,
        masks: tuple[Floats, Integers] | None = None,
    ) -> None:
        """Take one step for each mini-batch of a block.

        Example i is ``images[rows[i]]``: ``images`` (n, features), ``rows`` (block,) uint32.
        ``labels`` (block,) integer and ``rates`` float64, one η for each mini-batch, are in the
        block's order; ``masks`` are those of ``Dropout.draw_block``.
        """
        network = self.optimizer.network
        self._loop(*self._arguments(network, self.batch_size, images, rows, labels, rates, masks))

    def blocks(
        self, trainer: "Trainer", order: Integers, stops: Collection[int]
    ) -> Generator[int, None, None]:
        """Train the rest of an epoch; yield the examples done after each block.

        Blocks are longer than NumPy's, but end where NumPy's do at ``stops`` and at updates of
        the average. With dropout they are NumPy's, because masks are drawn for each block.
        """
        batches, dropout, network = trainer.batches, trainer.dropout, trainer.network
        ends = _block_ends(trainer, stops)
        with closing(batches.rows(order, trainer.epoch, trainer.done, ends)) as blocks:
            for images, rows, labels in blocks:
                whole, rest = divmod(len(rows), self.batch_size)
                sizes, masks = [self.batch_size] * whole + [rest] * (rest > 0), None
                if dropout is not None:
                    dropout.reseed(trainer.epoch, trainer.done)
                    masks = dropout.draw_block(network.sizes, sizes, network.dtype)
                self.train(images, rows, labels, _rates(trainer, sizes), masks)
                trainer.done += len(rows)
                yield trainer.done

    def weighted_inputs(self, network: Network, images: Array) -> Floats | None:
        """Return z^L (n, classes) of a network of the same shape; the next call overwrites it.

        ``images`` are (n, features). Returns None if NumPy is faster, or if the images have
        another dtype than those that are trained on. Not for two threads at the same time.
        """
        if not self._rows or images.dtype != self.image_dtype:
            return None
        if len(self._z) < len(images) * network.sizes[-1]:
            self._z = np.empty(len(images) * network.sizes[-1], network.dtype)
        rows = np.arange(len(images), dtype=np.uint32)
        contiguous = np.ascontiguousarray(images)
        self._loop(*self._arguments(network, self._rows, contiguous, rows))
        return self._z[: len(images) * network.sizes[-1]].reshape(len(images), -1)

    def _arguments(
        self,
        network: Network,
        m: int,
        images: Array,
        rows: Integers,
        labels: Integers | None = None,
        rates: Floats | None = None,
        masks: tuple[Floats, Integers] | None = None,
    ) -> tuple[Any, ...]:
        """Return the loop's arguments, always of the same types."""
        images = images.view()
        images.flags.writeable = False
        given = np.empty(0, np.intp) if labels is None else labels.astype(np.intp, copy=False)
        rates = np.empty(0) if rates is None else rates
        state = network.layers.vector, self._velocity, self._work, self._sums
        data = images, rows, given, rates, *(masks or self._none), self._z
        return (self._shape, self._options, m, *state, *data)


def evaluation_rows(sizes: Sequence[int]) -> int:
    """Return how many images the compiled loop evaluates at once; 0 if NumPy is faster."""
    rows = SMALL_PRODUCT // max(a * b for a, b in pairwise(sizes))
    return min(rows, EVALUATION_CHUNK) if rows >= LEAST_ROWS else 0


def _shape(network: Network, lengths: list[int]) -> Any:
    """Return the network's ``Shape``, for buffers in which layer l has ``lengths[l]`` elements."""
    from nntrain.nn.compiled import HIDDEN, OUTPUTS, Shape

    layers = network.layers

    def offsets(arrays: list[Floats]) -> Integers:
        start, itemsize = layers.vector.ctypes.data, layers.vector.itemsize
        return np.array([0, *((array.ctypes.data - start) // itemsize for array in arrays)])

    return Shape(
        np.array(network.sizes),
        offsets(layers.weights),
        offsets(layers.biases),
        len(layers.all_weights),
        np.cumsum([0, *lengths[:-1]]),
        HIDDEN[network.hidden.name],
        OUTPUTS[network.output.name],
    )


def _options(optimizer: Optimizer, image_dtype: np.dtype[Any]) -> Any:
    """Return the ``Options`` of a training."""
    from nntrain.nn.compiled import Options

    output, number = optimizer.network.output, optimizer.network.dtype.type
    return Options(
        number(1 / 255 if image_dtype == np.uint8 else 1),
        number(output.inverse_temperature),
        number(output.label_smoothing),
        number(optimizer.momentum),
        number(optimizer.decay),
        number(optimizer.max_norm or 0),
    )


def _block_ends(trainer: "Trainer", stops: Collection[int]) -> list[int]:
    """Return where the blocks of the rest of the epoch end, as numbers of examples."""
    size, average = trainer.batches.block_size, trainer.average
    example = max(LEAST_MULTIPLICATIONS, sum(W.size for W in trainer.network.weights))
    longest = 1 if trainer.dropout else max(1, BLOCK_MULTIPLICATIONS // (example * size))
    examples, ends, blocks = len(trainer.batches), [], 0
    for end in [*range(trainer.done + size, examples, size), examples]:
        blocks += 1
        position = trainer.epoch, max(0, end - size), end
        due = average is not None and share(average.epochs, examples, *position) > 0
        if blocks == longest or end == examples or end in stops or due:
            ends.append(end)
            blocks = 0
    return ends


def _rates(trainer: "Trainer", sizes: Sequence[int]) -> Floats:
    """Return the learning rates of the next mini-batches, which have these sizes."""
    if trainer.sgd.schedule.settled(trainer.epoch + trainer.done / len(trainer.batches)):
        return np.full(len(sizes), trainer.sgd.learning_rate)
    m = trainer.batches.batch_size
    return np.array([trainer.rate(trainer.done + i * m, size) for i, size in enumerate(sizes)])
