from pathlib import Path

from nntrain.data.catalogue import CATALOGUE
from nntrain.workflows.pictures import Picture, find_pictures

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


def test_names_are_shown_without_control_characters():
    assert Picture(Path("a\x1b[31m\nb\udcff é.png")).name == "a\\x1b[31m\\nb\\udcff é.png"


def test_a_folder_is_a_label_and_no_place_among_labels_that_are_numbers(folder):
    assert {found(folder, ("3", "9"))["7/x.PNG"], found(folder, ("-1", "7"))["7/x.PNG"]} == {
        None,
        1,
    }
    assert found(folder, ("2", "3", "7", "9", "10", "11", "12", "13"))["7/x.PNG"] == 2
    assert found(folder, ("2", "3", "4", "5", "6", "8", "9", "10"))["7/x.PNG"] is None
