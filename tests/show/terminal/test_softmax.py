from rich.console import Group

from nntrain.lecture.softmax import explore
from nntrain.show.terminal.softmax import softmax_report
from tests.show.terminal.helpers import shown


def report(*z, scales=(1.0,)):
    return shown(Group(*softmax_report(explore(z, scales))))


def test_the_bars_are_as_long_as_the_activations():
    lines = [line for line in report(0.0, 0.0).splitlines() if "0.5000   █" in line]
    assert len(lines) == 2
    assert all(line.count("█") == 10 for line in lines)  # softmax ½ and sigmoid ½, five each


def test_small_numbers_are_not_shown_as_0():
    text = report(0.0, 20.0)
    assert "2e-09" in text
    assert "-0.0000" not in text
    assert "+0.0000" not in text


def test_a_wide_matrix_shows_its_first_column():
    assert "k = 7" in report(*range(7))
    text = report(*range(8))
    assert "the first of 8 columns" in text
    assert "k = 2" not in text


def test_one_number_and_a_saturated_one():
    assert "no others to take from" in report(3.0)
    assert "nothing is left to raise it by" in report(90.0, 0.0)


def test_the_lectures_example_is_told_once():
    assert report(1.0, 2.0, scales=(1.0, 2.0, 3.0)).count("the lecture's example") == 1
