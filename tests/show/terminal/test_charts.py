from nntrain.show.terminal.charts import CROSS, line_chart
from tests.show.terminal.helpers import shown


def rows(values, **options):
    """The plotted cells of a chart, without labels."""
    text = shown(line_chart(values, title="t", unit="epochs", width=10, height=4, **options))
    return [line[8:] for line in text.splitlines() if "│" in line]


def test_a_falling_line_goes_from_top_left_to_bottom_right():
    cells = rows([1 - i / 40 for i in range(41)])
    marked = [[i for i, c in enumerate(line) if c != "\u2800"] for line in cells]
    assert marked[0][0] == 0
    assert marked[-1][-1] == 9
    assert all(marked)


def test_a_constant_is_one_row_at_the_top_and_zero_one_at_the_bottom():
    assert [line.strip("\u2800") != "" for line in rows([1.0] * 5)] == [True, False, False, False]
    assert [line.strip("\u2800") != "" for line in rows([0.0] * 5)] == [False, False, False, True]


def test_every_column_has_its_dot():
    assert all(c != "\u2800" for c in rows([1.0] * 5)[0])


def test_axes_are_labelled():
    text = shown(line_chart([4.0] * 301, title="cost", unit="epochs", width=20))
    assert "300 epochs" in text
    assert "cost" in text
    assert "4 │" in text


def test_the_ends_of_an_axis_are_told_apart():
    text = shown(line_chart([2.3993, 2.3967], title="t", unit="epochs", bottom=2.3967))
    assert "2.399 │" in text
    assert "2.397 │" in text
    assert shown(line_chart([1.0], title="t", unit="epochs", bottom=1.0)).count("1 │") == 2


def test_a_second_curve_is_crosses_one_a_value_at_its_height():
    lines = rows([0.0, 1.0, 2.0], points=[2.0, 1.0, 0.0])
    crosses = [(i, line.index(CROSS)) for i, line in enumerate(lines) if CROSS in line]
    assert "".join(lines).count(CROSS) == 3
    assert crosses[0] == (0, 0)
    assert crosses[-1] == (3, 9)


def test_the_axis_can_begin_above_zero():
    text = shown(line_chart([96.1, 98.3], title="t", unit="epochs", bottom=96.1, first=1))
    assert "98.3 │" in text
    assert "96.1 │" in text
    assert text.splitlines()[-1].split() == ["1", "2", "epochs"]


def test_between_two_values_there_is_a_straight_line():
    few = rows([0.0, 1.0])
    assert few == rows([i / 100 for i in range(101)])
