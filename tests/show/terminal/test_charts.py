import pytest

from nntrain.show.blocks import Axis, Curves, Guide, Line
from nntrain.show.terminal.charts import chart
from tests.show.terminal.helpers import shown

X, Y = Axis("epoch", whole=True), Axis("cost (mean)")


def text_of(*lines, x=X, y=Y, guides=(), width=18, **options):
    """A chart of lines, each its y over 1, 2, …, or (x, y): ten columns of cells."""
    named = [
        line if isinstance(line, Line) else Line(f"line {n}", range(1, len(line) + 1), line)
        for n, line in enumerate(lines)
    ]
    return shown(chart(Curves("c", "A title", "Words.", x, y, named, guides), width), **options)


def cells(*lines, **options):
    return [
        row.split("│")[1].rstrip("\n").ljust(10, "\u2800")
        for row in text_of(*lines, **options).splitlines()
        if "│" in row
    ]


def test_a_falling_line_goes_from_top_left_to_bottom_right():
    marked = [
        [i for i, c in enumerate(row) if c not in " \u2800"]
        for row in cells([1 - i / 40 for i in range(41)])
    ]
    assert (marked[0][0], marked[-1][-1], len(marked)) == (0, 9, 8)
    assert all(marked)
    assert sorted({i for row in marked for i in row}) == list(range(10))


def test_between_two_points_there_is_a_straight_line_or_a_step():
    assert cells([0.0, 1.0]) == cells([i / 100 for i in range(101)])
    step = cells(Line("", (0, 1), (0.0, 1.0), steps=True))
    assert step[-1].rstrip("\u2800 ") == step[-1][:10].rstrip("\u2800 ")
    assert all(set(row[:9]) <= {"\u2800"} for row in step[:-1])  # it rises at the end only


def test_x_counts_and_not_the_number_of_points():
    many_early = Line("", (0, 1, 2, 3, 100), (1, 1, 1, 1, 0))
    assert cells(many_early) == cells(Line("", (0, 3, 100), (1, 1, 0)))


def test_other_lines_are_marks_one_a_point_at_their_height():
    text = "".join(rows := cells([0.0, 1.0, 2.0], [2.0, 1.0, 0.0], [1.0]))
    assert (text.count("×"), text.count("+")) == (3, 1)
    assert (rows[0].index("×"), rows[-1].index("×")) == (0, 9)


def test_axes_say_their_ends_and_what_they_are():
    text = text_of([96.1, 98.3], width=40)
    assert text.splitlines()[:2] == ["A title", "cost (mean)"]
    assert " 98.3 │" in text
    assert " 96.1 │" in text
    assert text.splitlines()[-2].split() == ["1", "epoch", "2"]
    assert text.splitlines()[-1].split() == ["⠒", "line", "0"]
    assert "2.399 │" in (close := text_of([2.3993, 2.3967]))
    assert "2.397 │" in close
    wide = text_of([0, 1.5], y=Axis("y", low=-1, high=12345), width=40)
    assert "12,345 │" in wide
    assert "-1 │" in wide


def test_a_logarithmic_axis_has_its_decades_at_equal_distances():
    log = Axis("updates", scale="log")
    assert cells(Line("", (1, 10, 100), (0, 1, 2)), x=log) == cells([0.0, 1.0, 2.0])
    assert cells(Line("", (0, 1, 10, 100), (9, 0, 1, 2)), x=log) == cells([0.0, 1.0, 2.0])
    counts = Axis("n", scale="counts")
    assert cells(Line("", (1, 2, 3), (0, 9, 99)), y=counts) == cells([0.0, 1.0, 2.0])


def test_guides_are_dotted_and_lie_below_the_lines():
    rows = cells([0.0, 0.0, 1.0], guides=[Guide("best", x=2), Guide(y=1), Guide()])
    assert {"┈"} <= set(rows[0])
    assert [row[4] for row in rows[1:-1]] == ["┊"] * 6


@pytest.mark.parametrize(
    "lines", [(), ([],), (Line("a", (0,), (1,)),), (Line("a", (1,), (float("nan"),)),)]
)
def test_a_chart_without_points_says_so(lines):
    assert "no points" in text_of(*lines, x=Axis("x", scale="log"), y=Axis("y", low=0))


@pytest.mark.parametrize("line", [[5.0], [5.0] * 3, [1e300, -1e300], [1e-300, 2e-300], [0.0]])
def test_extremes_are_drawn(line):
    assert set("".join(cells(line))) - {"\u2800", " "}


def test_a_constant_is_one_row():
    top, *others = cells([1.0] * 5, y=Axis("y", low=0))
    assert "\u2800" not in top
    assert set("".join(others)) == {"\u2800"}


@pytest.mark.parametrize("colour", [False, True])
def test_long_names_and_many_lines_stay_in_their_columns(colour):
    lines = [Line("a very long name " * 5 + str(n), (1, 2), (n, 1)) for n in range(12)]
    text = text_of(*lines, colour=colour)
    assert ("\x1b[" in text) == colour
    if not colour:
        assert max(map(len, text.splitlines()[2:])) <= 18
