"""Mini-batches: every example once per epoch, in a new random order.

About a hundred examples are gathered and scaled together into one buffer that stays in cache; the
mini-batches are views of it.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import TypeVar

import numpy as np

from nntrain.nn.arrays import Array, Floats, Integers, aligned_empty, scale_pixels
from nntrain.storage.mapped import LARGE_FILE_BYTES, mapped_bytes, take_rows

GATHER_EXAMPLES = 128
PREFETCH_EXAMPLES = 2048
"""The largest number of distorted examples waiting to be used."""

Batch = tuple[Floats, Integers]
"""Inputs (batch, features) in the network's dtype, and labels (batch,)."""

Distort = Callable[[Array, int, int], object]
"""(inputs (n, features), epoch, start): distorts the inputs in place. ``start`` is the index of
the first one in the epoch's order; the same epoch and start give the same distortion."""


def block_size(batch_size: int) -> int:
    """Return how many examples are gathered at a time: whole mini-batches."""
    return batch_size * max(1, GATHER_EXAMPLES // batch_size)


def prefetched_blocks(size: int) -> int:
    """Return how many distorted blocks of ``size`` examples may wait to be used."""
    return max(1, PREFETCH_EXAMPLES // size)


class MiniBatches:
    """Mini-batches of ``batch_size`` from ``inputs`` (n, ...) and ``labels`` (n,).

    ``inputs`` are uint8 pixels, which are scaled to 0..1, or floats. They are never copied as a
    whole, except by ``rows``; a memory map is read in place. With ``distort`` every example is
    distorted anew in every epoch, by a background thread.
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
        self.block_size = block_size(self.batch_size)
        features = self.inputs.shape[1]
        self._raw = np.empty((self.block_size, features), inputs.dtype)
        self._inputs = aligned_empty((self.block_size, features), dtype)
        self._labels = np.empty(self.block_size, np.intp)
        self._block = self._views(self.block_size)

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.inputs)

    def blocks(
        self, order: Integers, epoch: int = 0, start: int = 0
    ) -> Generator[list[Batch], None, None]:
        """Yield the examples ``order[start:]`` (indices) as blocks of mini-batches.

        Each block overwrites the arrays of the one before. The last mini-batch is shorter if the
        batch size does not divide the number of examples. ``start`` must be the start of a block.
        """
        with self._raw_blocks(order, epoch, start) as raw_blocks:
            for first, raw in raw_blocks:
                size = len(raw)
                scale_pixels(raw, self._inputs[:size])
                np.copyto(self._labels[:size], self.labels.take(order[first : first + size]))
                yield self._block if size == self.block_size else self._views(size)

    def rows(
        self, order: Integers, epoch: int, start: int, ends: Sequence[int]
    ) -> Generator[tuple[Array, Integers, Integers], None, None]:
        """Yield the same examples as blocks (images, rows, labels) for the compiled loop.

        ``images`` are (n, features) as stored, ``rows`` (block,) uint32, ``labels`` (block,):
        example i of a block is ``images[rows[i]]`` with ``labels[i]``. ``ends`` are where blocks
        end, multiples of the block size and the last example. Images that are distorted, or read
        from a large file, come in blocks of the block size instead.
        """
        mapped = mapped_bytes(self.inputs)
        if self.distort is None and mapped < LARGE_FILE_BYTES:
            if mapped or not self.inputs.flags.c_contiguous:
                # random rows of a mapped file are slow
                self.inputs = np.array(self.inputs, order="C")
            for first, end in pairwise([start, *ends]):
                rows = order[first:end]
                yield self.inputs, rows, self.labels.take(rows)
            return
        with self._raw_blocks(order, epoch, start) as raw_blocks:
            for first, raw in raw_blocks:
                rows = np.arange(len(raw), dtype=np.uint32)
                yield raw, rows, self.labels.take(order[first : first + len(raw)])

    @contextmanager
    def _raw_blocks(
        self, order: Integers, epoch: int, start: int
    ) -> Iterator[Iterator[tuple[int, Array]]]:
        """Yield an iterator over (first, inputs as stored) of each block, distorted if wanted."""
        starts = range(start, len(order), self.block_size)
        if self.distort is None:
            yield zip(starts, self._gathered(order, start), strict=True)
            return
        distorted = self._distorted(self.distort, order, epoch, start)
        with prefetch(distorted, prefetched_blocks(self.block_size)) as inputs:
            yield zip(starts, inputs, strict=False)

    def first(self, count: int) -> Batch:
        """Return the first ``count`` examples, undistorted, in new arrays."""
        raw = np.empty((count, *self._raw.shape[1:]), self._raw.dtype)
        take_rows(self.inputs, np.arange(count), raw)
        inputs = np.empty(raw.shape, self._inputs.dtype)
        scale_pixels(raw, inputs)
        return inputs, self.labels[:count]

    def _gathered(self, order: Integers, start: int) -> Iterator[Array]:
        """Yield the inputs of each block, in a buffer that the next one overwrites."""
        for first in range(start, len(order), self.block_size):
            indices = order[first : first + self.block_size]
            inputs = self._raw[: len(indices)]
            take_rows(self.inputs, indices, inputs)
            yield inputs

    def _distorted(
        self, distort: Distort, order: Integers, epoch: int, start: int
    ) -> Iterator[Array]:
        """Yield the distorted inputs of each block, in new arrays."""
        for number, gathered in enumerate(self._gathered(order, start)):
            inputs = gathered.copy()
            distort(inputs, epoch, start + number * self.block_size)
            yield inputs

    def _views(self, size: int) -> list[Batch]:
        """Return the first ``size`` examples of the buffer as mini-batches."""
        ends = [*range(self.batch_size, size, self.batch_size), size]
        return [(self._inputs[i:end], self._labels[i:end]) for i, end in pairwise([0, *ends])]


Item = TypeVar("Item")


@contextmanager
def prefetch(items: Iterable[Item], count: int) -> Iterator[Iterator[Item]]:
    """Prefetch ``items`` in a background thread; yield an iterator over them.

    At most ``count`` items wait to be taken. An exception raised by ``items`` is raised again in
    place of its item. Leaving the block stops the thread after the item in progress, and waits
    for it.
    """
    ready: SimpleQueue[tuple[Item] | BaseException] = SimpleQueue()
    room = Semaphore(count - 1)
    stopped = False

    def work() -> None:
        try:
            for item in items:
                ready.put((item,))
                room.acquire()
                if stopped:
                    return
            ready.put(StopIteration())
        except BaseException as error:  # raised again in the thread that reads
            ready.put(error)

    thread = Thread(target=work, name="nntrain-prefetch", daemon=True)
    thread.start()
    try:
        yield _received(ready, room)
    finally:
        stopped = True
        room.release()
        thread.join()


def _received(
    ready: "SimpleQueue[tuple[Item] | BaseException]", room: Semaphore
) -> Iterator[Item]:
    """Yield what the thread puts into ``ready``; each time, let it produce one more item."""
    while True:
        message = ready.get()
        if isinstance(message, StopIteration):
            return
        if isinstance(message, BaseException):
            raise message
        room.release()
        yield message[0]
