from dataclasses import replace
from pathlib import Path

import numpy as np

from nntrain.analysis.metrics import wilson
from nntrain.show.sections.answers import DRAWN, answers
from nntrain.workflows.pictures import Picture
from nntrain.workflows.predict import Answer, Answers
from tests.show.terminal.helpers import printed

NAMES = tuple("0123456789")


def answer(name="a.png", outputs=(0.75, 0.25, 0.00001, *[0] * 7), true=None):
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 14] = 255
    first, second = np.argsort(-np.array(outputs), kind="stable")[:2].tolist()
    return Answer(Picture(Path(name), true), image, tuple(outputs), first, second)


def report(*given, distribution=True, classes=NAMES):
    known = [a for a in given if a.picture.true is not None]
    right = sum(a.predicted == a.picture.true for a in known)
    accuracy = wilson(right, len(known)) if known else None
    return printed(*answers(Answers(classes, distribution, given, (), accuracy)))


def test_an_image_is_drawn_beside_its_bars():
    text = report(answer())
    assert "a.png" in text
    assert "0, probability 0.7500; runner-up 1, 0.2500" in text
    lines = text.splitlines()
    (bar,) = [line for line in lines if " 0 " in line and "0.7500 █" in line]
    (other,) = [line for line in lines if " 1 " in line and "0.2500 █" in line]
    assert 2 < bar.split("0.7500 ")[1].count("█") / other.split("0.2500 ")[1].count("█") < 4
    assert sum(line[:24].count("█") for line in lines) == 10  # the stroke, two rows a line
    assert "<0.0001" in text


def test_sigmoid_activations_are_never_called_probabilities():
    many = [answer()] * (DRAWN + 1)
    text = report(answer(), distribution=False) + report(*many, distribution=False)
    assert "activation" in text
    assert "probabilit" not in text


def test_many_are_listed_one_per_line():
    text = report(*[answer(f"{i}.png") for i in range(DRAWN + 1)])
    lines = [line for line in text.splitlines() if ".png" in line]
    assert len(lines) == DRAWN + 1
    assert all("0.7500" in line and "0.2500" in line for line in lines)
    assert "true" not in text


def test_accuracy_where_the_classes_are_known():
    text = report(answer(true=0), answer("b.png", true=1), answer())
    assert "a.png (true: 0)" in text
    assert "50.00 %" in text
    assert "1 of 2" in text
    assert "Accuracy" not in report(answer())


def test_of_many_the_confidently_wrong_are_drawn():
    many = [answer(f"{i}.png", true=0) for i in range(DRAWN)]
    unsure = answer("unsure.png", (0.5, 0.4, 0.1, *[0] * 7), true=1)
    drawn = report(*many, unsure, answer("sure.png", true=3)).split("confidently wrong")[1]
    assert drawn.index("sure.png") < drawn.index("unsure.png")
    assert drawn.index("3 → 0 (0.7500)") < drawn.index("1 → 0 (0.5000)")
    assert "confidently wrong" not in report(*many, answer(true=0))


def test_long_names_of_classes_and_files_fit_and_are_whole():
    names = ("T-shirt/top", "Ankle boot", *NAMES[2:])
    assert "Ankle boot" in report(answer(true=1), classes=names)
    listed = report(*[answer(f"{'x' * 60}.png", true=0)] * (DRAWN + 1), classes=names)
    assert listed.count("x") == 60 * (DRAWN + 1)
    files = [f"scans/classes/{k}/digit.png" for k in range(DRAWN + 1)]
    text = report(*(answer(name, true=0) for name in files))
    assert all(name in text for name in files)


def test_no_answers_show_nothing():
    assert report() == ""


def test_a_row_begins_with_its_digits_in_order():
    row = [replace(answer(), digit=1), replace(answer(outputs=(0, 0, 0, 1, *[0] * 6)), digit=2)]
    first, *rest = report(*row).strip().splitlines()
    assert first.split() == ["a.png", "0", "3"]
    assert [line.split()[:2] for line in rest if "#" in line] == [["a.png", "#1"], ["a.png", "#2"]]
    doubted = report(row[0], replace(row[1], note="wide"))
    assert "see the notes" in doubted
    assert "wide" in doubted.strip().splitlines()[-1]


def test_a_note_stands_beside_its_answer():
    assert "Note: two." in report(replace(answer(), note="two"))
    listed = report(*[answer()] * DRAWN, replace(answer(), note="two"))
    (line,) = [line for line in listed.splitlines() if "two" in line]
    assert "a.png" in line
