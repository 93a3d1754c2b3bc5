from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nntrain.data.catalogue import CATALOGUE
from nntrain.data.synthetic.generate import generate
from nntrain.errors import DatasetError, NntrainError
from nntrain.images.normal_form import normalised
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.network import Network
from nntrain.nn.outputs import OUTPUTS, make_output
from nntrain.workflows.pictures import Picture, find_pictures
from nntrain.workflows.predict import SEVERAL, TOUCHING, Failure, Reader, predict, read_all

DIGITS = tuple("0123456789")
CLOTHES = CATALOGUE["fashion-mnist"].classes


def network(sizes=(784, 5, 10), output="softmax+log-likelihood"):
    rng = np.random.default_rng(0)
    return Network.create(
        sizes, ACTIVATIONS["relu"], make_output(output), INITIALISATIONS["he"], rng
    )


@pytest.fixture
def folder(tmp_path):
    """A folder of seven pictures and some files that are not pictures."""
    digit = Image.fromarray(generate(1, 0)[0][0])
    for name in ("b.png", "a.jpg", "7/x.PNG", "7/deep/y.png", "coat/z.png", "T-shirt_top/t.bmp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        digit.save(tmp_path / name)
    for name in (".hidden.png", ".cache/x.png", "notes.txt", "7/Thumbs.db"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    return tmp_path


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


@pytest.mark.parametrize("output", OUTPUTS)
def test_outputs_are_the_networks(folder, output):
    net = network(output=output)
    reader = Reader(net, "mnist")
    result = predict(net, reader.classes, read_all(reader, find_pictures([folder], DIGITS)))
    expected = net.outputs(np.stack([answer.image for answer in result.answers]))
    for answer, row in zip(result.answers, expected, strict=True):
        np.testing.assert_allclose(answer.outputs, row, rtol=1e-5)
        assert [answer.predicted, answer.runner_up] == list(np.argsort(-row)[:2])
    assert result.distribution == output.startswith("softmax")
    assert result.accuracy.n == 1


def test_saturated_activations_still_have_an_order(folder):
    net = network((784, 10), "sigmoid+cross-entropy")
    net.weights[0][...] = 0
    net.biases[0][...] = np.linspace(50, 68, 10)
    reader = Reader(net, "mnist")
    result = predict(net, DIGITS, read_all(reader, [Picture(folder / "b.png")]))
    assert (result.answers[0].predicted, result.answers[0].runner_up) == (9, 8)


def test_outputs_that_are_not_finite_are_refused(folder):
    net = network()
    net.weights[0][...] = 3e38
    read = read_all(Reader(net, "mnist"), [Picture(folder / "b.png")])
    with pytest.raises(NntrainError, match="not finite"):
        predict(net, DIGITS, read)


def test_a_picture_that_does_not_fit_in_memory_is_a_failure(monkeypatch, folder):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("nntrain.workflows.predict.read_picture", fail)
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
