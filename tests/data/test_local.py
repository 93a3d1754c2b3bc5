import zipfile

import numpy as np
import pytest

from nntrain.data.loading import load
from nntrain.errors import LONGEST_SHOWN, DatasetError
from tests.data.made import SOUND, fill, map_below, names, same, write_npz


def dotted(name):
    return name.replace("-idx", ".idx")


def as_test(name):
    return name.replace("t10k-", "test-")


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    "rename",
    [str, dotted, as_test, lambda name: as_test(dotted(name))],
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


@pytest.mark.parametrize("zeros", [6, 15, 4000, 5000])
def test_an_npz_that_announces_more_than_it_holds_takes_no_memory(tmp_path, zeros):
    write_npz(tmp_path / "mine.npz", x_train=None)
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': (1{'0' * zeros}, 28, 28), }}"
    head = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
    with zipfile.ZipFile(tmp_path / "mine.npz", "a") as archive:
        archive.writestr("x_train.npy", head + bytes(100))
    reason = "x_train of at most" if zeros < 5000 else "damaged data"
    with pytest.raises(DatasetError, match=reason) as caught:
        load(str(tmp_path / "mine.npz"), tmp_path)
    assert len(str(caught.value)) < len(str(tmp_path)) + 2 * LONGEST_SHOWN


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


def test_an_incomplete_folder_names_the_missing_files(tmp_path):
    with pytest.raises(DatasetError, match="got none of them"):
        load(str(tmp_path), tmp_path)
    fill(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DatasetError, match=r"Missing: t10k-labels-idx1-ubyte\."):
        load(str(tmp_path), tmp_path)


def test_a_file_that_is_not_a_dataset(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(DatasetError, match=r"notes\.txt: expected a folder"):
        load(str(tmp_path / "notes.txt"), tmp_path)
