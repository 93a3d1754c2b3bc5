import pytest

from nntrain.show.terminal.charts import CROSS
from nntrain.show.terminal.curves import curves
from nntrain.show.terminal.subject import Subject
from tests.show.terminal.helpers import shown


def history(epochs, validation=True):
    return [
        {
            "train_cost": 1 / n,
            "train_accuracy": 1 - 0.1 / n,
            "validation_cost": 2 / n if validation else None,
            "validation_accuracy": 1 - 0.2 / n if validation else None,
        }
        for n in range(1, epochs + 1)
    ]


def text_of(of, **options):
    return shown(curves(None, Subject("a", "b", "c", "d", None, of)), **options)


@pytest.mark.parametrize("epochs", [2, 3, 30, 400])
@pytest.mark.parametrize("colour", [False, True])
def test_two_charts_side_by_side_in_80_columns(epochs, colour):
    text = text_of(history(epochs), colour=colour)
    assert ("\x1b[" in text) == colour
    if not colour:
        assert max(map(len, text.splitlines())) <= 80
    for word in ("cost (mean per example)", "accuracy (%)", f"{epochs} epochs", CROSS):
        assert word in text


def test_both_curves_share_their_charts_axis():
    text = text_of(history(4))
    for edge in ("2 │", "0.25 │", "97.5 │", "80 │"):
        assert edge in text


def test_without_validation_there_are_no_crosses():
    assert CROSS not in text_of(history(3, validation=False))


@pytest.mark.parametrize("epochs", [0, 1])
def test_what_is_no_curve_is_a_line(epochs):
    assert "less than two epochs" in text_of(history(epochs))
