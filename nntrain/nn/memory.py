"""The memory that training needs, estimated before any of it is allocated.

A test compares the estimate with the actual allocation.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from nntrain.nn.batches import block_size, prefetched_blocks
from nntrain.nn.compiled_loop import evaluation_rows
from nntrain.nn.dropout import Dropout
from nntrain.nn.network import EVALUATION_CHUNK
from nntrain.nn.optimizer import SGD
from nntrain.nn.training import GRADIENT_PROBE_EXAMPLES
from nntrain.storage.mapped import LARGE_FILE_BYTES

LABEL_BYTES = 9
"""A label as it is stored, and as the compiled loop reads it."""


class TrainingMemory(NamedTuple):
    """Bytes of all arrays shaped like the parameters, and of all with one row per example."""

    network: int
    examples: int


def training_memory(
    sizes: Sequence[int],
    item_bytes: int,
    sgd: SGD,
    examples: int,
    dropout: Dropout | None = None,
    *,
    distorted: bool = False,
    compiled: bool = False,
) -> TrainingMemory:
    """Return an upper bound for a ``Trainer`` of a network with ``sizes``, and its checkpoint.

    ``item_bytes`` is the size of a parameter; the images are uint8. The checkpoint that resuming
    reads is included, so whatever can be trained can be resumed. ``compiled`` is for the compiled
    loop, which copies the images of a mapped file if it is not large.
    """
    parameters = sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(sizes))
    velocity, averaged = sgd.momentum > 0, sgd.average_epochs > 0
    trained = 3 + velocity + 2 * averaged  # network, gradients, best; an average and its change
    read = 2 + velocity + averaged  # a checkpoint has no gradients
    network = parameters * item_bytes * (trained + read)

    batch_size = min(sgd.batch_size, examples)
    block = block_size(batch_size)
    gathered = block * sizes[0] * (1 + item_bytes)
    order = examples * 4
    if compiled:
        copied = 0 if distorted else examples
        in_training = _compiled_loop(sizes, batch_size, item_bytes, dropout, copied)
    else:
        in_training = _workspace(sizes, batch_size, item_bytes, dropout)
    always = gathered + order + in_training
    # plus the largest of three: distorted blocks (those waiting, one being made, one in use);
    # the gradient measurement; the evaluation of a part of the dataset
    waiting = (prefetched_blocks(block) + 2) * block * sizes[0] if distorted else 0
    probed = min(GRADIENT_PROBE_EXAMPLES, examples)
    probe = probed * sizes[0] * (1 + item_bytes) + _workspace(sizes, probed, item_bytes)
    measured = EVALUATION_CHUNK * sum(sizes) * item_bytes
    return TrainingMemory(network, always + max(waiting, probe, measured))


def _workspace(
    sizes: Sequence[int], rows: int, item_bytes: int, dropout: Dropout | None = None
) -> int:
    """Return the bytes of a ``Workspace`` of ``rows`` examples and of the masks of ``dropout``."""
    inputs, *hidden, classes = sizes
    # z, a, δ and slopes; in the output layer a spread instead of slopes; ones
    columns = 4 * sum(hidden) + 4 * classes + 1
    if dropout is not None:
        columns += inputs * (dropout.inputs > 0) + sum(set(hidden)) * (dropout.hidden > 0)
    return rows * columns * item_bytes


def _compiled_loop(
    sizes: Sequence[int], batch_size: int, item_bytes: int, dropout: Dropout | None, copied: int
) -> int:
    """Return the bytes of a ``CompiledLoop``, the masks of ``dropout`` and ``copied`` examples."""
    rows = max(batch_size, evaluation_rows(sizes))
    masks = 0
    if dropout is not None:
        masks = sizes[0] * (dropout.inputs > 0) + sum(sizes[1:-1]) * (dropout.hidden > 0)
    results = EVALUATION_CHUNK * sizes[-1]
    buffers = (4 * rows * sum(sizes) + block_size(batch_size) * masks + results) * item_bytes
    images = copied * sizes[0]
    return buffers + (images + copied * LABEL_BYTES if images < LARGE_FILE_BYTES else 0)
