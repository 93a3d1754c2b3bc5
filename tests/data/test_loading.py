import hashlib
import shutil

import numpy as np
import pytest

from nntrain.data import idx
from nntrain.data.catalogue import CATALOGUE, RAW_NAMES, ROLES
from nntrain.data.dataset import known_names
from nntrain.data.loading import load, load_entry
from nntrain.errors import DatasetError, DownloadError, SettingsError
from tests.conftest import make_idx_folder
from tests.data.made import SOUND, changed, examples, fill, map_below, mnist, same, tiny, write_npz
from tests.faultserver import FaultServer, refusing_base


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


def test_all_examples_are_the_file_itself_not_a_copy(tmp_path):
    make_idx_folder(tmp_path / "tiny")
    dataset = load(str(tmp_path / "tiny"), tmp_path, offline=True)
    images, labels = dataset.to_train_on("all")
    assert np.shares_memory(images, dataset.train.images)
    assert np.shares_memory(labels, dataset.validation.labels)
    for whole, part in ((images, "images"), (labels, "labels")):
        parts = [getattr(dataset.train, part), getattr(dataset.validation, part)]
        assert (whole == np.concatenate(parts)).all()


def test_a_catalogue_dataset_must_have_its_own_image_size_and_classes(tmp_path):
    wide = tiny(examples(shape=(5, 4))).entry
    fill(tmp_path / "tiny", arrays=examples(shape=(5, 4)))
    with pytest.raises(DatasetError, match=r"images of 4 × 5 pixels"):
        load_entry(wide, tmp_path)
    shutil.rmtree(tmp_path / "tiny")
    fill(tmp_path / "tiny", arrays=examples(classes=4))
    with pytest.raises(DatasetError, match=r"labels from 0 to 2, got 3"):
        load_entry(tiny(examples(classes=4)).entry, tmp_path)


def test_the_files_of_a_folder_must_belong_together(tmp_path):
    fill(tmp_path / "counts", arrays=changed(train_labels=SOUND.train_labels[:-1]))
    with pytest.raises(DatasetError, match=r"train-labels.*expected 25 labels.*got 24"):
        load(str(tmp_path / "counts"), tmp_path)
    fill(tmp_path / "one class", arrays=examples(classes=1))
    with pytest.raises(DatasetError, match="at least two classes"):
        load(str(tmp_path / "one class"), tmp_path)


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


def test_auto_is_mnist_if_it_can_be_downloaded(tmp_path, monkeypatch, drawings):
    with FaultServer(tiny().files) as server:
        monkeypatch.setitem(CATALOGUE, "mnist", mnist(server.base("good")))
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
        monkeypatch.setitem(CATALOGUE, "mnist", mnist(nobody))
        dataset = load("auto", tmp_path, offline=offline)
        assert (dataset.name, dataset.synthetic) == ("synthetic", True)
        expected = "offline=True" if offline else "connection refused"
        assert expected in (dataset.substituted_because or "")
        with pytest.raises(DownloadError, match=expected):
            load("mnist", tmp_path, offline=offline)


@pytest.mark.usefixtures("drawings")
def test_auto_does_not_hide_a_damaged_cache_or_a_disk_error(tmp_path, monkeypatch):
    monkeypatch.setitem(CATALOGUE, "mnist", mnist("http://127.0.0.1:1/"))
    fill(tmp_path / "mnist", gz=False)
    (tmp_path / "mnist" / "train-labels-idx1-ubyte").write_bytes(b"cut")
    with pytest.raises(DatasetError, match="offline=True forbids"):
        load("auto", tmp_path, offline=True)
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match="cannot write"):
        load("auto", tmp_path / "file")


def test_checksums_are_those_of_the_raw_files_in_use(tmp_path):
    expected = {
        RAW_NAMES[role]: hashlib.sha256(idx.encode(array)).hexdigest()
        for role, array in zip(ROLES, SOUND, strict=True)
    }
    fill(tmp_path / "tiny")
    write_npz(tmp_path / "mine.npz", x_train=np.asfortranarray(SOUND.train_images))
    assert load_entry(tiny().entry, tmp_path).sha256() == expected
    assert load(str(tmp_path / "mine.npz"), tmp_path).sha256() == expected
