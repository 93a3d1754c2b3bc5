"""Large files are read; pages of other maps are released; writable maps are left alone."""

import gc
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from nntrain.data import idx
from nntrain.data.dataset import Dataset, Split
from nntrain.errors import DatasetError
from nntrain.nn.batches import MiniBatches
from nntrain.nn.optimizer import SGD
from nntrain.nn.training import Trainer
from nntrain.storage import mapped
from nntrain.storage.mapped import chunks, take_rows
from tests.nn.helpers import make_network

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def resident_bytes(path):
    """The resident memory of this file's maps, from /proc/self/smaps."""
    total, inside = 0, False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        if "-" in line.split(" ")[0]:
            inside = str(path) in line
        elif inside and line.startswith("Rss:"):
            total += int(line.split()[1]) * 1024
    return total


@pytest.fixture
def images(tmp_path, monkeypatch):
    """A file of 1.6 MB, which counts as large."""
    monkeypatch.setattr(mapped, "LARGE_FILE_BYTES", 1_000_000)
    path = tmp_path / "images-idx3-ubyte"
    idx.write(path, np.random.default_rng(0).integers(0, 255, (2000, 28, 28), np.uint8))
    return path


def read_through(array, size=300):
    return b"".join(chunk.tobytes() for _, chunk in chunks(array, size))


def train_on(images, distort=None):
    labels = np.zeros(len(images), np.uint8)
    batches = MiniBatches(images, labels, 128, np.dtype(np.float32), distort)
    for _ in batches.blocks(np.arange(len(images))):
        pass


def train_on_distorted(images):
    train_on(images, lambda inputs, epoch, place: None)


def evaluate(images):
    network = make_network((784, 2))
    network.cost_and_accuracy(images, np.zeros(len(images), np.uint8))


def probe_gradients(images):
    network, labels = make_network((784, 2)), np.zeros(len(images), np.uint8)
    sgd = SGD(learning_rate=0.1, batch_size=100, epochs=1)
    Trainer(network, (images, labels), None, sgd, np.random.default_rng(0)).gradient_norms()


def digest(images):
    split = Split(images, np.zeros(len(images), np.uint8))
    Dataset("x", "x", ("a",), split, split, split, Path()).sha256()


READERS = [train_on, train_on_distorted, evaluate, probe_gradients, digest]


@linux
@pytest.mark.parametrize("read", READERS)
def test_reading_a_large_file_from_end_to_end_leaves_none_of_it_mapped(images, read):
    read(idx.read(images))
    assert resident_bytes(images) == 0


@linux
def test_no_chunk_of_a_large_file_is_mapped(images):
    for _ in chunks(idx.read(images), 300):
        assert resident_bytes(images) == 0


@linux
@pytest.mark.parametrize("read", READERS)
def test_reading_a_truncated_large_file_is_an_error_not_a_crash(images, read):
    array = idx.read(images)
    os.truncate(images, 500_000)
    with pytest.raises(DatasetError, match="became shorter"):
        read(array)


@linux
def test_rows_at_random_of_a_large_file_are_not_mapped(images):
    part = idx.read(images)[500:].reshape(1500, -1)
    indices = np.array([1499, 0, 7, 7], np.uint32)
    out = np.empty((4, 784), np.uint8)
    take_rows(part, indices, out)
    assert resident_bytes(images) == 0
    np.testing.assert_array_equal(out, part[indices])


@pytest.mark.parametrize(
    "part",
    [
        np.s_[:, ::2],
        np.s_[:, ::-1],
        np.s_[::2],
        np.s_[::-1],
        np.s_[7:, 100:],
        np.s_[:, :14],
        np.s_[:],
        np.s_[500:],
    ],
    ids=str,
)
def test_rows_of_any_view_are_its_own(images, part):
    rows = idx.read(images).reshape(2000, -1)[part]
    indices = np.array([900, 0, 7])
    out = np.empty((3, rows.shape[1]), np.uint8)
    take_rows(rows, indices, out)
    np.testing.assert_array_equal(out, rows[indices])
    assert read_through(rows) == rows.tobytes()


