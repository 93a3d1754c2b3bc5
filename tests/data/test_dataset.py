import gzip
import hashlib
import mmap
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt
import pytest

from nntrain.data import idx
from nntrain.data.arrays import FourArrays
from nntrain.data.cache import cached_arrays, cached_state
from nntrain.data.catalogue import CATALOGUE, RAW_NAMES, ROLES, CatalogueEntry, DataFile
from nntrain.data.dataset import Dataset, Split, known_names, load, load_entry
from nntrain.data.download.progress import TIMEOUTS
from nntrain.data.synthetic import cached as drawn
from nntrain.data.verification import download, download_entry, verify, verify_entry
from nntrain.errors import DatasetError, DownloadError, SettingsError
from tests.conftest import make_idx_folder
from tests.faultserver import FaultServer, refusing_base

Bytes = npt.NDArray[np.uint8]
QUICK = replace(TIMEOUTS, answer_s=1.0, read_s=0.3, attempts=2, backoff_s=0.01)
TRAIN, TEST, SHAPE = 25, 7, (4, 5)


def examples(train=TRAIN, test=TEST, shape=SHAPE, classes=3):
    rng = np.random.default_rng(11)
    return FourArrays(
        rng.integers(0, 256, (train, *shape), np.uint8),
        np.arange(train, dtype=np.uint8) % classes,
        rng.integers(0, 256, (test, *shape), np.uint8),
        np.arange(test, dtype=np.uint8) % classes,
    )


SOUND = examples()


class Tiny(SimpleNamespace):
    """A made-up dataset: its entry, and its published files by name."""

    entry: CatalogueEntry
    files: dict[str, bytes]


def tiny(arrays=SOUND, mirrors=(), raw_known=False):
    files, described = {}, []
    for role, array in zip(ROLES, arrays, strict=True):
        raw = idx.encode(array)
        gz = gzip.compress(raw, mtime=0)
        name = f"{RAW_NAMES[role]}.gz"
        files[name] = gz
        described.append(
            DataFile(
                role,
                name,
                len(gz),
                hashlib.sha256(gz).hexdigest(),
                len(raw),
                hashlib.sha256(raw).hexdigest() if raw_known else None,
            )
        )
    entry = CatalogueEntry("tiny", "Tiny", tuple(described), mirrors, ("a", "b", "c"), SHAPE)
    return Tiny(entry=entry, files=files)


class Messages:
    def __init__(self):
        self.texts = []

    def start(self, name, size_bytes): ...

    def advance(self, count_bytes): ...

    def finish(self): ...

    def message(self, text):
        self.texts.append(text)


@pytest.fixture
def no_network(monkeypatch):
    """Any socket, any name lookup ends the test."""

    def explode(*_, **__):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket, "socket", explode)
    monkeypatch.setattr(socket, "getaddrinfo", explode)
    monkeypatch.setattr(socket, "create_connection", explode)


@pytest.fixture
def mirror():
    made = tiny()
    with FaultServer(made.files) as server:
        yield server, replace(made.entry, mirrors=(server.base("good"),))


def fill(folder, *, gz=True, raw=True, arrays=SOUND):
    folder.mkdir(parents=True, exist_ok=True)
    made = tiny(arrays)
    for name, content in made.files.items():
        if gz:
            (folder / name).write_bytes(content)
        if raw:
            (folder / name.removesuffix(".gz")).write_bytes(gzip.decompress(content))


