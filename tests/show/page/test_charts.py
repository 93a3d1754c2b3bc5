"""Charts as SVG: everything in its place, whatever the numbers and the names."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.show.blocks import Axis, Bars, Curves, Dot, Guide, Line, Rows
from nntrain.show.page.charts import chart
from nntrain.show.page.svg import CHARACTER

EVIL = '</svg><script>alert(1)</script>"|&\x00\udcff' + "long " * 20
NUMBERS = st.floats(allow_nan=False)
NAMES = st.text(max_size=12) | st.just(EVIL)
AXES = st.builds(
    Axis,
    NAMES,
    scale=st.sampled_from(["linear", "log", "counts"]),
    whole=st.booleans(),
)
GEOMETRY = {"x", "y", "x1", "x2", "y1", "y2", "width", "height", "d", "data-x", "data-y"}
Y = Axis("accuracy (%)")
ONE = Line("a", (1, 2, 3), (10, 20, 30))


def plain(*lines, guides=()):
    return Curves("c", "t", "d", Axis("epoch"), Y, lines, guides)


@st.composite
def curves(draw):
    def line():
        n = draw(st.integers(0, 6))
        several = st.lists(NUMBERS, min_size=n, max_size=n)
        banded = draw(st.booleans())
        low, high = (draw(several), draw(several)) if banded else (None, None)
        steps, filled, dots = (draw(st.booleans()) for _ in range(3))
        x, y = sorted(draw(several)), draw(several)
        return Line(draw(NAMES), x, y, low, high, "", steps, filled, dots)

    lines = [line() for _ in range(draw(st.integers(0, 8)))]
    guides = draw(st.lists(st.builds(Guide, NAMES, st.none() | st.floats(-9, 9))))
    return Curves("c", draw(NAMES), draw(NAMES), draw(AXES), draw(AXES), lines, guides)


@st.composite
def bars(draw):
    edges = sorted(draw(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9, unique=True)))
    n = len(edges) - 1
    counts = draw(st.lists(st.integers(0, 10**9), min_size=n, max_size=n))
    y = Axis(draw(NAMES), low=0, scale=draw(st.sampled_from(["linear", "counts"])))
    return Bars("c", draw(NAMES), draw(NAMES), Axis(draw(NAMES)), y, edges, counts)


ROWS = st.builds(
    Rows,
    st.just("c"),
    NAMES,
    NAMES,
    AXES,
    st.lists(
        st.tuples(NAMES, st.lists(st.builds(Dot, NAMES, NUMBERS, NUMBERS, NUMBERS), max_size=3)),
        max_size=5,
    ),
)


def root(block):
    return ElementTree.fromstring(str(chart(block).svg).encode())


def groups(of):
    """Each series' points, in the words of its data attributes."""
    svg = of if ElementTree.iselement(of) else root(of)
    found = []
    for group in (one for one in svg.iter("g") if "data-x" in one.attrib):
        x, y = (list(map(float, group.get(f"data-{axis}").split())) for axis in "xy")
        heads, values = (group.get(f"data-{name}").split("|") for name in ("heads", "values"))
        found.append((group, x, y, heads if x else [], values if x else []))
    return found


def area(svg):
    return tuple(map(float, svg.get("data-area").split()))


