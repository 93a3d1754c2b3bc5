import gzip
import os
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import reduce

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nntrain.data import idx
from nntrain.errors import DatasetError
from tests.cli.disks import longest_file
from tests.data.made import map_below
from tests.hostile.bounds import bounded, memory_below

Bytes = npt.NDArray[np.uint8]
Reader = Callable[[bytes], Bytes]

arrays = hnp.arrays(
    np.uint8, hnp.array_shapes(min_dims=1, max_dims=idx.MAX_DIMENSIONS, min_side=0, max_side=4)
)
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def by_the_book(array):
    """The format as its author describes it, written with struct."""
    magic = struct.pack(">HBB", 0, 8, array.ndim)
    return magic + struct.pack(f">{array.ndim}I", *array.shape) + bytes(array.ravel().tolist())


@pytest.fixture
def read(tmp_path):
    path = tmp_path / "file"

    def reader(content):
        # A new inode each time: an earlier array may still map the old one.
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        return idx.read(path)

    return reader


SMALL = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
RAW = by_the_book(SMALL)


@relaxed
@given(arrays)
def test_encoding_is_the_published_format(array):
    assert idx.encode(array) == by_the_book(array)


@relaxed
@given(array=arrays, zipped=st.booleans())
def test_what_was_written_is_read(read, array, zipped):
    content = by_the_book(array)
    result = read(gzip.compress(content) if zipped else content)
    assert result.dtype == np.uint8
    assert result.shape == array.shape
    assert np.array_equal(result, array)
    assert not result.flags.writeable
    assert type(result) is np.ndarray


@pytest.mark.parametrize(("name", "zipped"), [("raw.gz", False), ("zipped", True)])
def test_the_bytes_and_not_the_name_say_whether_a_file_is_gzipped(tmp_path, name, zipped):
    (tmp_path / name).write_bytes(gzip.compress(RAW) if zipped else RAW)
    assert np.array_equal(idx.read(tmp_path / name), SMALL)


def test_a_raw_file_is_mapped_and_a_gzipped_one_unpacked(read):
    assert map_below(read(RAW)) is not None
    assert map_below(read(gzip.compress(RAW))) is None


def test_reading_a_raw_file_takes_no_memory_of_its_own(tmp_path):
    idx.write(tmp_path / "big", np.zeros((1000, 100, 100), np.uint8))
    with memory_below(500_000):
        assert idx.read(tmp_path / "big").nbytes == 10_000_000