def names(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def same(dataset, arrays=SOUND):
    return (
        np.array_equal(
            np.concatenate([dataset.train.images, dataset.validation.images]), arrays.train_images
        )
        and np.array_equal(
            np.concatenate([dataset.train.labels, dataset.validation.labels]), arrays.train_labels
        )
        and np.array_equal(dataset.test.images, arrays.test_images)
        and np.array_equal(dataset.test.labels, arrays.test_labels)
    )


def map_below(array):
    base = array
    while isinstance(base, np.ndarray):
        base = base.base
    return base if isinstance(base, mmap.mmap) else None


BOTH = sorted(name for role in RAW_NAMES.values() for name in (role, f"{role}.gz"))


# --- the cache -------------------------------------------------------------------------------


def test_a_download_leaves_the_published_and_the_raw_files_and_nothing_else(tmp_path, mirror):
    server, entry = mirror
    dataset = load_entry(entry, tmp_path)
    assert same(dataset)
    assert names(tmp_path / "tiny") == BOTH
    assert server.gets("good") == 4
    assert (dataset.name, dataset.title, dataset.classes) == ("tiny", "Tiny", ("a", "b", "c"))
    assert dataset.image_shape == SHAPE
    assert dataset.folder == tmp_path / "tiny"
    assert not dataset.synthetic
    assert dataset.substituted_because is None


def test_parts_are_read_only_bytes_over_one_memory_map(tmp_path):
    fill(tmp_path / "tiny")
    dataset = load_entry(tiny().entry, tmp_path)
    for split in (dataset.train, dataset.validation, dataset.test):
        for array in split:
            assert array.dtype == np.uint8
            assert not array.flags.writeable
            assert map_below(array) is not None
    assert map_below(dataset.train.images) is map_below(dataset.validation.images)
    assert map_below(dataset.train.labels) is map_below(dataset.validation.labels)


@pytest.mark.parametrize("train", [6, 25, 59, 60])
def test_validation_is_the_last_sixth_of_the_training_file(tmp_path, train):
    arrays = examples(train=train)
    fill(tmp_path, arrays=arrays)
    dataset = load(str(tmp_path), tmp_path)
    assert len(dataset.validation.labels) == train // 6
    assert np.array_equal(dataset.validation.images, arrays.train_images[train - train // 6 :])
    assert same(dataset, arrays)


def test_parts_by_name():
    assert 60_000 // 6 == 10_000, "the book's validation set of MNIST"
    dataset = Dataset("n", "t", (), *(object(),) * 3, folder=Path())  # type: ignore[arg-type]  # stand-ins
    for name in ("train", "validation", "test"):
        assert dataset.split(name) is getattr(dataset, name)
    with pytest.raises(
        SettingsError, match=r"'tset'.*train, validation, test\. Did you mean 'test'"
    ):
        dataset.split("tset")


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("offline", [True, False])
@pytest.mark.parametrize(("gz", "raw"), [(True, True), (True, False), (False, True)])
def test_a_complete_cache_never_touches_the_network(tmp_path, offline, gz, raw):
    fill(tmp_path / "tiny", gz=gz, raw=raw)
    entry = replace(tiny().entry, mirrors=("http://127.0.0.1:1/",))
    assert cached_state(entry, tmp_path) == "complete"
    dataset = load_entry(entry, tmp_path, offline=offline)
    assert same(dataset)
    assert map_below(dataset.train.images) is not None
    assert names(tmp_path / "tiny") == (BOTH if gz else sorted(RAW_NAMES.values()))


def test_a_complete_cache_costs_no_network_library_and_little_time(tmp_path):
    fill(tmp_path / "tiny")
    code = f"""
import sys, time
from pathlib import Path
from nntrain.data.catalogue import CatalogueEntry, DataFile
from nntrain.data.dataset import load_entry
entry = {tiny().entry!r}
began = time.perf_counter()
load_entry(entry, Path({str(tmp_path)!r}))
assert time.perf_counter() - began < 0.1
heavy = {{"requests", "urllib3", "ssl", "http.client", "zipfile"}}
heavy.add("nntrain.data.synthetic.generate")
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert result.stderr.decode() == ""


@pytest.mark.usefixtures("no_network")
def test_offline_and_incomplete_lists_what_is_missing(tmp_path):
    fill(tmp_path / "tiny")
    for name in ("train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"):
        (tmp_path / "tiny" / name).unlink()
        (tmp_path / "tiny" / f"{name}.gz").unlink()
    with pytest.raises(DownloadError) as caught:
        load_entry(tiny().entry, tmp_path, offline=True)
    text = str(caught.value)
    assert "missing train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz" in text
    for word in ("--offline", "nntrain data download tiny", str(tmp_path / "tiny")):
        assert word in text


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("gz", [True, False])
def test_offline_and_damaged_says_what_to_do(tmp_path, gz):
    fill(tmp_path / "tiny")
    victim = tmp_path / "tiny" / "t10k-labels-idx1-ubyte"
    victim.write_bytes(b"")
    other = victim.with_name(f"{victim.name}.gz")
    other.write_bytes(b"no gzip") if gz else other.unlink()
    with pytest.raises(DatasetError, match="--offline forbids downloading it again") as caught:
        load_entry(tiny().entry, tmp_path, offline=True)
    assert not isinstance(caught.value, DownloadError)
    assert str(other) in str(caught.value)


@pytest.mark.parametrize("damage", ["cut", "header", "empty", "folder"])
def test_a_damaged_raw_file_is_unpacked_again(tmp_path, damage):
    fill(tmp_path / "tiny")
    victim = tmp_path / "tiny" / "train-images-idx3-ubyte"
    content = victim.read_bytes()
    wrong_header = idx.header((*SHAPE, TRAIN)) + content[16:]
    victim.write_bytes({"cut": content[:-1], "header": wrong_header}.get(damage, b""))
    if damage == "folder":
        victim.unlink()
        victim.symlink_to(tmp_path / "nowhere")
    report = Messages()
    assert same(load_entry(tiny().entry, tmp_path, offline=True, report=report))
    assert any("unpacking it again" in text for text in report.texts)
    assert victim.read_bytes() == content
    assert names(tmp_path / "tiny") == BOTH


def test_a_damaged_gzip_file_is_set_aside_and_fetched_again_once(tmp_path, mirror):
    server, entry = mirror
    fill(tmp_path / "tiny", raw=False)
    victim = tmp_path / "tiny" / "t10k-images-idx3-ubyte.gz"
    victim.write_bytes(bytes(victim.stat().st_size))
    report = Messages()
    assert same(load_entry(entry, tmp_path, report=report))
    assert [request.name for request in server.requests] == [victim.name]
    assert any("renamed to t10k-images-idx3-ubyte.gz.bad" in text for text in report.texts)
    assert names(tmp_path / "tiny") == sorted([*BOTH, f"{victim.name}.bad"])


def test_own_mirrors_come_before_the_published_ones(tmp_path):
    made = tiny()
    with FaultServer(made.files) as server, refusing_base() as nobody:
        entry = replace(made.entry, mirrors=(server.base("good_chunked"),))
        load_entry(entry, tmp_path / "a", mirrors=[server.base("good")], timeouts=QUICK)
        assert (server.gets("good"), server.gets("good_chunked")) == (4, 0)
        report = Messages()
        load_entry(entry, tmp_path / "b", mirrors=[nobody], timeouts=QUICK, report=report)
        assert (server.gets("good"), server.gets("good_chunked")) == (4, 4)
        # Out of reach once: not waited for with the other three files.
        assert sum("connection refused" in text for text in report.texts) == 1


def test_bytes_of_another_dataset_under_the_same_names_are_refused(tmp_path):
    other = tiny(changed(train_images=SOUND.train_images[::-1]))
    with FaultServer(other.files) as server:
        entry = replace(tiny().entry, mirrors=(server.base("good"),))
        with pytest.raises(DownloadError, match=r"wrong (size|content)"):
            load_entry(entry, tmp_path, timeouts=QUICK)
    assert names(tmp_path) == []


def test_state_of_the_cache(tmp_path):
    entry, folder = tiny().entry, tmp_path / "tiny"
    assert cached_state(entry, tmp_path) == "absent"
    fill(folder)
    assert cached_state(entry, tmp_path) == "complete"
    (folder / "t10k-images-idx3-ubyte").write_bytes(b"cut")
    assert cached_state(entry, tmp_path) == "complete", "it can be unpacked again"
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    assert cached_state(entry, tmp_path) == "partial"


PROCESS = """
import sys
from pathlib import Path
from tests.data.test_dataset import tiny
from nntrain.data.dataset import load_entry
load_entry(tiny(mirrors=(sys.argv[1],)).entry, Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_six_processes_fill_a_damaged_cache_and_fetch_each_file_once(tmp_path):
    with FaultServer(tiny().files) as server:
        base = server.base("slow_but_honest")
        fill(tmp_path / "tiny", raw=False)
        for path in (tmp_path / "tiny").iterdir():
            path.write_bytes(b"bad")
        command = [sys.executable, "-c", PROCESS, base, str(tmp_path)]
        processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(6)]
        assert [process.communicate()[1].decode() for process in processes] == [""] * 6
        assert server.gets("slow_but_honest") == 4
    assert names(tmp_path / "tiny") == sorted([*BOTH, *(f"{n}.bad" for n in tiny().files)])


# --- disks that refuse -----------------------------------------------------------------------


@pytest.fixture
def readable_by_all():
    """A folder that a process without privileges may look into, but not write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def unprivileged(folder):
    """Load from ``folder`` as a user who may only read it; return what went wrong or "fine"."""
    code = f"""
import mmap, os
from pathlib import Path
from nntrain.data.cache import cached_arrays
from nntrain.data.catalogue import CatalogueEntry, DataFile
from nntrain.data.download.fetch import fetch
from nntrain.data.download.mirrors import addresses
from nntrain.errors import DatasetError
entry = {tiny().entry!r}
if os.geteuid() == 0:
    os.setuid(65534)  # Root may write everywhere; modules are imported before.
try:
    cached_arrays(entry, Path({str(folder)!r}))
    print("fine")
except DatasetError as error:
    print(type(error).__name__, error)
"""
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    folder.chmod(0o555)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755)
    assert result.stderr.decode() == ""
    return result.stdout.decode().strip()


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="permissions the POSIX way")
@pytest.mark.parametrize("raw", [True, False])
def test_a_complete_cache_that_may_only_be_read_works(readable_by_all, raw):
    fill(readable_by_all / "tiny", gz=not raw, raw=raw)
    before = names(readable_by_all)
    assert unprivileged(readable_by_all) == "fine"
    assert names(readable_by_all) == before


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="permissions the POSIX way")
def test_an_empty_folder_that_may_only_be_read_is_a_clear_error(readable_by_all):
    said = unprivileged(readable_by_all)
    assert said.startswith(f"DatasetError cannot write {readable_by_all}/tiny")
    assert "Permission denied" in said
    assert "--data-dir" in said


def test_a_disk_full_while_unpacking_is_a_clear_error(tmp_path):
    resource = pytest.importorskip("resource")
    arrays = examples(train=6, test=1000)
    fill(tmp_path / "tiny", raw=False, arrays=arrays)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(DatasetError, match=r"cannot write .*t10k-images.*File too large"):
            cached_arrays(tiny(arrays).entry, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not [name for name in names(tmp_path) if "part" in name or "lock" in name]


# --- examples that do not fit ----------------------------------------------------------------


def changed(**arrays):
    return SOUND._replace(**arrays)


UNFIT = {
    "counts differ": (
        changed(train_labels=SOUND.train_labels[:-1]),
        r"train-labels.*expected 25 labels, as many as images in .*train-images.*, got 24",
    ),
    "label outside": (
        changed(test_labels=np.array([0, 1, 2, 9, 0, 0, 0], np.uint8)),
        r"t10k-labels.*expected labels from 0 to 2, got 9 at index 3",
    ),
    "other image size": (
        changed(test_images=np.zeros((TEST, 5, 4), np.uint8)),
        r"t10k-images.*expected images of 4 × 5 pixels, got an array of \(7, 5, 4\)",
    ),
    "flat images": (changed(train_images=SOUND.train_images.reshape(25, 20)), "count, rows, col"),
    "images without pixels": (
        changed(train_images=np.zeros((TRAIN, 0, 5), np.uint8)),
        "count, rows, col",
    ),
    "labels in rows": (changed(train_labels=SOUND.train_labels.reshape(25, 1)), "one label each"),
    "too few": (examples(train=5), "at least 6 examples, got 5"),
    "none at all": (examples(train=0), "at least 6 examples, got 0"),
    "no test": (examples(test=0), "at least 1 examples, got 0"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_arrays_that_do_not_belong_together_are_refused(tmp_path, case):
    arrays, reason = UNFIT[case]
    fill(tmp_path / "mine", arrays=arrays)
    with pytest.raises(DatasetError, match=reason):
        load(str(tmp_path / "mine"), tmp_path)


def test_a_catalogue_dataset_must_have_its_own_image_size_and_classes(tmp_path):
    wide = replace(tiny(examples(shape=(5, 4))).entry)
    fill(tmp_path / "tiny", arrays=examples(shape=(5, 4)))
    with pytest.raises(DatasetError, match=r"images of 4 × 5 pixels"):
        load_entry(wide, tmp_path)
    shutil.rmtree(tmp_path / "tiny")
    fill(tmp_path / "tiny", arrays=examples(classes=4))
    with pytest.raises(DatasetError, match=r"labels from 0 to 2, got 3"):
        load_entry(tiny(examples(classes=4)).entry, tmp_path)


# --- the user's own files --------------------------------------------------------------------


def dotted(name):
    return name.replace("-idx", ".idx")


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    "rename",
    [
        str,
        dotted,
        lambda n: n.replace("t10k-", "test-"),
        lambda n: dotted(n).replace("t10k", "test"),
    ],
)
def test_a_folder_under_any_of_the_usual_names(tmp_path, zipped, rename):
    fill(tmp_path / "source", gz=zipped, raw=not zipped)
    folder = tmp_path / "mine"
    folder.mkdir()
    for path in (tmp_path / "source").iterdir():
        path.rename(folder / rename(path.name))
    before = names(folder)
    dataset = load(str(folder), tmp_path / "data", offline=True)
    assert same(dataset)
    assert (dataset.name, dataset.folder) == (str(folder), folder)
    assert dataset.classes == ("0", "1", "2")
    assert names(folder) == before, "nothing is written there"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("given", [".", "MNIST", "MNIST/raw"])
def test_the_layout_of_torchvision(tmp_path, given):
    fill(tmp_path / "MNIST" / "raw")
    dataset = load(str(tmp_path / given), tmp_path)
    assert same(dataset)
    assert map_below(dataset.train.images) is not None, "raw files come before gzipped ones"


def write_npz(path, **changes):
    arrays = {
        "x_train": SOUND.train_images,
        "y_train": SOUND.train_labels,
        "x_test": SOUND.test_images,
        "y_test": SOUND.test_labels,
    }
    arrays.update(changes)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **{k: v for k, v in arrays.items() if v is not None})


@pytest.mark.parametrize("given", [".", "mnist.npz"])
def test_mnist_as_keras_keeps_it(tmp_path, given):
    write_npz(tmp_path / "mnist.npz")
    dataset = load(str(tmp_path / given), tmp_path)
    assert same(dataset)
    assert not dataset.train.images.flags.writeable


def test_fashion_mnist_as_keras_keeps_it(tmp_path):
    fill(tmp_path / "datasets" / "fashion-mnist", raw=False)
    assert same(load(str(tmp_path / "datasets"), tmp_path))


def test_an_npz_may_have_wide_labels_and_fortran_order(tmp_path):
    write_npz(
        tmp_path / "mine.npz",
        x_train=np.asfortranarray(SOUND.train_images),
        y_train=SOUND.train_labels.astype(np.int64),
        y_test=SOUND.test_labels.astype(">i2"),
    )
    assert same(load(str(tmp_path / "mine.npz"), tmp_path))


BAD_NPZ = {
    "no labels": ({"y_test": None}, "no y_test"),
    "float images": ({"x_train": SOUND.train_images / 255}, "type uint8, got float64"),
    "float labels": ({"y_train": SOUND.train_labels / 1}, "type uint8, got float64"),
    "negative labels": ({"y_train": SOUND.train_labels.astype(int) - 1}, "0 to 255, got -1 to 1"),
    "pickled": ({"x_test": np.array([{"a": 1}], dtype=object)}, "type uint8, got object"),
    "counts differ": ({"y_train": SOUND.train_labels[:-1]}, "expected 25 labels"),
}


@pytest.mark.parametrize("case", BAD_NPZ)
def test_an_npz_that_is_not_a_dataset_is_refused(tmp_path, case):
    changes, reason = BAD_NPZ[case]
    write_npz(tmp_path / "mine.npz", **changes)
    with pytest.raises(DatasetError, match=reason):
        load(str(tmp_path / "mine.npz"), tmp_path)


def test_a_damaged_npz_is_refused_wherever_the_damage_is(tmp_path):
    path = tmp_path / "mine.npz"
    write_npz(path)
    sound = path.read_bytes()
    refused = 0
    for at in range(0, len(sound), 7):
        for damaged in (sound[:at], sound[:at] + bytes([sound[at] ^ 255]) + sound[at + 1 :]):
            path.write_bytes(damaged)
            try:
                assert same(load(str(path), tmp_path))
            except DatasetError as error:
                assert "mine.npz" in str(error)  # noqa: PT017 - either outcome is right
                refused += 1
    assert refused > len(sound) // 7


def test_an_npz_that_announces_more_than_it_holds_costs_nothing(tmp_path):
    import zipfile

    for count in (10**6, 10**15):
        write_npz(tmp_path / "mine.npz", x_train=None)
        header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({count}, 28, 28), }}"
        head = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
        with zipfile.ZipFile(tmp_path / "mine.npz", "a") as archive:
            archive.writestr("x_train.npy", head + bytes(100))
        with pytest.raises(DatasetError, match="x_train of at most"):
            load(str(tmp_path / "mine.npz"), tmp_path)


def test_a_link_to_itself_hides_no_dataset(tmp_path):
    fill(tmp_path / "own" / "tiny")
    (tmp_path / "own" / "loop").symlink_to("loop")
    assert same(load(str(tmp_path / "own"), tmp_path))


def test_several_datasets_below_a_path_are_named(tmp_path):
    fill(tmp_path / "MNIST" / "raw")
    fill(tmp_path / "FashionMNIST" / "raw")
    write_npz(tmp_path / "mnist.npz")
    with pytest.raises(DatasetError, match="expected one dataset, got several") as caught:
        load(str(tmp_path), tmp_path)
    for name in ("MNIST/raw", "FashionMNIST/raw", "mnist.npz"):
        assert str(tmp_path / name) in str(caught.value)
    fill(tmp_path)
    assert same(load(str(tmp_path), tmp_path)), "its own four files come first"


def test_an_incomplete_folder_says_what_it_lacks(tmp_path):
    with pytest.raises(DatasetError, match="got none of them"):
        load(str(tmp_path), tmp_path)
    fill(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DatasetError, match=r"Missing: t10k-labels-idx1-ubyte\."):
        load(str(tmp_path), tmp_path)


def test_a_file_that_is_no_dataset(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(DatasetError, match=r"notes\.txt: expected a folder"):
        load(str(tmp_path / "notes.txt"), tmp_path)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("mnits", "Did you mean 'mnist'"), ("MNIST", "Did you mean 'mnist'"), ("xyzzy", "kmnist")],
)
def test_an_unknown_name_is_a_wrong_setting(tmp_path, monkeypatch, name, hint):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=hint) as caught:
        load(name, tmp_path)
    assert all(known in str(caught.value) for known in known_names())


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000, "~nobody-here/x", "no/such/folder"])
def test_an_odd_name_is_a_wrong_setting(tmp_path, name):
    with pytest.raises(SettingsError, match="expected one of auto"):
        load(name, tmp_path)


# --- synthetic and auto ----------------------------------------------------------------------


def fake_generate(count, seed):
    images = np.full((count, 28, 28), seed, np.uint8)
    return images, (np.arange(count) % 10).astype(np.uint8)


@pytest.fixture
def drawings(monkeypatch):
    """Stand-in for the drawing, which is tested on its own; lists (count, seed) of each call."""
    calls = []

    def generate(count, seed):
        calls.append((count, seed))
        return fake_generate(count, seed)

    module = SimpleNamespace(generate=generate)
    monkeypatch.setitem(sys.modules, "nntrain.data.synthetic.generate", module)
    return calls


@pytest.mark.usefixtures("no_network")
def test_synthetic_digits_are_drawn_once_and_kept(tmp_path, drawings, monkeypatch):
    first = load("synthetic", tmp_path)
    monkeypatch.setattr(drawn, "locked", None)  # Not needed any more: it may be read-only.
    assert [count for count, _ in drawings] == [12_000, 2_000]
    assert len({seed for _, seed in drawings}) == 2, "test digits are drawn from another seed"
    second = load("synthetic", tmp_path)
    assert len(drawings) == 2
    assert first.sha256() == second.sha256()
    for dataset in (first, second):
        assert dataset.synthetic
        assert dataset.name == "synthetic"
        assert dataset.substituted_because is None
        assert len(dataset.train.labels) == 10_000
        assert len(dataset.validation.labels) == 2_000
        assert len(dataset.test.labels) == 2_000
        assert map_below(dataset.train.images) is not None
    assert names(tmp_path) == sorted(f"synthetic/v1/{name}" for name in RAW_NAMES.values())


def test_damaged_or_other_drawings_are_drawn_again(tmp_path, drawings, monkeypatch):
    load("synthetic", tmp_path)
    (tmp_path / "synthetic/v1/t10k-images-idx3-ubyte").write_bytes(b"cut")
    load("synthetic", tmp_path)
    assert len(drawings) == 4
    monkeypatch.setattr(drawn, "VERSION", 2)
    load("synthetic", tmp_path)
    assert len(drawings) == 6, "a later version of the drawing is not mixed up with this one"


def entry_named_mnist(*mirrors):
    return replace(tiny().entry, name="mnist", mirrors=mirrors)


def test_auto_is_mnist_where_it_can_be_had(tmp_path, monkeypatch, drawings):
    with FaultServer(tiny().files) as server:
        monkeypatch.setitem(CATALOGUE, "mnist", entry_named_mnist(server.base("good")))
        fetched = load("auto", tmp_path)
    cached = load("auto", tmp_path, offline=True)
    for dataset in (fetched, cached):
        assert dataset.name == "mnist"
        assert not dataset.synthetic
    assert drawings == []


@pytest.mark.usefixtures("drawings")
@pytest.mark.parametrize("offline", [True, False])
def test_auto_without_mnist_is_synthetic_and_says_why_but_mnist_never_is(
    tmp_path, monkeypatch, offline
):
    with refusing_base() as nobody:
        monkeypatch.setitem(CATALOGUE, "mnist", entry_named_mnist(nobody))
        dataset = load("auto", tmp_path, offline=offline)
        assert (dataset.name, dataset.synthetic) == ("synthetic", True)
        expected = "--offline" if offline else "connection refused"
        assert expected in (dataset.substituted_because or "")
        with pytest.raises(DownloadError, match=expected):
            load("mnist", tmp_path, offline=offline)


@pytest.mark.usefixtures("drawings")
def test_auto_does_not_hide_a_damaged_cache_or_a_disk_that_refuses(tmp_path, monkeypatch):
    monkeypatch.setitem(CATALOGUE, "mnist", entry_named_mnist("http://127.0.0.1:1/"))
    fill(tmp_path / "mnist", gz=False)
    (tmp_path / "mnist" / "train-labels-idx1-ubyte").write_bytes(b"cut")
    with pytest.raises(DatasetError, match="--offline forbids"):
        load("auto", tmp_path, offline=True)
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match="cannot write"):
        load("auto", tmp_path / "file")


# --- provenance and upkeep -------------------------------------------------------------------


def test_checksums_are_those_of_the_raw_files_in_use(tmp_path):
    expected = {
        RAW_NAMES[role]: hashlib.sha256(idx.encode(array)).hexdigest()
        for role, array in zip(ROLES, SOUND, strict=True)
    }
    fill(tmp_path / "tiny")
    write_npz(tmp_path / "mine.npz", x_train=np.asfortranarray(SOUND.train_images))
    assert load_entry(tiny().entry, tmp_path).sha256() == expected
    assert load(str(tmp_path / "mine.npz"), tmp_path).sha256() == expected


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("raw_known", [True, False])
def test_verify_hashes_every_byte(tmp_path, raw_known):
    entry = tiny(raw_known=raw_known).entry
    fill(tmp_path / "tiny")
    checks = verify_entry(entry, tmp_path)
    assert [check.file.name for check in checks] == [
        name for file in entry.files for name in (file.name, file.raw_name)
    ]
    assert all(check.ok and check.expected == check.got for check in checks)

    victim = tmp_path / "tiny" / "train-images-idx3-ubyte"
    content = bytearray(victim.read_bytes())
    content[200] ^= 1
    victim.write_bytes(content)
    load_entry(entry, tmp_path)  # Size and header are right: start-up does not see it...
    (bad,) = [check for check in verify_entry(entry, tmp_path) if not check.ok]
    assert bad.file == victim  # ...verify does.
    assert (len(bad.expected), len(bad.got)) == (64, 64)
    assert bad.expected != bad.got

    (tmp_path / "tiny" / f"{victim.name}.gz").unlink()
    alone = next(check for check in verify_entry(entry, tmp_path) if check.file == victim)
    assert alone.ok is not raw_known
    assert ("no checksum of the unpacked file is known" in alone.checked) is not raw_known


def test_verify_names_what_is_missing_or_cannot_be_read(tmp_path):
    checks = verify_entry(tiny().entry, tmp_path)
    assert [(check.got, check.ok) for check in checks] == [("missing", False)] * 4
    fill(tmp_path / "tiny", raw=False)
    victim = tmp_path / "tiny" / "train-images-idx3-ubyte.gz"
    victim.unlink()
    victim.mkdir()
    check = verify_entry(tiny().entry, tmp_path)[0]
    assert (check.file, check.ok) == (victim, False)
    assert "Is a directory" in check.got


def test_download_puts_right_what_load_would_not_see(tmp_path, mirror):
    server, entry = mirror
    fill(tmp_path / "tiny")
    victim = tmp_path / "tiny" / "train-images-idx3-ubyte"
    victim.write_bytes(victim.read_bytes()[:-1] + b"!")
    report = Messages()
    assert same(download_entry(entry, tmp_path, report=report))
    assert server.requests == []
    assert "renamed to train-images-idx3-ubyte.bad" in report.texts[0]
    assert all(check.ok for check in verify_entry(entry, tmp_path))


def test_download_says_what_it_cannot_check(tmp_path):
    unknown = replace(
        tiny().entry, files=tuple(replace(file, raw_sha256=None) for file in tiny().entry.files)
    )
    fill(tmp_path / "tiny", gz=False)
    report = Messages()
    assert same(download_entry(unknown, tmp_path, report=report))
    assert len(report.texts) == 4
    assert all("size and header only" in text for text in report.texts)
    fill(tmp_path / "tiny")
    report = Messages()
    download_entry(unknown, tmp_path, report=report)
    assert report.texts == []


def test_upkeep_by_name(tmp_path, monkeypatch, drawings):
    with FaultServer(tiny().files) as server:
        monkeypatch.setitem(CATALOGUE, "mnist", entry_named_mnist(server.base("good")))
        assert download("mnist", tmp_path).name == "mnist"
        assert len(verify("mnist", tmp_path)) == len(verify("auto", tmp_path)) == 8
        assert server.gets("good") == 4
    assert not any(check.ok for check in verify("synthetic", tmp_path))
    assert download("synthetic", tmp_path).synthetic
    assert all(check.ok for check in verify("synthetic", tmp_path))
    victim = tmp_path / "synthetic/v1/t10k-labels-idx1-ubyte"
    victim.write_bytes(victim.read_bytes()[:-1] + b"\0")
    assert [check.ok for check in verify("synthetic", tmp_path)] == [True, True, True, False]
    download("synthetic", tmp_path)
    assert all(check.ok for check in verify("synthetic", tmp_path))
    fill(tmp_path / "mine")
    assert [check.ok for check in verify(str(tmp_path / "mine"), tmp_path)] == [True] * 4
    for action in (download, verify):
        with pytest.raises(SettingsError, match="Did you mean 'kmnist'"):
            action("kmnits", tmp_path)
    assert drawings


def test_all_examples_are_the_file_itself_not_a_copy(tmp_path):
    make_idx_folder(tmp_path / "tiny")
    dataset = load(str(tmp_path / "tiny"), tmp_path, offline=True)
    images, labels = dataset.to_train_on("all")
    assert np.shares_memory(images, dataset.train.images)
    assert np.shares_memory(labels, dataset.validation.labels)
    for whole, part in ((images, "images"), (labels, "labels")):
        parts = [getattr(dataset.train, part), getattr(dataset.validation, part)]
        assert (whole == np.concatenate(parts)).all()


def test_all_examples_of_parts_from_different_places_are_copied():
    first, second = (Split(np.full((n, 2, 2), n, np.uint8), np.arange(n)) for n in (3, 2))
    test = Split(np.empty((0, 2, 2), np.uint8), np.arange(0))
    dataset = Dataset("x", "x", ("a",), first, second, test, Path())
    images, labels = dataset.to_train_on("all")
    assert images[:, 0, 0].tolist() == [3, 3, 3, 2, 2]
    assert labels.tolist() == [0, 1, 2, 0, 1]
