import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.nn.minibatches import GATHER_EXAMPLES, MiniBatches


def collect(batches, order):
    """All mini-batches of an epoch, copied."""
    return [(x.copy(), y.copy()) for block in batches.blocks(order) for x, y in block]


@given(st.integers(1, 400), st.integers(1, 300), st.integers(0, 99))
def test_every_example_once_in_the_given_order(count, batch_size, seed):
    inputs = np.arange(count, dtype=np.float64).reshape(count, 1)
    labels = np.arange(count) % 7
    batches = MiniBatches(inputs, labels, batch_size, np.dtype(np.float64))
    order = np.random.default_rng(seed).permutation(count)
    epoch = collect(batches, order)
    np.testing.assert_array_equal(np.concatenate([x[:, 0] for x, _ in epoch]), order)
    np.testing.assert_array_equal(np.concatenate([y for _, y in epoch]), order % 7)
    sizes = [len(y) for _, y in epoch]
    assert set(sizes[:-1]) <= {min(batch_size, count)}
    assert 1 <= sizes[-1] <= batch_size


def test_pixels_are_scaled_and_flattened():
    pixels = np.random.default_rng(0).integers(0, 256, (5, 2, 3), dtype=np.uint8)
    batches = MiniBatches(pixels, np.zeros(5, np.uint8), 2, np.dtype(np.float32))
    ((first, _), *_) = collect(batches, np.arange(5))
    assert first.dtype == np.float32
    np.testing.assert_allclose(first, pixels[:2].reshape(2, 6) / 255, rtol=1e-6)


def test_a_memory_map_is_read_where_it_lies(tmp_path):
    path = tmp_path / "pixels"
    path.write_bytes(bytes(range(240)))
    mapped = np.memmap(path, np.uint8, "r", shape=(10, 24))
    batches = MiniBatches(mapped, np.zeros(10, np.uint8), 4, np.dtype(np.float32))
    assert np.shares_memory(batches.inputs, mapped)


@pytest.mark.parametrize("batch_size", [1, 10, 64, 128, 200])
def test_small_batches_are_gathered_together(batch_size):
    batches = MiniBatches(np.zeros((1000, 1)), np.zeros(1000, int), batch_size, np.dtype(float))
    assert batches.block_size % batch_size == 0
    assert max(batch_size, GATHER_EXAMPLES / 2) < batches.block_size + batch_size
