from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nntrain.data.catalogue import CATALOGUE
from nntrain.errors import DatasetError, NntrainError
from nntrain.workflows.pictures import Failure, Picture, Reader, find_pictures, read_all
from tests.workflows.conftest import network

DIGITS = tuple("0123456789")
CLOTHES = CATALOGUE["fashion-mnist"].classes


def found(folder, classes):
    pictures = find_pictures([folder], classes)
    return {str(picture.path.relative_to(folder)): picture.true for picture in pictures}


def test_all_pictures_below_a_folder_are_found_in_order(folder):
    expected = ["a.jpg", "b.png", "7/x.PNG", "7/deep/y.png", "T-shirt_top/t.bmp", "coat/z.png"]
    assert list(found(folder, DIGITS)) == expected


def test_the_folder_a_picture_is_in_names_its_class(folder):
    assert {name for name, true in found(folder, DIGITS).items() if true == 7} == {"7/x.PNG"}
    clothes = found(folder, CLOTHES)
    assert clothes["coat/z.png"] == CLOTHES.index("Coat")
    assert clothes["T-shirt_top/t.bmp"] == 0
    assert clothes["7/x.PNG"] == 7
    assert clothes["b.png"] is None


def test_a_class_folder_can_be_named_itself(folder, monkeypatch):
    assert [p.true for p in find_pictures([folder / "7"], DIGITS)] == [7, None]
    monkeypatch.chdir(folder / "7")
    assert [p.true for p in find_pictures([Path()], DIGITS)] == [7, None]


def test_a_file_that_is_named_is_taken_whatever_its_name(folder):
    picture = Picture(folder / "notes.txt")
    assert list(find_pictures([picture.path], DIGITS)) == [picture]


def test_a_folder_without_pictures_is_a_failure(tmp_path):
    (tmp_path / "empty").mkdir()
    pictures = find_pictures([tmp_path / "empty"], DIGITS)
    (failure,) = read_all(Reader(network(), "mnist"), pictures)
    assert isinstance(failure, Failure)
    assert "without readable pictures" in failure.problem


def test_names_are_shown_without_control_characters():
    assert Picture(Path("a\x1b[31m\nb\udcff é.png")).name == "a\\x1b[31m\\nb\\udcff é.png"


@pytest.mark.parametrize(
    ("dataset", "classes"),
    [
        *((name, entry.classes) for name, entry in CATALOGUE.items()),
        *((name, DIGITS) for name in ("auto", "synthetic", "/some/folder")),
    ],
)
def test_classes_need_no_dataset_on_disk(dataset, classes):
    assert Reader(network(), dataset).classes == classes


def test_a_network_with_other_classes_has_them_numbered():
    assert Reader(network((784, 3)), "mnist").classes == ("0", "1", "2")


@pytest.mark.parametrize(
    ("dataset", "form"), [("mnist", True), ("synthetic", True), ("fashion-mnist", False)]
)
def test_pictures_are_converted_to_the_form_of_the_dataset(tmp_path, dataset, form):
    small = np.zeros((28, 28), np.uint8)
    small[3:9, 3:6] = 255
    Image.fromarray(small).save(tmp_path / "small.png")
    picture = Picture(tmp_path / "small.png")
    assert (Reader(network(), dataset).read(picture) == small).all() != form
    assert (Reader(network(), dataset, as_is=True).read(picture) == small).all()


def test_inputs_are_of_the_networks_shape(folder):
    assert Reader(network((64, 10)), "x").read(Picture(folder / "b.png")).shape == (8, 8)


@pytest.mark.parametrize(("inputs", "dataset"), [(785, "auto"), (64, "mnist")])
def test_inputs_that_are_no_image_are_refused(inputs, dataset):
    with pytest.raises(NntrainError, match="square image"):
        Reader(network((inputs, 10)), dataset)


def test_a_picture_that_does_not_fit_in_memory_is_a_failure(monkeypatch, folder):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("nntrain.workflows.pictures.read_picture", fail)
    (failure,) = read_all(Reader(network(), "mnist"), [Picture(folder / "b.png")])
    assert "memory" in failure.problem


def test_a_bad_picture_does_not_stop_the_others(folder):
    pictures = [Picture(folder / name) for name in ("notes.txt", "b.png", "none.png")]
    first, second, third = read_all(Reader(network(), "mnist"), pictures)
    assert isinstance(first, Failure)
    assert second[0] == pictures[1]
    assert isinstance(third, Failure)
    with pytest.raises(DatasetError):
        Reader(network(), "mnist").read(pictures[0])


OWN = {"labels": [3, 9], "inputs": "pixels", "range": [0, 255], "pictured": [4, 16]}


def test_a_network_of_own_images_answers_with_their_labels_at_their_shape(folder):
    reader = Reader(network((64, 2)), "mine", True, OWN)
    assert reader.classes == ("3", "9")
    assert reader.read(Picture(folder / "b.png")).shape == (4, 16)
    words = {**OWN, "labels": ["cat", "dog"], "inputs": "numbers", "range": [0.0, 1.0]}
    assert Reader(network((64, 2)), "mine", False, words).classes == ("cat", "dog")


def test_a_folder_is_a_label_and_no_place_among_labels_that_are_numbers(folder):
    assert {found(folder, ("3", "9"))["7/x.PNG"], found(folder, ("-1", "7"))["7/x.PNG"]} == {
        None,
        1,
    }
    assert found(folder, ("2", "3", "7", "9", "10", "11", "12", "13"))["7/x.PNG"] == 2
    assert found(folder, ("2", "3", "4", "5", "6", "8", "9", "10"))["7/x.PNG"] is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"pictured": None}, r"table of 64 features.*Python: nntrain\.load_run"),
        ({"pictured": [8, "8"]}, "table"),
        ({"pictured": [8, 9]}, "expected a square image"),
        ({"inputs": "numbers", "range": [-0.5, 2]}, r"from -0\.5 to 2: image files"),
        ({"inputs": "numbers", "range": [-0.5, 0.9]}, r"from -0\.5 to 0\.9: image files"),
        ({"inputs": "numbers", "range": [10**400, 1]}, "from nan"),
        ({"inputs": "numbers", "range": [0, 16.0]}, "from 0 to 16"),
        ({"inputs": "numbers", "range": "x"}, "from nan"),
    ],
)
def test_a_network_of_other_own_arrays_refuses_pictures_in_a_line(changed, reason):
    with pytest.raises(NntrainError, match=reason) as error:
        Reader(network((64, 2)), "mine", False, {**OWN, **changed})
    assert "\n" not in str(error.value)
