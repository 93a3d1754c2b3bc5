import numpy as np
import pytest

from nntrain.show import blocks as b
from nntrain.show.blocks import Axis, Beside, Cell, Curves, Digit, Digits, Section, Table, Text
from nntrain.show.sections import BRIEF, sections
from nntrain.show.terminal.blocks import RENDERERS, rendered
from nntrain.show.terminal.tables import bar
from tests.show.every_block import CURVES, EVERY, IMAGE
from tests.show.sections.runs import history, random_run
from tests.show.terminal.helpers import shown


def text_of(block, **options):
    return shown(rendered(block), **options)


def lines_of(block):
    return [line.split() for line in text_of(block).splitlines() if line.strip()]


@pytest.mark.parametrize("block", EVERY, ids=lambda block: type(block).__name__)
def test_every_block_has_its_renderer_but_those_of_the_page(block):
    of_the_page = isinstance(block, b.Picture | b.Live)
    assert (rendered(block) is None) == of_the_page == (type(block) not in RENDERERS)


@pytest.mark.parametrize(
    "block",
    [
        *(Text(""), b.Facts([]), b.Tiles([]), Table((), []), Table(("a", "b"), []), Digits([])),
        *(b.Matrix((), np.zeros((0, 0), int)), Digits([], caption="none")),
        b.Bars("b", "t", "d", Axis("x"), Axis("y"), [0], []),
        b.Bars("b", "t", "d", Axis("x"), Axis("y"), [0, 1], [0]),
        b.Rows("r", "t", "d", Axis("x"), []),
        Curves("c", "t", "d", Axis("x"), Axis("y"), []),
    ],
)
def test_empty_blocks_do_not_fail(block):
    assert max(map(len, text_of(block).splitlines()), default=0) <= 80


class TestSection:
    def test_it_has_its_heading_and_its_note(self):
        text = text_of(Section("s", "A title", [Text("one"), Text("two")], "a note"))
        assert text.splitlines() == ["", "A title", "a note", "one", "", "two"]
        assert text_of(Section("s", "", [Text("one")])) == "one\n"

    def test_blocks_for_the_page_only_are_left_out(self):
        page = Text("secret", only="page")
        mixed = Section("s", "t", [page, Text("shown", only="terminal"), Beside([page])])
        assert text_of(mixed).split() == ["t", "shown"]
        assert "secret" not in text_of(Beside([page, Text("shown")]))
        empty = Section("s", "t", [page, Beside([CURVES], only="page"), Beside([page])])
        assert rendered(empty) is None
        assert rendered(Section("s", "t", [])) is None

    def test_tables_and_digits_bring_their_own_distance(self):
        table, digits = Table(("a",), [("1",)]), Digits([Digit(IMAGE, "one")])
        for between in ([table], [digits], [Beside([digits, table])]):
            text = text_of(Section("s", "", [*between, Text("below")]))
            *_, above, last = text.splitlines()
            assert (above.strip(), last) == ("", "below")
            assert text.splitlines()[-3].strip()


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "    "), (1, "████"), (0.5, "██  "), (0.03125, "▏   "), (1e-9, "▏   "), (2, "████")],
)
def test_a_bar_is_as_long_as_its_share_and_never_hides_something(share, text):
    assert shown(bar(share, 4)) == f"{text}\n"


class TestTable:
    HEAD = ("name", "count", "share")

    def test_columns_are_right_aligned_but_for_the_left_ones(self):
        table = Table(("n", "count"), [("a", "1"), ("bbb", "22")])
        rows = text_of(table).splitlines()
        assert rows[3:5] == [" a         1 ", " bbb      22 "]
        assert lines_of(Table(("", ""), [("a", "b")])) == [["a", "b"]]

    def test_a_bar_is_as_long_as_its_share_and_as_there_is_room(self):
        rows = [("a", "1", Cell("50", "right", bar=0.5)), ("b", "2", Cell("100", bar=1.0))]
        lines = text_of(Table(self.HEAD, rows)).splitlines()[3:5]
        half, whole = (line.count("█") for line in lines)
        assert (half, whole) == (12, 24)
        many = Table([str(n) for n in range(9)], [[Cell(f"{n:>4}", bar=1.0) for n in range(9)]])
        assert max(map(len, text_of(many).splitlines())) <= 80
        assert text_of(many).count("█") >= 9 * 3

    def test_the_terminal_prints_the_first_rows_and_draws_rules(self):
        rows = [(str(n), "", "") for n in range(5)]
        assert [line[0] for line in lines_of(Table(self.HEAD, rows, first=2))[2:]] == ["0", "1"]
        plain = text_of(Table(self.HEAD, rows)).splitlines()
        ruled = text_of(Table(self.HEAD, rows, rules=(4,))).splitlines()
        assert len(ruled) == len(plain) + 1
        assert ruled[7].strip() == ""

    def test_long_cells_wrap_and_nothing_is_cut(self):
        rows = [("x" * 100, "y" * 30, Cell("z " * 40, "muted"))]
        text = text_of(Table(self.HEAD, rows, caption="above"))
        assert text.splitlines()[0].strip() == "above"
        assert (text.count("x"), text.count("y"), text.count("z")) == (100, 30, 40)
        assert max(map(len, text.splitlines())) <= 80
        assert "…" not in text

    def test_markup_is_text(self):
        for block in (
            Text("[bold]a[/bold]"),
            b.Facts([("[bold]a[/bold]", Cell("[red]", "strong"))]),
            Table(("[bold]a[/bold]",), [("[red]x[/red]",)]),
            Section("s", "[bold]a[/bold]", [Text("t")], "[red]n[/red]"),
        ):
            assert "[bold]a[/bold]" in text_of(block)


