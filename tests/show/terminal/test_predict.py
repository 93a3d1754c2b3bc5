from pathlib import Path

import numpy as np
import pytest
from rich.console import Group

from nntrain.analysis.metrics import wilson
from nntrain.show.terminal.predict import DRAWN, predictions_report, with_progress
from nntrain.show.terminal.terminal import Terminal
from nntrain.workflows.predict import Answer, Answers, Picture
from tests.show.terminal.helpers import shown

NAMES = tuple("0123456789")


def answer(name="a.png", outputs=(0.75, 0.25, 0.00001, *[0] * 7), true=None):
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 14] = 255
    predicted, runner_up = np.argsort(-np.array(outputs), kind="stable")[:2].tolist()
    return Answer(Picture(Path(name), true), image, tuple(outputs), predicted, runner_up)


def report(*answers, distribution=True, classes=NAMES, width=80):
    known = [a for a in answers if a.picture.true is not None]
    right = sum(a.predicted == a.picture.true for a in known)
    accuracy = wilson(right, len(known)) if known else None
    predictions = Answers(classes, distribution, answers, (), accuracy)
    return shown(Group(*predictions_report(predictions)), width=width)


def test_a_picture_is_drawn_beside_its_bars():
    text = report(answer())
    assert "a.png" in text
    assert "0, probability 0.7500; runner-up 1, 0.2500" in text
    lines = text.splitlines()
    (bar,) = [line for line in lines if " 0 " in line and "0.7500 █" in line]
    assert bar.split("0.7500 ")[1].count("█") == 18  # three quarters of 24
    assert sum(line[:24].count("█") for line in lines) == 10  # the stroke, two rows a line
    assert "<0.0001" in text
    assert max(map(len, lines)) <= 80


def test_sigmoid_activations_are_never_called_probabilities():
    text = report(answer(), distribution=False) + report(
        *[answer()] * (DRAWN + 1), distribution=False
    )
    assert "activation" in text
    assert "probabilit" not in text


def test_many_are_listed_a_line_each():
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


def test_of_many_the_surely_wrong_are_drawn():
    many = [answer(f"{i}.png", true=0) for i in range(DRAWN)]
    torn = answer("torn.png", (0.5, 0.4, 0.1, *[0] * 7), true=1)
    drawn = report(*many, torn, answer("sure.png", true=3)).split("surely wrong")[1]
    assert drawn.index("sure.png") < drawn.index("torn.png")
    assert drawn.index("3 → 0 (0.7500)") < drawn.index("1 → 0 (0.5000)")
    assert "surely wrong" not in report(*many, answer(true=0))


def test_long_class_names_fit():
    names = ("T-shirt/top", "Ankle boot", *NAMES[2:])
    assert max(map(len, report(answer(true=1), classes=names).splitlines())) <= 80
    listed = report(*[answer(f"{'x' * 60}.png", true=0)] * (DRAWN + 1), classes=names)
    assert max(map(len, listed.splitlines())) <= 80


def test_nothing_answered_shows_nothing():
    assert report() == ""


@pytest.mark.parametrize("count", [0, 3])
def test_progress_hands_on_what_it_is_given(count):
    assert list(with_progress(Terminal(quiet=True), range(count), count)) == list(range(count))


def test_names_of_files_stay_in_one_piece_in_80_columns():
    names = [f"scans/classes/{k}/digit.png" for k in range(DRAWN + 1)]
    text = report(*(answer(name, true=0) for name in names))
    assert all(name in text for name in names)
    assert max(map(len, text.splitlines())) <= 80
