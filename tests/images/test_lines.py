import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.images.lines import SMALLEST, without_lines
from nntrain.images.normal_form import normalised
from tests.images.test_normal_form import SHAPE, a_four, extent, likeness

INK, LINE = 180.0, 90.0
SIDE = 240


def stroke():
    """A digit's strength: a four."""
    return np.kron(255 - a_four(), np.ones((2, 2), np.uint8))[60:340, 80:360] * (INK / 255)


def printed(shape, apart, thick, slope, both):
    """Lines along the rows, and across them for squares; none runs along a stroke."""
    y, x = np.indices(shape) + 60
    on = (y + slope * x) % apart < thick
    return np.where(on | ((x - slope * y) % apart < thick) if both else on, LINE, 0.0)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("slope", [0, 0.03, -0.05])
@pytest.mark.parametrize("thick", [2, 4])
def test_ruled_and_squared_lines_are_removed_and_strokes_stay(both, slope, thick):
    digit = stroke()
    lines = printed(digit.shape, 80, thick, slope, both)
    left = without_lines(np.maximum(digit, lines), 0.0)
    beside = digit == 0
    assert left[beside].sum() <= 0.12 * lines[beside].sum()  # what runs along a stroke may stay
    assert left[digit > 0].sum() >= 0.95 * digit.sum()


@pytest.mark.parametrize("both", [False, True])
def test_a_digit_on_lines_has_the_form_of_the_digit(both):
    digit = stroke()
    grey = 230 - np.maximum(digit, printed(digit.shape, 80, 3, 0.02, both))
    image = normalised(grey.astype(np.uint8), SHAPE)
    clean = normalised((230 - digit).astype(np.uint8), SHAPE)
    assert extent(image) == extent(clean)
    assert likeness(image, clean) > 0.97


def tight(*strokes):
    picture = np.zeros((SIDE, SIDE))
    for rows, columns in strokes:
        picture[rows, columns] = INK
    return picture


EDGE_TO_EDGE = {
    "1": tight((slice(None), slice(118, 124))),
    "4": tight((slice(None), slice(118, 124)), (slice(140, 146), slice(None))),
    "11": tight((slice(None), slice(80, 85)), (slice(None), slice(150, 155))),
    "7": tight((slice(0, 6), slice(None)), (slice(None), slice(200, 206))),
}


@pytest.mark.parametrize("digit", EDGE_TO_EDGE)
def test_a_stroke_from_edge_to_edge_is_not_a_printed_line(digit):
    assert (without_lines(EDGE_TO_EDGE[digit], 0.0) == EDGE_TO_EDGE[digit]).all()


@pytest.mark.parametrize(("strength", "removed"), [(0.6 * INK, True), (INK, False)])
def test_a_line_alone_is_removed_if_it_is_paler_than_the_ink(strength, removed):
    digit = stroke()
    picture = digit.copy()
    picture[200:203] = np.maximum(picture[200:203], strength)
    assert (without_lines(picture, 0.0) == (digit if removed else picture)).all()


@given(st.integers(1, SMALLEST - 1), st.integers(1, 300), st.booleans())
def test_small_pictures_are_untouched(rows, columns, across):
    picture = printed((rows, columns), 20, 2, 0.0, True)
    picture = picture.T if across else picture
    assert (without_lines(picture, 0.0) == picture).all()