def test_facts_are_two_columns_and_tiles_figures_before_words():
    assert lines_of(b.Facts([("a", "1"), ("bb", Cell("2", "strong"))])) == [
        ["a", "1"],
        ["bb", "2"],
    ]
    assert lines_of(b.Tiles([("98 %", "accuracy")])) == [["98", "%", "accuracy"]]


def test_roles_are_colours():
    assert "\x1b[32m" in text_of(Text("fine", "right"), colour=True)
    assert "\x1b[31m" in text_of(Table(("a",), [(Cell("x", "wrong"),)]), colour=True)


@pytest.mark.parametrize(("classes", "count"), [(13, 1), (47, 1), (10, 10**7)])
def test_a_matrix_that_would_lose_figures_says_where_the_whole_one_is(classes, count):
    names = tuple(f"class {number}" for number in range(classes))
    text = text_of(b.Matrix(names, np.full((classes, classes), count)))
    assert text.startswith(f"{classes} classes do not fit in 80 columns")
    assert "report page" in text


def test_a_matrix_is_counts_then_shares_of_its_rows():
    matrix = b.Matrix(("a", "Trouser", "c"), np.array([[3, 1, 0], [0, 0, 0], [0, 0, 12345]]))
    assert lines_of(matrix) == [
        *(["counts"], ["a", "Trous", "c"]),
        *(["a", "3", "1", "·"], ["Trous", "·", "·", "·"], ["c", "·", "·", "12,345"]),
        *(["shares", "of", "each", "row,", "in", "%"], ["a", "Trous", "c"]),
        *(["a", "75.0", "25.0", "·"], ["Trous", "–", "–", "–"], ["c", "·", "·", "100.0"]),
    ]


def test_bars_are_bins_with_their_counts():
    block = b.Bars("b", "Title", "d", Axis("x"), Axis("n"), (0, 0.5, 1), (1, 4), "wrong")
    title, _, _, first, second = lines_of(block)
    assert title == ["Title"]
    assert first[:3] == ["[0,", "0.5)", "1"]
    assert second[:3] == ["[0.5,", "1]", "4"]
    assert (first[3].count("█"), second[3].count("█")) == (6, 24)


def test_rows_are_a_table_of_their_series():
    dots = [
        ("one", [b.Dot("test", 0.9, 0.85, 0.95), b.Dot("best", 1)]),
        ("two", [b.Dot("best", 2)]),
    ]
    found = lines_of(b.Rows("r", "Title", "d", Axis("accuracy"), dots))
    assert found[0] == ["Title:", "accuracy"]
    assert found[1] == ["test", "best"]
    assert found[3:] == [["one", "0.9", "(0.85–0.95)", "1"], ["two", "2"]]


def test_side_by_side_where_there_is_room_else_below():
    narrow, wide = (Table(("a",), [("x" * n,)]) for n in (20, 60))
    assert sum("x" in line for line in text_of(Beside([narrow, narrow])).splitlines()) == 1
    assert sum("x" in line for line in text_of(Beside([narrow, wide])).splitlines()) == 2
    both = text_of(Beside([CURVES, CURVES]))
    assert max(map(len, both.splitlines())) <= 80
    assert both.splitlines()[0].split() == ["Cost", "Cost"]
    beside = text_of(Beside([Digits([Digit(IMAGE, "")]), narrow])).splitlines()
    assert any("█" in line and "x" in line for line in beside)


WIDE = Table(
    ("output", "bars", "accuracy", "time\nin all"),
    [("s" * 22, Cell("9", "right", 1.0), "94.95 ± 0.19 %", "4 min 05 s")],
)


@pytest.mark.parametrize(
    ("width", "left_out"),
    [(80, ()), (60, ("time in all",)), (40, ("accuracy", "time in all"))],
)
def test_a_narrow_terminal_leaves_the_last_columns_out_and_names_them(width, left_out):
    text = shown(rendered(Beside([WIDE]), width), width)
    row = next(line for line in text.splitlines() if "sss" in line)
    for name, value in (("accuracy", "94.95 ± 0.19 %"), ("time in all", "4 min 05 s")):
        assert (value in row) == (name not in left_out)
    named = text.partition("A wider terminal also shows: ")[2]
    assert " ".join(named.split()) == ", ".join(left_out)


@pytest.mark.parametrize("width", [60, 80])
def test_no_row_of_any_section_wraps(width):
    """Every line of a table ends where its rule ends."""
    run = random_run(epochs=history(20))
    for section in (*sections("run", run), *sections("run", run, BRIEF)):
        lines = shown(rendered(section, width), width).splitlines()
        assert max(map(len, lines)) <= width


def test_fewer_digits_are_drawn_where_there_is_no_room():
    digits = Digits([Digit(np.full((28, 28), 255, np.uint8), f"#{n}") for n in range(4)], first=3)
    for width, expected in ((80, 3), (60, 2), (40, 1)):
        assert shown(rendered(digits, width), width).count("#") == expected
