"""Scales and their ticks, for whatever values there are."""

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nntrain.show.blocks import Axis
from nntrain.show.page.scales import has_place, scale, tick_text, value_text

FINITE = st.floats(allow_nan=False, allow_infinity=False)
ENDS = st.none() | FINITE


def of(axis, values, most=8):
    return scale(axis, values, 50, 400, lambda made: len(made.ticks) <= most)


@st.composite
def axes(draw):
    ends = sorted(draw(st.lists(FINITE, min_size=2, max_size=2, unique=True)))
    low, high = (end if draw(st.booleans()) else None for end in ends)
    kind = draw(st.sampled_from(["linear", "log", "counts"]))
    if kind == "counts":
        low, high = None, None
    return Axis("x", low=low, high=high, scale=kind, whole=draw(st.booleans()))


@given(axes(), st.lists(FINITE, max_size=20), st.integers(1, 8))
def test_ticks_lie_in_order_between_the_ends(axis, values, most):
    made = of(axis, values, most)
    assert made.low < made.high
    assert list(made.ticks) == sorted(set(made.ticks))
    places = [made.at(tick) for tick in made.ticks]
    assert all(49.9 <= place <= 400.1 for place in places)
    assert places == sorted(places)


@given(axes(), st.lists(FINITE, min_size=1, max_size=20))
@example(Axis("x", high=1e-307, scale="log"), [5e-253])
def test_places_keep_the_order_and_lie_inside_where_no_end_is_given(axis, values):
    made = of(axis, values)
    shown = sorted(value for value in values if has_place(axis, value))
    places = [made.at(value) for value in shown]
    assert all(math.isfinite(place) for place in places)
    assert places == sorted(places)
    if axis.low is axis.high is None and axis.scale != "counts":
        assert all(49.9 <= place <= 400.1 for place in places)


@pytest.mark.parametrize(
    ("axis", "values", "ticks"),
    [
        (Axis("x"), [0, 10], [0, 2, 4, 6, 8, 10]),
        (Axis("x"), [96.5, 99.1], [96.5, 97, 97.5, 98, 98.5, 99]),
        (Axis("x", low=0, high=1), [], [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (Axis("x", whole=True), [1], [1]),
        (Axis("x", whole=True), [1, 2], [1, 2]),
        (Axis("x", whole=True), range(1, 101), [0, 20, 40, 60, 80, 100]),
        (Axis("x", scale="log"), [15, 15_000], [100, 1000, 10_000]),
        (Axis("x", scale="log"), [3, 40], [5, 10, 20]),
        (Axis("x", scale="log"), [12, 1500], [10, 20, 50, 100, 200, 500, 1000]),
        (Axis("x", scale="log"), [1e-3, 1e20], [1e-3, 1, 1e3, 1e6, 1e9, 1e12, 1e15, 1e18]),
        (Axis("x", scale="counts"), [0, 9000], [0, 1, 10, 100, 1000, 10_000]),
        (Axis("x", scale="counts"), [0], [0, 1, 10]),
    ],
)
def test_ticks_are_1_2_and_5_or_decades(axis, values, ticks):
    assert of(axis, list(values)).ticks == pytest.approx(ticks)


def test_equal_values_get_a_margin():
    for value in (0.0, 7.0, -3e180, 1e-300):
        made = of(Axis("x"), [value, value])
        assert made.low <= value < made.high
    assert of(Axis("x", whole=True), [4]).low == 3.5


def test_values_beyond_a_given_end_move_the_other():
    assert of(Axis("x", high=3), [5, 7]).low < 3
    assert of(Axis("x", low=3), [1, 2]).high > 3
    assert of(Axis("x", low=10, scale="log"), [1, 2]).ticks[-1] >= 10


def test_counts_begin_at_0_and_go_on_in_decades():
    made = of(Axis("x", scale="counts"), [0, 800])
    zero, one, ten, hundred = map(made.at, (0, 1, 10, 100))
    assert (zero, made.low) == (50, 0)
    assert one - zero == pytest.approx(ten - one)
    assert hundred - ten == pytest.approx(ten - one)


@given(axes(), st.lists(FINITE, min_size=2, max_size=9))
def test_labels_tell_the_ticks_apart(axis, values):
    labels = [text for _, text in of(axis, values).labelled()]
    if max(map(abs, values)) < 1e6 and max(values) - min(values) > 1e-3:
        assert all(a != b for a, b in pairwise(labels))


def test_numbers_as_text():
    assert tick_text(0.5, [0, 0.5, 1]) == "0.5"
    assert tick_text(1000, [0, 500, 1000]) == "1,000"
    assert [value_text(v) for v in (3, 98.5612, 12345.6, 2.5e-7, 1e20, -0.5)] == [
        *("3", "98.56", "12,346", "2.5e-7", "1e20", "-0.5"),
    ]
