from nntrain.show.terminal.chart import line_chart
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