@linux
def test_rows_of_a_map_from_elsewhere_are_taken_and_given_back(images):
    rows = np.memmap(images, np.uint8, mode="r", offset=16, shape=(2000, 784))
    out = np.empty((2, 784), np.uint8)
    take_rows(rows, np.array([1999, 3]), out)
    assert resident_bytes(images) == 0
    np.testing.assert_array_equal(out, rows[[1999, 3]])


@linux
def test_a_map_from_elsewhere_is_given_back_chunk_by_chunk_and_comes_back(images):
    rows = np.memmap(images, np.uint8, mode="r", offset=16, shape=(2000, 784))
    total = int(rows.sum())
    assert resident_bytes(images) >= rows.nbytes
    again = 0
    for start, chunk in chunks(rows, 1000):
        again += int(chunk.sum())
        if start:  # the first chunk found all of it there, and gave it back
            assert resident_bytes(images) < 0.9 * rows.nbytes
    assert again == total
    assert resident_bytes(images) == 0
    assert int(rows.sum()) == total


@pytest.mark.parametrize("large", [False, True])
def test_chunks_are_the_examples_and_say_where_they_begin(images, monkeypatch, large):
    monkeypatch.setattr(mapped, "LARGE_FILE_BYTES", 1_000_000 if large else 10_000_000)
    array = idx.read(images)[500:]
    written = np.random.default_rng(0).integers(0, 255, (2000, 28, 28), np.uint8)[500:]
    places = []
    for start, chunk in chunks(array, 700):
        np.testing.assert_array_equal(chunk, written[start : start + 700])
        places.append((start, len(chunk)))
    assert places == [(0, 700), (700, 700), (1400, 100)]


@linux
def test_rows_of_a_large_file_come_through_its_name_going(images):
    rows = idx.read(images).reshape(2000, -1)
    expected = rows[3].copy()
    images.unlink()
    out = np.empty((1, 784), np.uint8)
    take_rows(rows, np.array([3]), out)
    np.testing.assert_array_equal(out[0], expected)


@linux
def test_a_row_beyond_the_end_of_a_file_that_was_cut_is_an_error_not_a_crash(images):
    rows = idx.read(images).reshape(2000, -1)
    os.truncate(images, 500_000)
    with pytest.raises(DatasetError, match="became shorter"):
        take_rows(rows, np.array([1999]), np.empty((1, 784), np.uint8))


@linux
def test_an_open_file_is_closed_with_its_map(images):

    def opened():
        return len(list(Path("/proc/self/fd").iterdir()))

    gc.collect()  # files that other tests have left
    before = opened()
    array = idx.read(images)
    assert opened() == before + 2  # mmap's own, and the one rows are read from
    del array
    assert opened() == before


@linux
def test_a_small_file_stays(images, monkeypatch):
    monkeypatch.setattr(mapped, "LARGE_FILE_BYTES", 10_000_000)
    array = idx.read(images)
    read_through(array)
    assert resident_bytes(images) >= array.nbytes


@pytest.mark.parametrize("writable", [True, False])
def test_arrays_in_memory_keep_what_they_hold(monkeypatch, writable):
    monkeypatch.setattr(mapped, "LARGE_FILE_BYTES", 0)
    array = np.arange(10_000)
    array.flags.writeable = writable
    read_through(array)
    assert (array == np.arange(10_000)).all()


def test_changes_in_a_private_map_are_not_lost(images, monkeypatch):
    monkeypatch.setattr(mapped, "LARGE_FILE_BYTES", 0)
    array = np.memmap(images, np.uint8, mode="c")
    array[100:200] = 7
    part = array[:1000]
    part.flags.writeable = False
    for view in (array, part):
        read_through(view)
        assert (array[100:200] == 7).all()