HEAD = bytes((0, 0, 8, 3))
BAD = {
    "empty": (b"", "an empty file"),
    "html": (b"<!doctype html><p>not here", "HTML page"),
    "text": (b"hello, world", "not an IDX file"),
    "other type": (b"\0\0\x0d\x01" + struct.pack(">I", 1) + bytes(4), "expected type 0x08"),
    "no dimension": (b"\0\0\x08\0", "number of dimensions"),
    "255 dimensions": (b"\0\0\x08\xff" + bytes(1020), "number of dimensions"),
    "cut in the magic": (RAW[:3], "not an IDX file"),
    "cut in the dimensions": (RAW[:10], "3 dimensions"),
    "one byte short": (RAW[:-1], "expected 40 bytes.*got 39"),
    "one byte long": (RAW + b"x", "expected 40 bytes.*got 41"),
    "4 GiB announced": (HEAD + struct.pack(">3I", 2**12, 2**10, 2**10), "got 16 bytes"),
    "absurd": (HEAD + b"\xff" * 12, "impossible"),
    "absurd but empty": (b"\0\0\x08\x08" + bytes(4) + b"\xff" * 28, "impossible"),
    "zip of nothing": (gzip.compress(b""), "an empty file"),
    "zip one byte short": (gzip.compress(RAW[:-1]), "expected 24 bytes.*got 23"),
    "zip one byte long": (gzip.compress(RAW + b"x"), "expected 24 bytes.*got more"),
    "zip cut": (gzip.compress(RAW)[:-9], "cut short"),
    "zip without its checksum": (gzip.compress(RAW)[:-8], "cut short"),
    "zip with a wrong checksum": (
        gzip.compress(RAW)[:-8] + bytes(4) + gzip.compress(RAW)[-4:],
        "damaged gzip data.*incorrect data check",
    ),
    "zip with a wrong length": (
        gzip.compress(RAW)[:-4] + bytes(4),
        "damaged gzip data.*incorrect length check",
    ),
    "zip and more": (gzip.compress(RAW) + b"x", "after the end"),
    "two zips": (gzip.compress(RAW[:20]) + gzip.compress(RAW[20:]), "got 4|after the end"),
    "zip in a zip": (gzip.compress(gzip.compress(RAW)), "not an IDX file"),
    "only the magic of a zip": (b"\x1f\x8b", "cut short"),
    "not deflate": (b"\x1f\x8b\x08\0\0\0\0\0\0\3" + b"\xff" * 30, "damaged gzip data"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_its_name_and_the_reason(read, tmp_path, case):
    content, reason = BAD[case]
    with pytest.raises(DatasetError, match=f"(?s){reason}") as caught:
        read(content)
    assert str(caught.value).startswith(str(tmp_path / "file"))
    assert "nntrain data download" in str(caught.value)


@pytest.mark.parametrize("announced", [10_000_000, 900_000_000, 3_000_000_000])
def test_a_decompression_bomb_takes_no_more_memory_than_its_header_announces(read, announced):
    # 20 MB of zeros in 20 kB, with headers that announce less, more, and far too much.
    bomb = gzip.compress(b"\0\0\x08\x01" + struct.pack(">I", announced) + bytes(20_000_000), 9)
    bound = min(announced, 1032 * len(bomb))
    reason = r"announced size|wrong length"
    with memory_below(bound + 2 * 2**20), pytest.raises(DatasetError, match=reason):
        read(bomb)


@pytest.mark.parametrize("bound", [39, 40])
def test_unpacking_stops_at_the_largest_size(read, monkeypatch, bound):
    monkeypatch.setattr(idx, "MAX_BYTES", bound)
    if bound < len(RAW):
        with pytest.raises(DatasetError, match="at most 39 bytes, got 40"):
            read(gzip.compress(RAW))
    else:
        assert read(gzip.compress(RAW)).shape == (2, 3, 4)


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_anything_but_an_ordinary_file_is_refused_immediately(tmp_path, kind):
    path = tmp_path / "thing"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(DatasetError, match="thing"):
        idx.read(path)


def test_a_raw_file_that_is_cut_while_it_is_opened_is_refused(tmp_path, monkeypatch):
    path, parse = tmp_path / "file", idx._parse_header
    idx.write(path, np.zeros((100, 1000), np.uint8))

    def cutting(where, head):
        os.truncate(where, 5000)
        return parse(where, head)

    monkeypatch.setattr(idx, "_parse_header", cutting)
    with pytest.raises(DatasetError, match="wrong length: expected 100012 bytes"):
        idx.read(path)


@pytest.mark.parametrize("shape", [(0,), (0, 5), (3, 0, 2)])
def test_arrays_without_examples_are_written_and_read(tmp_path, shape):
    idx.write(tmp_path / "file", np.zeros(shape, np.uint8))
    assert (tmp_path / "file").read_bytes() == by_the_book(np.zeros(shape, np.uint8))
    assert idx.read(tmp_path / "file").shape == shape


def test_only_bytes_of_one_to_eight_dimensions_can_be_encoded():
    with pytest.raises(DatasetError, match="float64"):
        idx.encode(np.zeros(3))  # type: ignore[arg-type]  # that is the point
    for shape in [(), (1,) * 9]:
        with pytest.raises(DatasetError, match="1 to 8 dimensions"):
            idx.encode(np.zeros(shape, np.uint8))


def test_writing_replaces_the_whole_file_and_an_old_map_keeps_its_bytes(tmp_path):
    path = tmp_path / "new" / "folder" / "file"
    idx.write(path, SMALL)
    before = idx.read(path)
    idx.write(path, SMALL[::-1, ::-1])
    assert np.array_equal(before, SMALL)
    assert np.array_equal(idx.read(path), SMALL[::-1, ::-1])
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "file"
    idx.write(path, SMALL)
    message = r"cannot write .*file: File too large"
    with longest_file(20_000), pytest.raises(DatasetError, match=message):
        idx.write(path, np.zeros((100, 1000), np.uint8))
    assert np.array_equal(idx.read(path), SMALL)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_writers_at_the_same_time_leave_one_whole_file(tmp_path):
    path = tmp_path / "file"
    versions = [np.full((50, 1000), n, np.uint8) for n in range(8)]
    threads = [threading.Thread(target=idx.write, args=(path, v)) for v in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result = idx.read(path)
    assert any(np.array_equal(result, version) for version in versions)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def outcome(read, content):
    """Whatever the bytes are: an array that says what the file says, or a DatasetError.

    Within two seconds and the memory that the module's docstring states.
    """
    packed = content[:2] == b"\x1f\x8b"
    array = None
    with bounded((1032 * len(content) if packed else 0) + 2 * 2**20), suppress(DatasetError):
        array = read(content)
    if array is None:
        return False
    assert by_the_book(array) == (gzip.decompress(content) if packed else content)
    return True


edits = st.lists(
    st.tuples(st.sampled_from("rid"), st.integers(0, 200), st.binary(min_size=1, max_size=4)),
    min_size=1,
    max_size=4,
)


def edited(content, edit):
    """Replace (r) or delete (d) bytes at a place, or insert (i) some there."""
    how, at, piece = edit
    at %= len(content) + 1
    if how == "i":
        return content[:at] + piece + content[at:]
    return content[:at] + (piece if how == "r" else b"") + content[at + len(piece) :]


damaged = st.builds(
    lambda array, zipped, edits: reduce(
        edited, edits, gzip.compress(by_the_book(array)) if zipped else by_the_book(array)
    ),
    arrays,
    st.booleans(),
    edits,
)
wrapped = st.builds(
    lambda start, inner, zipped: gzip.compress(start + inner) if zipped else start + inner,
    st.sampled_from([b"", b"\0\0\x08\1", HEAD]),
    st.binary(max_size=60),
    st.booleans(),
)


@settings(relaxed, max_examples=200)
@given(content=damaged | wrapped)
def test_damage_is_refused_or_does_not_matter(read, content):
    outcome(read, content)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(10))
def test_ten_times_ten_thousand_inputs_of_hypothesis(read, number, capsys):
    count = arrays_read = 0

    @seed(number)
    @settings(relaxed, max_examples=10_000, database=None)
    @given(damaged | wrapped)
    def try_one(content):
        nonlocal count, arrays_read
        count += 1
        arrays_read += outcome(read, content)

    try_one()
    assert count >= 10_000
    with capsys.disabled():
        print(f"\n{count:,} inputs: {arrays_read:,} arrays, the rest DatasetError", end="")