@given(curves() | bars() | ROWS)
def test_any_chart_is_valid_markup_with_points_and_ticks_in_place(block):
    svg = root(block)
    assert svg.get("role") == "img"
    ids = [element.get("id") for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert set(svg.get("aria-labelledby").split()) <= set(ids)
    allowed = {"svg", "g", "title", "desc", "clipPath", "rect", "line", "path", "text"}
    for element in svg.iter():
        assert element.tag in allowed
        assert "style" not in element.attrib
        for name in GEOMETRY & set(element.attrib):
            assert re.fullmatch(r"([MLHVZmlahvz]|-?\d+(\.\d\d?)?| )*", element.get(name)), name
    left, right, top, bottom = area(svg)
    assert 0 < left < right < 420
    for _, x, y, heads, values in groups(svg):
        assert len(x) == len(y) == len(heads) == len(values)
        assert all(left - 0.1 <= place <= right + 0.1 for place in x)
        assert all(top - 0.1 <= place <= bottom + 0.1 for place in y)
    ticks = [(float(t.get("x")), float(t.get("y")), t) for t in svg.iter("text") if t.get("class")]
    below = sorted((x, len(t.text) * CHARACTER / 2) for x, y, t in ticks if y > bottom + 10)
    assert all(left - 0.1 <= at <= right + 0.1 for at, _ in below)
    assert all(a + half <= b - other for (a, half), (b, other) in pairwise(below))
    beside = sorted(y for _, y, t in ticks if t.get("text-anchor") == "end")
    assert all(b - a >= 14 for a, b in pairwise(beside))
    assert all(top <= at - 4 <= bottom + 0.1 for at in beside)


@pytest.mark.parametrize("scale", ["linear", "log", "counts"])
def test_a_chart_without_points_says_so(scale):
    x = Axis("updates", scale=scale)
    never = Dot("a", float("inf"))  # what was never reached
    for block in (
        plain(),
        plain(Line("a", [], []), Line("b", [], [])),
        Curves("c", "t", "d", Axis("x", scale="log"), Y, [Line("a", [0], [1])]),
        Bars("c", "t", "d", x, Y, [], []),
        Rows("c", "t", "d", x, []),
        Rows("c", "t", "d", x, [("50 %", []), ("90 %", [never])]),
    ):
        assert "no points" in chart(block).svg
    assert "no points" not in chart(plain(ONE)).svg


def test_one_point_is_marked_and_more_are_a_line_with_marks_where_asked():
    dotted = Line("a", (1, 2), (3, 4), dots=True)
    for line, marks, lines in ((Line("a", [1], [2]), 1, 0), (ONE, 0, 1), (dotted, 2, 1)):
        svg = chart(plain(line)).svg
        assert (svg.count('class="mark"'), svg.count('class="line"')) == (marks, lines)


@pytest.mark.parametrize(("xs", "drawn"), [([1], "mark"), ([1, 2], "line")])
def test_the_legend_shows_what_is_drawn(xs, drawn):
    legend = chart(plain(Line("a", xs, xs), Line("b", xs, xs))).legend
    for one in legend:
        assert [kind for kind in ("mark", "line") if f'class="{kind}"' in one.sample] == [drawn]


def test_series_differ_with_and_without_colour():
    block = plain(*(Line(f"{n}", (1, 2), (n, n), dots=True) for n in range(6)))
    paths = [(path.get("class"), path) for path in root(block).iter("path")]
    dashes = {path.get("stroke-dasharray") for kind, path in paths if kind == "line"}
    marks = {path.get("d").partition("m")[2] for kind, path in paths if kind == "mark"}
    colours = {group.get("class") for group, *_ in groups(block)}
    assert (len(dashes), len(marks), len(colours)) == (6, 6, 6)


def test_a_step_is_read_in_its_middle_and_has_both_its_edges():
    line = Line("a", (0, 0.5, 1), (10, 20, 20), steps=True)
    block = Curves("c", "t", "d", Axis("confidence", low=0, high=1), Y, [line])
    ((group, x, _, heads, values),) = groups(block)
    left, right, *_ = area(root(block))
    assert x == pytest.approx([left + (right - left) / 4, left + 3 * (right - left) / 4], abs=0.01)
    assert (heads, values) == (["0–0.5", "0.5–1"], ["10 %", "20 %"])
    assert re.fullmatch(r"M[\d. ]+(H[\d.]+V[\d.]+){2}", group.find("g/path").get("d"))


def test_a_band_surrounds_its_line_and_is_in_the_values():
    line = Line("a", (1, 2), (50, 60), low=(45, 55), high=(55, 65))
    ((group, _, _, _, values),) = groups(plain(line))
    assert [path.get("class") for path in group.iter("path")] == ["band", "line"]
    assert values == ["50 % (45–55)", "60 % (55–65)"]


def test_very_wide_bands_do_not_squeeze_the_lines():
    wide = Line("a", (1, 2), (90, 91), low=(0, 0), high=(180, 180))
    block = plain(wide, Line("b", (1, 2), (92, 93)))
    (_, _, first, _, _), (_, _, second, _, _) = groups(block)
    _, _, top, bottom = area(root(block))
    assert (first[0] - second[1]) / (bottom - top) > 0.4


def test_a_guide_is_in_the_chart_and_named_in_the_legend():
    block = plain(ONE, guides=[Guide("best", x=2), Guide("published", y=90)])
    left, right, top, bottom = area(root(block))
    upright, level = (e for e in root(block).iter("line") if e.get("class") == "guide")
    assert upright.get("x1") == upright.get("x2")
    assert left < float(upright.get("x1")) < right
    assert top < float(level.get("y1")) < bottom  # the axis reaches to it
    legend = [(entry.name, entry.number) for entry in chart(block).legend]
    assert legend == [("a", 0), ("best", None), ("published", None)]
    assert not chart(plain(ONE)).legend


def test_bars_are_as_high_as_their_counts():
    y = Axis("answers (count)", low=0, high=8)
    block = Bars("c", "t", "d", Axis("sum"), y, [0, 1, 2, 4], [2, 0, 8], "wrong")
    ((group, x, tops, heads, values),) = groups(block)
    _, _, top, bottom = area(root(block))
    first, last = group.iter("rect")
    assert float(last.get("height")) == pytest.approx(bottom - top, abs=0.02)
    assert float(first.get("height")) == pytest.approx((bottom - top) / 4, abs=0.02)
    assert tops == pytest.approx([bottom - (bottom - top) / 4, bottom, top], abs=0.02)
    assert x[2] - x[1] == pytest.approx(1.5 * (x[1] - x[0]), abs=0.02)
    assert (heads, values) == (["0–1", "1–2", "2–4"], ["2", "0", "8"])
    assert group.get("class") == "series role-wrong"


def test_rows_stand_below_one_another_and_dots_of_a_row_apart():
    rows = [("first", [Dot("ours", 98.5, 98, 99, "right"), Dot("published", 98.6)])] * 2
    block = Rows("c", "t", "d", Y, rows)
    (_, _, ours, heads, values), (_, _, published, _, _) = groups(block)
    assert ours[0] < published[0] < ours[1] < published[1]
    assert (heads, values[0]) == (["first", "first"], "98.5 % (98–99)")
    ours, published = chart(block).legend
    assert (ours.name, published.name, chart(block).along) == ("ours", "published", "y")
    assert ("interval" in ours.sample, "interval" in published.sample) == (True, False)


def test_a_dot_beyond_the_axis_is_an_arrow_at_its_edge():
    axis = Axis("accuracy (%)", low=90, high=95)
    block = Rows("c", "t", "d", axis, [("a", [Dot("mean", 94)]), ("b", [Dot("mean", 10, 5, 15)])])
    ((_, x, _, _, values),) = groups(block)
    left, right, *_ = area(root(block))
    assert left == x[1] < x[0] < right
    assert values[1] == "10 % (5–15)"
    assert [entry.name for entry in chart(block).legend] == ["mean", "beyond the axis"]


def test_a_series_without_a_value_in_a_row_keeps_its_colour():
    never = float("inf")
    rows = [("97 %", [Dot("a", never), Dot("b", 9)]), ("90 %", [Dot("a", 1), Dot("b", 2)])]
    block = Rows("c", "t", "d", Axis("updates", scale="log"), rows)
    (first, x, *_), (second, both, *_) = groups(block)
    assert (first.get("class"), second.get("class")) == ("series series-1", "series series-2")
    assert (len(x), len(both)) == (1, 2)


def test_long_names_are_cut_in_the_chart_and_complete_in_its_tooltips():
    rows = Rows("c", EVIL, EVIL, Axis(EVIL), [(EVIL, [Dot(EVIL, 1)])])
    label = next(e for e in root(rows).iter("text") if e.get("text-anchor") == "end")
    assert len(label.text) == 26
    assert label.text.endswith("…")
    assert "alert(1)" in label.find("title").text
    lines = Curves("c", EVIL, EVIL, Axis(EVIL), Axis(EVIL), [Line(EVIL, [1, 2], [3, 4])])
    for block in (rows, lines):
        assert "<script" not in chart(block).svg
        assert max(len(e.text or "") for e in root(block).iter("text")) <= 60


GOLDEN = """
<svg viewBox="0 0 420 270" role="img" aria-labelledby="c-title c-text" class="chart"
 data-area="23.2 406 28 224" data-head="epoch">
<title id="c-title">Cost</title>
<desc id="c-text">It falls.</desc>
<clipPath id="c-clip">
<rect x="21.2" y="26" width="386.8" height="200"/>
</clipPath>
<line class="grid" x1="23.2" x2="23.2" y1="28" y2="224"/>
<text class="tick" x="23.2" y="241" text-anchor="middle">1</text>
<line class="grid" x1="406" x2="406" y1="28" y2="224"/>
<text class="tick" x="406" y="241" text-anchor="middle">2</text>
<line class="axis" x1="23.2" x2="406" y1="224" y2="224"/>
<text x="214.6" y="260" text-anchor="middle">epoch</text>
<line class="grid" x1="23.2" x2="406" y1="224" y2="224"/>
<text class="tick" x="16.2" y="228" text-anchor="end">0</text>
<line class="grid" x1="23.2" x2="406" y1="126" y2="126"/>
<text class="tick" x="16.2" y="130" text-anchor="end">1</text>
<line class="grid" x1="23.2" x2="406" y1="28" y2="28"/>
<text class="tick" x="16.2" y="32" text-anchor="end">2</text>
<line class="axis" x1="23.2" x2="23.2" y1="224" y2="28"/>
<text x="4" y="14">cost</text>
<g class="series series-1" data-series="0" data-name="training" data-x="23.2 406" data-y="28 126"
 data-heads="1|2" data-values="2 (1–2)|1 (0–2)">
<g clip-path="url(#c-clip)">
<path class="band" d="M23.2 28L406 28L406 224L23.2 126Z"/>
<path class="line" d="M23.2 28L406 126"/>
</g>
<path class="mark" d="M23.2 28m-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0"/>
<path class="mark" d="M406 126m-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0"/>
</g>
<line class="guide" x1="23.2" x2="406" y1="126" y2="126"/>
</svg>
"""


def test_a_small_chart_golden():
    x, y = Axis("epoch", low=1, high=2, whole=True), Axis("cost", low=0, high=2, whole=True)
    line = Line("training", (1, 2), (2, 1), low=(1, 0), high=(2, 2), dots=True)
    block = Curves("c", "Cost", "It falls.", x, y, [line], [Guide(y=1)])
    assert str(chart(block).svg) == GOLDEN.replace("\n", "")
