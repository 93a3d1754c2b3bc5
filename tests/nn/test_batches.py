import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.nn.batches import GATHER_EXAMPLES, MiniBatches, prefetch


def threads():
    """The prefetching threads that are running."""
    return [t for t in threading.enumerate() if t.name == "nntrain-prefetch"]


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


def test_a_memory_map_is_read_in_place(tmp_path):
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


class TestDistorted:
    """A background thread distorts every block, the same way each time at the same position."""

    def batches(self, distort, count=1000, batch_size=10):
        pixels = np.random.default_rng(0).integers(0, 200, (count, 6), dtype=np.uint8)
        return MiniBatches(pixels, np.arange(count), batch_size, np.dtype(np.float64), distort)

    def test_inputs_are_distorted_and_the_originals_unchanged(self):
        def brighten(inputs, epoch, start):
            inputs += np.uint8(epoch)

        batches = self.batches(brighten)
        before, order = batches.inputs.copy(), np.random.default_rng(1).permutation(1000)
        blocks = [(x.copy(), y.copy()) for b in batches.blocks(order, 7) for x, y in b]
        inputs = np.concatenate([x for x, _ in blocks])
        np.testing.assert_allclose(inputs * 255, before[order] + 7.0)
        np.testing.assert_array_equal(np.concatenate([y for _, y in blocks]), order)
        np.testing.assert_array_equal(batches.inputs, before)

    def test_a_run_resumed_inside_an_epoch_sees_the_same_distortions(self):
        def noise(inputs, epoch, start):
            rng = np.random.default_rng([epoch, start])
            inputs += rng.integers(0, 50, inputs.shape, dtype=np.uint8)

        order = np.arange(1000)
        whole = [[x.copy() for x, _ in b] for b in self.batches(noise).blocks(order, 2)]
        batches = self.batches(noise)
        start = 3 * batches.block_size
        rest = [[x.copy() for x, _ in b] for b in batches.blocks(order, 2, start)]
        for one, other in zip(whole[3:], rest, strict=True):
            for a, b in zip(one, other, strict=True):
                np.testing.assert_array_equal(a, b)

    def test_timing_changes_nothing(self):
        """A slow thread, a slow reader: the same bits."""

        def epoch(distort_s, read_s):
            def shift(inputs, epoch, start):
                time.sleep(distort_s)
                inputs += np.uint8(start % 7)

            seen = []
            for block in self.batches(shift).blocks(np.arange(1000)):
                time.sleep(read_s)
                seen += [x.copy() for x, _ in block]
            return np.concatenate(seen).tobytes()

        assert epoch(0.002, 0) == epoch(0, 0.002) == epoch(0, 0)

    def test_an_error_reaches_the_caller_and_no_thread_is_left(self):
        def fail(inputs, epoch, start):
            if start > 300:
                raise MemoryError("no more")

        with pytest.raises(MemoryError, match="no more"):
            list(self.batches(fail).blocks(np.arange(1000)))
        assert not threads()
        blocks = self.batches(lambda inputs, epoch, start: None).blocks(np.arange(1000))
        next(blocks)
        blocks.close()  # stopped early
        assert not threads()


class TestPrefetch:
    def test_works_ahead_up_to_a_limit_while_the_caller_is_busy(self):
        made = []

        def numbers():
            for number in range(50):
                made.append(number)
                yield number

        with prefetch(numbers(), 4) as items:
            next(items)
            for _ in range(200):
                if len(made) == 5:
                    break
                time.sleep(0.005)
            time.sleep(0.02)
            assert len(made) == 5  # the one that was taken, and four more
            assert list(items) == list(range(1, 50))

    def test_an_error_is_raised_in_place_of_its_item(self):
        def numbers():
            yield 1
            raise ZeroDivisionError("at the second")

        with prefetch(numbers(), 5) as items:
            assert next(items) == 1
            with pytest.raises(ZeroDivisionError, match="at the second"):
                next(items)
        assert not threads()

    @pytest.mark.parametrize("taken", [0, 1, 7])
    def test_leaving_early_stops_the_thread(self, taken):
        made = []

        def numbers():
            for number in range(10**9):
                made.append(number)
                yield number

        def interrupted():
            with prefetch(numbers(), 2) as items:
                for _ in range(taken):
                    next(items)
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert not threads()
        assert len(made) <= taken + 4
