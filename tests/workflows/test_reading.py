import numpy as np
import pytest
from PIL import Image

from nntrain.data.catalogue import CATALOGUE
from nntrain.data.synthetic.generate import generate
from nntrain.errors import DatasetError, NntrainError
from nntrain.images.normal_form import normalised
from nntrain.workflows.pictures import Picture, find_pictures
from nntrain.workflows.reading import SEVERAL, TOUCHING, Failure, Reader, read_all
from tests.workflows.conftest import network

DIGITS = tuple("0123456789")


def test_a_folder_without_pictures_is_a_failure(tmp_path):
    (tmp_path / "empty").mkdir()
    pictures = find_pictures([tmp_path / "empty"], DIGITS)
    (failure,) = read_all(Reader(network(), "mnist"), pictures)
    assert isinstance(failure, Failure)
    assert "without readable pictures" in failure.problem


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
    (reading,) = Reader(network(), dataset).read(picture)
    assert (reading.image == small).all() != form
    (reading,) = Reader(network(), dataset, as_is=True).read(picture)
    assert (reading.image == small).all()


def test_inputs_are_of_the_networks_shape(folder):
    (reading,) = Reader(network((64, 10)), "x").read(Picture(folder / "b.png"))
    assert reading.image.shape == (8, 8)


@pytest.mark.parametrize(("inputs", "dataset"), [(785, "auto"), (64, "mnist")])
def test_inputs_that_are_no_image_are_refused(inputs, dataset):
    with pytest.raises(NntrainError, match="square image"):
        Reader(network((inputs, 10)), dataset)


def test_a_picture_that_does_not_fit_in_memory_is_a_failure(monkeypatch, folder):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("nntrain.workflows.reading.read_picture", fail)
    (failure,) = read_all(Reader(network(), "mnist"), [Picture(folder / "b.png")])
    assert "memory" in failure.problem


def test_a_bad_picture_does_not_stop_the_others(folder):
    pictures = [Picture(folder / name) for name in ("notes.txt", "b.png", "none.png")]
    first, second, third = read_all(Reader(network(), "mnist"), pictures)
    assert isinstance(first, Failure)
    assert [reading.picture for reading in second] == [pictures[1]]
    assert isinstance(third, Failure)
    with pytest.raises(DatasetError):
        Reader(network(), "mnist").read(pictures[0])


OWN = {"labels": [3, 9], "inputs": "pixels", "range": [0, 255], "pictured": [4, 16]}


def test_a_network_of_own_images_answers_with_their_labels_at_their_shape(folder):
    reader = Reader(network((64, 2)), "mine", True, OWN)
    assert reader.classes == ("3", "9")
    assert reader.read(Picture(folder / "b.png"))[0].image.shape == (4, 16)
    words = {**OWN, "labels": ["cat", "dog"], "inputs": "numbers", "range": [0.0, 1.0]}
    assert Reader(network((64, 2)), "mine", False, words).classes == ("cat", "dog")


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


def side_by_side(folder, digits):
    Image.fromarray(np.concatenate(list(digits), axis=1)).save(folder / "row.png")
    return Picture(folder / "row.png", true=7)


def test_a_row_is_read_as_its_digits_are_alone(tmp_path):
    digits = generate(12, seed=4)[0]
    one, row = Reader(network(), "mnist"), Reader(network(), "mnist", row=True)
    readings = row.read(side_by_side(tmp_path, digits))
    assert [reading.digit for reading in readings] == list(range(1, 13))
    for reading, digit in zip(readings, digits, strict=True):
        Image.fromarray(digit).save(tmp_path / "one.png")
        (alone,) = one.read(Picture(tmp_path / "one.png"))
        assert reading.note == ""
        assert reading.picture.true is None  # the folder's name is no class of every digit
        assert np.corrcoef(reading.image.ravel(), alone.image.ravel())[0, 1] > 0.9


def test_digits_of_a_row_that_touch_are_noted(tmp_path):
    row = np.zeros((40, 120), np.uint8)
    row[5:35, [10, 11, 12, 40, 41, 42]] = 255  # two strokes and
    row[20:23, 10:43] = 255  # the bar that joins them
    row[5:35, 80:84] = 255
    Image.fromarray(row).save(tmp_path / "row.png")
    readings = Reader(network(), "mnist", row=True).read(Picture(tmp_path / "row.png"))
    assert [reading.note for reading in readings] == ["", ""]
    row[20:23, 40:65] = row[5:35, 63:66] = 255
    Image.fromarray(row).save(tmp_path / "row.png")
    readings = Reader(network(), "mnist", row=True).read(Picture(tmp_path / "row.png"))
    assert [reading.note for reading in readings] == [TOUCHING, ""]


def test_more_than_one_digit_is_noted_and_one_is_not(tmp_path):
    reader = Reader(network(), "mnist")
    digits = generate(20, seed=4)[0]
    for size in (2, 20):
        (reading,) = reader.read(side_by_side(tmp_path, digits[:size]))
        assert reading.note.startswith(SEVERAL)
    page = np.concatenate([np.concatenate(list(digits[k : k + 5]), 1) for k in range(0, 20, 5)])
    Image.fromarray(page).save(tmp_path / "page.png")
    assert reader.read(Picture(tmp_path / "page.png"))[0].note.startswith(SEVERAL)
    for digit in digits:
        Image.fromarray(digit).save(tmp_path / "one.png")
        assert reader.read(Picture(tmp_path / "one.png"))[0].note == ""


def test_a_row_needs_the_form_of_digits():
    with pytest.raises(NntrainError, match="Leave out --line"):
        Reader(network(), "fashion-mnist", row=True)


def test_heic_files_of_a_folder_are_named(tmp_path):
    (tmp_path / "photo.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(40))
    (failure,) = read_all(Reader(network(), "mnist"), find_pictures([tmp_path], DIGITS))
    assert failure.picture.name.endswith("photo.HEIC")
    assert "save it as JPEG" in failure.problem


@pytest.mark.parametrize(
    ("name", "options"), [("a.png", {}), ("a.bmp", {}), ("a.webp", {"lossless": True})]
)
def test_a_digit_in_normal_form_is_untouched_to_the_bit(tmp_path, name, options):
    forms = [normalised(digit, (28, 28)) for digit in generate(30, seed=6)[0]]
    settled = [form for form in forms if (normalised(form, (28, 28)) == form).all()]
    assert len(settled) >= 25
    assert any(((form > 0) & (form < 25)).any() for form in settled)  # faint, but ink
    for form in settled:
        Image.fromarray(form).save(tmp_path / name, **options)
        (reading,) = Reader(network(), "mnist").read(Picture(tmp_path / name))
        assert (reading.image == form).all()
