"""Mini-batches: every example once an epoch, in a fresh random order, a few at a time.

About a hundred examples are gathered and scaled together into one buffer that stays in
cache; the mini-batches are views of it.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import pairwise
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import TypeVar

import numpy as np

from nntrain.nn.arrays import Array, Floats, Integers, aligned_empty
from nntrain.storage.mapped import take_rows

GATHER_EXAMPLES = 128
EXAMPLES_AHEAD = 2048
"""Distorted at most so many before they are needed."""

Batch = tuple[Floats, Integers]
"""Inputs (batch, features) in the network's dtype, and labels (batch,)."""

Distort = Callable[[Array, int, int], object]
"""(inputs (n, features), epoch, place in its order of the first): changes them in place, always
in the same way at the same place."""


class MiniBatches:
    """Mini-batches of ``batch_size`` from ``inputs`` (n, ...) and ``labels`` (n,).

    ``inputs`` are uint8 pixels, scaled to 0..1 on the way, or floats; they are read where
    they lie, a memory map included, and never copied whole. With ``distort`` every example
    is distorted anew each time, by a thread that works ahead.
    """

    def __init__(
        self,
        inputs: Array,
        labels: Integers,
        batch_size: int,
        dtype: np.dtype[np.floating],
        distort: Distort | None = None,
    ) -> None:
        self.inputs = inputs.reshape(len(inputs), -1)
        self.labels = labels
        self.distort = distort
        self.batch_size = min(batch_size, len(inputs))
        self.block_size = self.batch_size * max(1, GATHER_EXAMPLES // self.batch_size)
        features = self.inputs.shape[1]
        self._raw = np.empty((self.block_size, features), inputs.dtype)
        self._inputs = aligned_empty((self.block_size, features), dtype)
        self._labels = np.empty(self.block_size, np.intp)
        self._block = self._views(self.block_size)

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.inputs)

    def blocks(
        self, order: Integers, epoch: int = 0, begin: int = 0
    ) -> Generator[list[Batch], None, None]:
        """Yield the examples ``order`` (indices), from ``begin`` on, as blocks of mini-batches.

        A block's arrays live until the next one. The last mini-batch is shorter where the
        batch size does not divide the number of examples. ``begin`` is where a block began.
        """
        gathered: AbstractContextManager[Iterator[Array]]
        if self.distort is None:
            gathered = nullcontext(self._gathered(order, begin))
        else:
            most = max(1, EXAMPLES_AHEAD // self.block_size)
            gathered = ahead(self._distorted(self.distort, order, epoch, begin), most)
        with gathered as inputs:
            for start, raw in zip(range(begin, len(order), self.block_size), inputs, strict=False):
                size = len(raw)
                scale_pixels(raw, self._inputs[:size])
                np.copyto(self._labels[:size], self.labels.take(order[start : start + size]))
                yield self._block if size == self.block_size else self._views(size)

    def first(self, count: int) -> Batch:
        """Return the first ``count`` examples as they are, in arrays of their own."""
        raw = np.empty((count, *self._raw.shape[1:]), self._raw.dtype)
        take_rows(self.inputs, np.arange(count), raw)
        inputs = np.empty(raw.shape, self._inputs.dtype)
        scale_pixels(raw, inputs)
        return inputs, self.labels[:count]

    def _gathered(self, order: Integers, begin: int) -> Iterator[Array]:
        """Yield the inputs of each block, in a buffer that the next one overwrites."""
        for _, indices in self._indices(order, begin):
            inputs = self._raw[: len(indices)]
            take_rows(self.inputs, indices, inputs)
            yield inputs

    def _distorted(
        self, distort: Distort, order: Integers, epoch: int, begin: int
    ) -> Iterator[Array]:
        """Yield the inputs of each block distorted, in arrays of their own."""
        for start, indices in self._indices(order, begin):
            inputs = np.empty_like(self._raw[: len(indices)])
            take_rows(self.inputs, indices, inputs)
            distort(inputs, epoch, start)
            yield inputs

    def _indices(self, order: Integers, begin: int) -> Iterator[tuple[int, Integers]]:
        """Yield (place in the order, indices) of each block."""
        for start in range(begin, len(order), self.block_size):
            yield start, order[start : start + self.block_size]

    def _views(self, size: int) -> list[Batch]:
        """Return the first ``size`` examples of the block as mini-batches."""
        ends = [*range(self.batch_size, size, self.batch_size), size]
        return [(self._inputs[i:end], self._labels[i:end]) for i, end in pairwise([0, *ends])]


def scale_pixels(inputs: Array, out: Floats) -> None:
    """Write uint8 pixels, scaled from 0..255 to 0..1, into ``out``; floats are copied as they are.

    ``inputs`` and ``out`` are (n, features).
    """
    if inputs.dtype == np.uint8:
        np.copyto(out, inputs)  # faster than converting while multiplying
        np.multiply(out, out.dtype.type(1 / 255), out)
    else:
        np.copyto(out, inputs)


Item = TypeVar("Item")


@contextmanager
def ahead(items: Iterable[Item], most: int) -> Iterator[Iterator[Item]]:
    """Yield an iterator over ``items``, which a thread goes through, up to ``most`` ahead.

    What ``items`` raises is raised where the item would have come. When the block is left the
    thread is stopped, after the item in hand, and waited for.
    """
    ready: SimpleQueue[tuple[Item] | BaseException] = SimpleQueue()
    room = Semaphore(most - 1)
    left = False

    def work() -> None:
        try:
            for item in items:
                ready.put((item,))
                room.acquire()
                if left:
                    return
            ready.put(StopIteration())
        except BaseException as error:  # the reader's to raise, whatever it is
            ready.put(error)

    thread = Thread(target=work, name="nntrain-ahead", daemon=True)
    thread.start()
    try:
        yield _received(ready, room)
    finally:
        left = True
        room.release()
        thread.join()


def _received(
    ready: "SimpleQueue[tuple[Item] | BaseException]", room: Semaphore
) -> Iterator[Item]:
    """Yield what the thread has put into ``ready``, making room for another one each time."""
    while True:
        message = ready.get()
        if isinstance(message, StopIteration):
            return
        if isinstance(message, BaseException):
            raise message
        room.release()
        yield message[0]
